#include "tests/room/world.hpp"

#include "libconf/room/limits.hpp"

using namespace room_test;

namespace {

struct class_room : world {
    explicit class_room(settings with = {}) : world(std::move(with)) { forget_events(); }

    member host = enter("Host", role::moderator);
    member pat = enter("Pat", role::presenter);
    member vi = enter("Vi", role::viewer, {.external_id = "u7", .ban_keys = {"lineage:1", "device:9"}});
    member wu = enter("Wu");

    [[nodiscard]] person_info of(const member& who) const { return room.find_person(who.id).value(); }
    void on(const member& who, source what) { want<done>(who.link, set_media{what, true}); }
};

}  // namespace

TEST_CASE("a moderator turns others off, and only they turn themselves on", "[room]") {
    class_room w;
    w.on(w.vi, source::microphone);
    w.forget_events();
    w.forwards.clear();
    w.want<done>(w.host.link, mute{w.vi.id, source::microphone});
    CHECK(w.heard<muted>(w.vi.link) == std::vector{muted{source::microphone, w.host.id}});
    CHECK(w.heard<person_changed>(w.wu.link) ==
          std::vector{person_changed{.id = w.vi.id, .microphone = false}});
    CHECK(w.heard<muted>(w.wu.link).empty());
    CHECK(w.forwards == std::vector{forwarding{w.vi.id, source::microphone, false}});
    w.want<done>(w.host.link, mute{w.vi.id, source::microphone});
    CHECK(w.heard<muted>(w.vi.link).empty());
    w.want<done>(w.host.link, ask_unmute{w.vi.id});
    CHECK(w.heard<unmute_asked>(w.vi.link) == std::vector{unmute_asked{w.host.id}});
    CHECK_FALSE(w.of(w.vi).microphone);
    w.on(w.vi, source::microphone);
    CHECK(w.refused(w.host.link, mute{"nobody", source::camera}) == error_code::unknown_participant);
    CHECK(w.refused(w.host.link, ask_unmute{"nobody"}) == error_code::unknown_participant);
}

TEST_CASE("muting all spares moderators and oneself", "[room]") {
    class_room w;
    const auto second = w.enter("Mo", role::moderator);
    for (const auto& who : {w.host, w.pat, w.vi, second}) w.on(who, source::microphone);
    w.want<done>(w.host.link, mute{{}, source::microphone});
    CHECK(w.of(w.host).microphone);
    CHECK(w.of(second).microphone);
    CHECK_FALSE(w.of(w.pat).microphone);
    CHECK_FALSE(w.of(w.vi).microphone);
}

TEST_CASE("a screen goes with its sound", "[room]") {
    class_room w;
    w.on(w.pat, source::screen);
    w.on(w.pat, source::screen_audio);
    w.want<done>(w.host.link, mute{w.pat.id, source::screen});
    CHECK_FALSE(w.of(w.pat).screen);
    CHECK_FALSE(w.of(w.pat).screen_audio);
    CHECK(w.heard<muted>(w.pat.link).size() == 2);
}

TEST_CASE("roles change at once, and the last moderator keeps his", "[room]") {  // SEC-ROOM-5
    class_room w;
    w.on(w.pat, source::screen);
    CHECK(w.refused(w.host.link, set_role{w.host.id, role::viewer}) == error_code::forbidden);
    w.want<done>(w.host.link, set_role{w.pat.id, role::viewer});
    CHECK_FALSE(w.of(w.pat).screen);  // viewers' screens are locked at first
    CHECK(w.heard<muted>(w.pat.link) == std::vector{muted{source::screen, {}}});
    CHECK(w.forwards.back() == forwarding{w.pat.id, source::screen, false});
    w.want<done>(w.host.link, set_role{w.vi.id, role::moderator});
    CHECK(w.heard<person_changed>(w.wu.link).back() ==
          person_changed{.id = w.vi.id, .acts_as = role::moderator});
    w.want<done>(w.vi.link, set_role{w.host.id, role::viewer});
    CHECK(w.refused(w.host.link, lower_hands{}) == error_code::forbidden);
    CHECK(w.refused(w.vi.link, set_role{"nobody", role::viewer}) == error_code::unknown_participant);
}

TEST_CASE("who is removed is gone but may ask again, who is banned may not", "[room]") {  // SEC-ROOM-4
    class_room w;
    CHECK(w.refused(w.host.link, remove_person{w.host.id, false}) == error_code::forbidden);
    CHECK(w.refused(w.host.link, remove_person{"nobody", true}) == error_code::unknown_participant);
    w.want<done>(w.host.link, remove_person{w.wu.id, false});
    CHECK(w.closed(w.wu.link)->code == 4001);
    CHECK(w.closed(w.wu.link)->reason == "removed");
    CHECK(w.heard<person_left>(w.vi.link) == std::vector{person_left{w.wu.id, departure::removed}});
    CHECK(w.ends.back() == transport_end{w.wu.id});
    CHECK(w.refused(w.open(), resume{{1}, w.wu.token, false, false}) == error_code::refused);
    w.enter("Wu");

    const entry same_device{.ban_keys = {"device:9", "lineage:2"}};
    const entry same_account{.external_id = "u7"};
    const auto watching = w.at_door(same_device);
    const auto second = w.enter_as("Vi on the phone", same_account);
    w.want<done>(w.host.link, remove_person{w.vi.id, true});
    CHECK(w.closed(w.vi.link)->code == 4002);
    CHECK(w.closed(w.vi.link)->reason == "banned");
    CHECK(w.code_of(second.link) == 4002);
    CHECK(w.code_of(watching) == 4002);
    CHECK(w.heard<person_left>(w.pat.link).back().why == departure::banned);
    for (const auto& known : {same_device, same_account, entry{.ban_keys = {"lineage:1"}}}) {
        CHECK(w.refused(w.open(), hello{{1}, {}, {}}, &known) == error_code::banned);
    }
    CHECK(w.refused(w.open(), resume{{1}, w.vi.token, false, false}) == error_code::banned);
    w.enter("Somebody", role::viewer, {.external_id = "u8", .ban_keys = {"device:1"}});
}

TEST_CASE("a ban holds against the device that a client names", "[room]") {  // SEC-ROOM-4
    world w;
    const auto on = [](std::string device) { return hello{{1}, {}, {}, std::move(device)}; };
    const auto come = [&](const std::string& name, const std::string& device, role as = role::viewer) {
        const auto link = w.open();
        const entry known{.acts_as = as};
        w.want<door_opened>(link, on(device), &known);
        const auto inside = w.want<welcome>(link, join{name, false, false, {}});
        return world::member{link, inside.you, inside.resume};
    };
    const auto host = come("Host", "laptop", role::moderator);
    const auto eve = come("Eve", "phone");
    const auto tab = come("Eve again", "phone");
    const auto ada = come("Ada", "tablet");
    w.want<done>(host.link, remove_person{eve.id, true});
    CHECK(w.code_of(eve.link) == 4002);
    CHECK(w.code_of(tab.link) == 4002);
    CHECK(w.refused(w.open(), on("phone")) == error_code::banned);
    CHECK(w.refused(w.open(), resume{{1}, tab.token, false, false}) == error_code::banned);
    CHECK(w.room.is_in(ada.id));
    come("Bo", "another phone");

    // Who tries this with two windows of one browser does not lock himself out.
    const auto own = come("Me again", "laptop");
    w.want<done>(host.link, remove_person{own.id, true});
    w.close(host.link);
    w.want<welcome>(w.open(), resume{{1}, host.token, false, false});
}

TEST_CASE("the end is for everybody and forgets", "[room]") {
    class_room w;
    w.want<done>(w.host.link, set_room{.title = {}, .lobby = true});
    const auto guest = w.wait("Guest");
    const auto door = w.at_door();
    w.want<chat_sent>(w.vi.link, chat_send{"hi", "k", {}, {}});
    w.want<done>(w.vi.link, set_hand{true});
    w.want<done>(w.host.link, remove_person{w.vi.id, true});
    w.want<done>(w.host.link, set_room{.title = "Kept", .lobby = false});
    w.want<done>(w.host.link, end_meeting{});
    for (const auto link : {w.host.link, w.pat.link, w.wu.link, guest.link}) {
        CHECK(w.closed(link)->code == 4003);
        CHECK(w.closed(link)->reason == "ended");
    }
    CHECK(w.code_of(door) == 0);
    CHECK(w.room.empty());
    CHECK(w.room.forgotten());
    CHECK(w.refused(w.open(), resume{{1}, w.pat.token, false, false}) == error_code::gone);
    const entry banned{.external_id = "u7"};
    const auto again = w.enter_as("Vi", banned);
    CHECK(w.room.room().title == "Kept");
    CHECK(w.want<failure>(again.link, chat_history{"x", 1}).code == error_code::unknown_message);
    w.pass(door_pause);
    CHECK(w.heard<conf::rooms::door>(door).back().people == 1);
}

TEST_CASE("what a lock forbids is off at once, for viewers", "[room]") {
    class_room w({.locked = {.screen = false}});
    for (const auto& who : {w.host, w.pat, w.vi}) {
        for (const auto what : {source::microphone, source::camera, source::screen, source::screen_audio}) {
            w.on(who, what);
        }
    }
    w.forget_events();
    w.want<done>(w.host.link, set_locks{{.microphone = true}});
    CHECK(w.heard<room_changed>(w.wu.link) ==
          std::vector{room_changed{.locked = locks{.microphone = true, .screen = false}}});
    CHECK(w.heard<muted>(w.vi.link) == std::vector{muted{source::microphone, {}}});
    CHECK_FALSE(w.of(w.vi).microphone);
    CHECK(w.of(w.vi).camera);
    CHECK(w.of(w.pat).microphone);
    CHECK(w.of(w.host).microphone);
    CHECK(w.refused(w.vi.link, set_media{source::microphone, true}) == error_code::forbidden);
    w.want<done>(w.vi.link, set_media{source::microphone, false});
    w.want<done>(w.host.link, set_locks{{.camera = true, .screen = true}});
    CHECK(w.of(w.vi).screen == false);
    CHECK(w.of(w.vi).screen_audio == false);
    CHECK(w.of(w.vi).camera == false);
    CHECK(w.refused(w.vi.link, set_media{source::screen_audio, true}) == error_code::forbidden);
    w.want<done>(w.host.link, set_locks{{.microphone = false}});
    CHECK_FALSE(w.of(w.vi).microphone);  // its owner turns it on
    w.on(w.vi, source::microphone);
    w.forget_events();
    w.want<done>(w.host.link, set_locks{{.microphone = false}});
    CHECK(w.heard<room_changed>(w.wu.link).empty());
}

TEST_CASE("a room gets another title", "[room]") {
    class_room w;
    w.want<done>(w.host.link, set_room{.title = " Friday ", .lobby = {}});
    CHECK(w.heard<room_changed>(w.vi.link) == std::vector{room_changed{.title = "Friday"}});
    CHECK(w.want<failure>(w.host.link, set_room{.title = " ", .lobby = true}).field == "title");
    CHECK_FALSE(w.room.room().lobby);
}

TEST_CASE("the program may do what a moderator may, and more", "[room]") {
    class_room w;
    w.want<done>(w.host.link, set_room{.title = {}, .lobby = true});
    const auto guest = w.wait("Guest");
    const auto id = w.heard<waiting_joined>(w.host.link)[0].guest.id;
    CHECK(w.room.remove(id, false, w.at, w.out));
    CHECK(w.room.remove(w.host.id, false, w.at, w.out));
    CHECK(w.room.give_role(w.vi.id, role::moderator, w.at, w.out));
    CHECK_FALSE(w.room.remove("nobody", false, w.at, w.out));
    CHECK_FALSE(w.room.give_role("nobody", role::viewer, w.at, w.out));
    w.take();
    CHECK(w.code_of(guest.link) == 4005);
    CHECK(w.code_of(w.host.link) == 4001);
    CHECK(w.of(w.vi).acts_as == role::moderator);
    w.room.end(w.at, w.out);
    w.take();
    CHECK(w.code_of(w.vi.link) == 4003);
}

TEST_CASE("while nothing can be kept, nothing that would have to be is done", "[room]") {
    class_room w;
    w.room.set_saving(false);
    CHECK(w.refused(w.vi.link, chat_send{"hi", "k", {}, {}}) == error_code::not_saved);
    CHECK(w.refused(w.host.link, set_locks{{.chat = true}}) == error_code::not_saved);
    CHECK(w.refused(w.at_door(), join{"X", false, false, {}}) == error_code::not_saved);
    w.want<done>(w.vi.link, chat_typing{true, {}});
    w.want<done>(w.vi.link, leave{});
    w.room.set_saving(true);
    w.want<chat_sent>(w.wu.link, chat_send{"hi", "k", {}, {}});
}
