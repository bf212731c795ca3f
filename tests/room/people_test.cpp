#include "tests/room/world.hpp"

#include "libconf/room/limits.hpp"

using namespace room_test;

namespace {

struct meeting_of_four : world {
    explicit meeting_of_four(settings with = {}) : world(std::move(with)) { forget_events(); }

    member host = enter("Host", role::moderator);
    member pat = enter("Pat", role::presenter);
    member vi = enter("Vi");
    member wu = enter("Wu");
};

}  // namespace

TEST_CASE("what one is goes to everybody, oneself included", "[room]") {
    meeting_of_four w;
    const auto all_hear = [&](const person_changed& change) {
        for (const auto link : {w.host.link, w.pat.link, w.vi.link, w.wu.link}) {
            CHECK(w.heard<person_changed>(link) == std::vector{change});
        }
    };
    w.want<done>(w.vi.link, set_media{source::microphone, true});
    all_hear({.id = w.vi.id, .microphone = true});
    CHECK(w.forwards.back() == forwarding{w.vi.id, source::microphone, true});
    w.want<done>(w.vi.link, set_media{source::microphone, true});
    CHECK(w.heard<person_changed>(w.wu.link).empty());  // repeated without harm
    w.want<done>(w.vi.link, set_name{" Viola "});
    all_hear({.id = w.vi.id, .name = "Viola"});
    w.want<done>(w.vi.link, set_hand{true});
    all_hear({.id = w.vi.id, .hand = person_changed::raised{w.at.wall}});
    w.want<done>(w.vi.link, set_hand{false});
    all_hear({.id = w.vi.id, .hand = person_changed::raised{}});
    w.want<done>(w.vi.link, set_away{true});
    all_hear({.id = w.vi.id, .away = true});
    w.want<done>(w.vi.link, react{"\xF0\x9F\x91\x8D"});
    for (const auto link : {w.host.link, w.vi.link}) {
        CHECK(w.heard<reaction>(link) == std::vector{reaction{w.vi.id, "\xF0\x9F\x91\x8D"}});
    }
}

TEST_CASE("a token that names somebody keeps the name", "[room]") {
    world w;
    const auto ada = w.enter_as("whatever", {.name = "Ada"});
    CHECK(w.room.find_person(ada.id)->name == "Ada");
    CHECK(w.refused(ada.link, set_name{"Eve"}) == error_code::forbidden);
    const auto guest = w.enter("Guest");
    CHECK(w.want<failure>(guest.link, set_name{" "}).field == "name");
}

TEST_CASE("hands are taken in their order and lowered by moderators", "[room]") {
    meeting_of_four w;
    w.want<done>(w.vi.link, set_hand{true});
    w.pass(1s);
    w.want<done>(w.wu.link, set_hand{true});
    CHECK(*w.room.find_person(w.vi.id)->hand < *w.room.find_person(w.wu.id)->hand);
    w.want<done>(w.host.link, lower_hands{w.vi.id});
    CHECK_FALSE(w.room.find_person(w.vi.id)->hand);
    CHECK(w.room.find_person(w.wu.id)->hand);
    w.want<done>(w.pat.link, set_hand{true});
    w.want<done>(w.host.link, lower_hands{});
    for (const auto& one : w.room.people()) CHECK_FALSE(one.hand);
    CHECK(w.refused(w.host.link, lower_hands{"nobody"}) == error_code::unknown_participant);
}

TEST_CASE("the speaker is told once, and to who comes later", "[room]") {
    meeting_of_four w;
    w.room.handle_speaker(w.vi.id, w.out);
    w.room.handle_speaker(w.vi.id, w.out);
    w.room.handle_speaker("nobody", w.out);
    w.take();
    CHECK(w.heard<speaker>(w.wu.link) == std::vector{speaker{w.vi.id}});
    CHECK(w.want<welcome>(w.at_door(), join{"X", false, false, {}}).speaker == w.vi.id);
    w.want<done>(w.vi.link, leave{});
    CHECK_FALSE(w.want<welcome>(w.at_door(), join{"Y", false, false, {}}).speaker);
}

TEST_CASE("the people lock hides viewers from viewers, everywhere", "[room]") {  // SEC-WS-7
    meeting_of_four w({.locked = {.people = true}});
    const auto got = w.want<welcome>(w.at_door(), join{"Xi", false, false, {}});
    CHECK(names_of(got.people) == std::vector<std::string>{"Host", "Pat", "Xi"});
    CHECK(w.heard<person_joined>(w.vi.link).empty());
    CHECK(w.heard<person_joined>(w.pat.link).size() == 1);

    w.want<done>(w.vi.link, set_hand{true});
    w.want<done>(w.vi.link, react{"!"});
    w.want<done>(w.vi.link, chat_typing{true, {}});
    w.room.handle_speaker(w.vi.id, w.out);
    w.take();
    CHECK(w.inbox[w.wu.link].empty());
    CHECK(w.heard<speaker>(w.host.link).size() == 1);
    CHECK(w.heard<person_changed>(w.vi.link).size() == 1);
    CHECK_FALSE(w.want<welcome>(w.at_door(), join{"Yo", false, false, {}}).speaker);
    CHECK(w.refused(w.wu.link, chat_send{"psst", "k", w.vi.id, {}}) == error_code::unknown_participant);
    CHECK(w.refused(w.wu.link, chat_typing{true, w.vi.id}) == error_code::unknown_participant);
    w.want<chat_sent>(w.vi.link, chat_send{"hello", "k", {}, {}});
    CHECK(w.heard<chat_came>(w.wu.link).size() == 1);

    CHECK_FALSE(w.room.sees(w.wu.id, w.vi.id));
    CHECK(w.room.sees(w.host.id, w.vi.id));
    CHECK(w.room.sees(w.wu.id, w.pat.id));
    CHECK(w.room.sees(w.wu.id, w.wu.id));
    w.want<done>(w.vi.link, leave{});
    CHECK(w.heard<person_left>(w.wu.link).empty());
}

TEST_CASE("turning the people lock on and off changes what viewers have", "[room]") {
    meeting_of_four w;
    w.want<done>(w.host.link, set_locks{{.people = true}});
    CHECK(w.heard<person_left>(w.vi.link) == std::vector{person_left{w.wu.id, departure::hidden}});
    CHECK(w.heard<person_left>(w.wu.link) == std::vector{person_left{w.vi.id, departure::hidden}});
    CHECK(w.heard<person_left>(w.pat.link).empty());
    // A presenter sees all and is seen; a viewer again, he is not.
    w.want<done>(w.host.link, set_role{w.vi.id, role::presenter});
    CHECK(w.heard<person_joined>(w.vi.link) == std::vector{person_joined{*w.room.find_person(w.wu.id)}});
    CHECK(w.heard<person_joined>(w.wu.link) == std::vector{person_joined{*w.room.find_person(w.vi.id)}});
    w.want<done>(w.host.link, set_role{w.vi.id, role::viewer});
    CHECK(w.heard<person_left>(w.vi.link) == std::vector{person_left{w.wu.id, departure::hidden}});
    CHECK(w.heard<person_left>(w.wu.link) == std::vector{person_left{w.vi.id, departure::hidden}});
    w.want<done>(w.host.link, set_locks{{.people = false}});
    CHECK(w.heard<person_joined>(w.vi.link) == std::vector{person_joined{*w.room.find_person(w.wu.id)}});
    CHECK(w.heard<person_joined>(w.host.link).empty());
}

TEST_CASE("pictures of hidden people are not asked for", "[room]") {
    meeting_of_four w;
    const view wishes{
        {{w.wu.id, source::camera, 360}, {w.pat.id, source::camera, 180}, {"later", source::camera, 90}}};
    w.ask(w.vi.link, wishes);
    REQUIRE(w.media.size() == 1);
    CHECK(w.media[0].participant == w.vi.id);
    CHECK(w.media[0].connection == w.vi.link);
    CHECK(w.media[0].request != 0);
    CHECK(std::get<view>(w.media[0].what) == wishes);
    w.media.clear();
    const auto last = [&] { return std::get<view>(w.media.back().what); };
    w.want<done>(w.host.link, set_locks{{.people = true}});
    REQUIRE(w.media.size() == 1);
    CHECK(w.media[0].request == 0);
    CHECK(last() == view{{wishes.videos[1]}});
    w.want<done>(w.host.link, set_role{w.wu.id, role::presenter});
    CHECK(last() == view{{wishes.videos[0], wishes.videos[1]}});
    w.want<done>(w.host.link, set_role{w.wu.id, role::viewer});
    CHECK(last() == view{{wishes.videos[1]}});
    w.want<done>(w.host.link, set_role{w.vi.id, role::moderator});
    CHECK(last() == wishes);
    w.ask(w.wu.link, view{{{w.pat.id, source::screen, 0}, {"x", source::camera, 0}}});
    CHECK(last() == view{{{w.pat.id, source::screen, 0}}});
}

TEST_CASE("media requests go on with what the answer needs, where there are media", "[room]") {
    meeting_of_four w;
    w.ask(w.vi.link, publish{"v=0", {{"0", source::microphone}}});
    w.ask(w.vi.link, receive_answer{1, "v=0"});
    w.ask(w.vi.link, receive_restart{});
    w.ask(w.vi.link, receive_reset{});
    REQUIRE(w.media.size() == 4);
    for (const auto& one : w.media) {
        CHECK(one.participant == w.vi.id);
        CHECK(one.connection == w.vi.link);
    }
    w.room.handle_media_ended(w.vi.id, meeting::transport::publish, "lost", w.out);
    w.room.handle_media_ended(w.vi.id, meeting::transport::receive, "lost", w.out);
    w.room.handle_media_ended("nobody", meeting::transport::receive, "lost", w.out);
    w.take();
    CHECK(w.heard<publish_ended>(w.vi.link) == std::vector{publish_ended{"lost"}});
    CHECK(w.heard<receive_ended>(w.vi.link) == std::vector{receive_ended{"lost"}});

    world mute({.media = false});
    const auto ada = mute.enter("Ada");
    CHECK(mute.refused(ada.link, publish{"v=0", {}}) == error_code::no_media);
    CHECK(mute.refused(ada.link, view{}) == error_code::no_media);
    CHECK(mute.refused(ada.link, receive_reset{}) == error_code::no_media);
    CHECK_FALSE(mute.come_back(const_cast<world::member&>(ada)).media);
}

TEST_CASE("who is in gets what opens the pads, where there are pads", "[room]") {
    world w;
    const auto ada = w.enter("Ada");
    CHECK(w.want<pads_given>(ada.link, ask_pads{}).token == "token of Ada");
    settings without;
    without.name = "tuesday";
    w.room.change(without);
    CHECK(w.want<failure>(ada.link, ask_pads{}).code == error_code::forbidden);
}
