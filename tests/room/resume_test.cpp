#include "tests/room/world.hpp"

#include "libconf/room/limits.hpp"

using namespace room_test;

TEST_CASE("within the time of the place nobody sees a leave", "[room]") {
    world w;
    const auto bo = w.enter("Bo");
    auto ada = w.enter("Ada", role::presenter);
    w.want<done>(ada.link, set_hand{true});
    w.forget_events();
    w.close(ada.link);
    CHECK(w.heard<person_changed>(bo.link) == std::vector{person_changed{.id = ada.id, .here = false}});
    CHECK_FALSE(w.room.connection_of(ada.id));
    w.pass(place_time - 1ms);
    const auto got = w.come_back(ada);
    CHECK(got.you == ada.id);
    REQUIRE(got.resumed);
    CHECK(got.people.size() == 2);
    CHECK(got.people[1].hand);
    CHECK(got.people[1].here);
    CHECK(got.people[1].acts_as == role::presenter);
    CHECK(w.heard<person_changed>(bo.link) == std::vector{person_changed{.id = ada.id, .here = true}});
    CHECK(w.heard<person_left>(bo.link).empty());
    w.pass(place_time * 2);
    CHECK(w.room.is_in(ada.id));
}

TEST_CASE("behind it the place is lost, and the role is not", "[room]") {
    world w;
    const auto bo = w.enter("Bo");
    auto ada = w.enter("Ada", role::presenter);
    w.want<done>(ada.link, set_media{source::camera, true});
    w.forwards.clear();
    w.close(ada.link);
    w.pass(place_time);
    CHECK(w.heard<person_left>(bo.link) == std::vector{person_left{ada.id, departure::lost}});
    CHECK(w.ends == std::vector{transport_end{ada.id}});
    CHECK(w.forwards == std::vector{forwarding{ada.id, source::camera, false}});
    w.forget_events();
    const auto got = w.come_back(ada);
    CHECK(got.resumed);
    CHECK(got.you == ada.id);
    CHECK(got.people.back().acts_as == role::presenter);
    CHECK_FALSE(got.people.back().camera);
    CHECK(w.heard<person_joined>(bo.link).size() == 1);
}

TEST_CASE("a resume token is good for 24 hours after the last connection", "[room]") {
    world w;
    w.enter("Bo");
    auto ada = w.enter("Ada");
    auto cy = w.enter("Cy");
    w.pass(30h);  // connected: it does not age
    w.close(ada.link);
    w.close(cy.link);
    w.pass(resume_time - 1s);
    w.come_back(ada);
    w.pass(1s);
    CHECK(w.refused(w.open(), resume{{1}, cy.token, false, false}) == error_code::gone);
    CHECK(w.refused(w.open(), resume{{1}, "never there", false, false}) == error_code::gone);
}

TEST_CASE("a token stays good until the one that replaced it is used", "[room]") {
    world w;
    auto ada = w.enter("Ada");
    const auto first = ada.token;
    w.close(ada.link);
    const auto lost = w.come_back(ada).resume;  // the welcome never arrives
    w.close(ada.link);
    ada.token = first;
    const auto second = w.come_back(ada).resume;
    CHECK(w.refused(w.open(), resume{{1}, lost, false, false}) == error_code::gone);
    w.close(ada.link);
    ada.token = second;
    w.come_back(ada);
    CHECK(w.refused(w.open(), resume{{1}, first, false, false}) == error_code::gone);
}

TEST_CASE("only the hash of a token is kept", "[room]") {
    world w;
    const auto ada = w.enter("Ada");
    for (const auto& [place, value] : w.kept) CHECK(value.find(ada.token) == std::string::npos);
}

TEST_CASE("the same session on another connection ends the first", "[room]") {
    world w;
    const auto bo = w.enter("Bo");
    auto ada = w.enter("Ada");
    const auto old = ada.link;
    w.forget_events();
    w.come_back(ada);
    CHECK(w.closed(old)->code == 4004);
    CHECK(w.closed(old)->reason == "replaced");
    CHECK(w.room.connection_of(ada.id) == ada.link);
    w.close(old);  // the shell's late news changes nothing
    CHECK(w.room.find_person(ada.id)->here);
    CHECK(w.inbox[bo.link].empty());
}

TEST_CASE("a token of another room is as unknown as any", "[room]") {
    world w;
    world other({.name = "other"}, 2);
    const auto ada = other.enter("Ada");
    CHECK(w.refused(w.open(), resume{{1}, ada.token, false, false}) == error_code::gone);
}

TEST_CASE("resume tells which transports are there, and ends those the client lost", "[room]") {
    settings with;
    with.transports = [](const participant_id&) { return welcome::transports{true, true}; };
    world w(with);
    auto ada = w.enter("Ada");
    w.close(ada.link);
    const auto link = w.open();
    const auto got = w.want<welcome>(link, resume{{1}, ada.token, true, false});
    CHECK(got.resumed == welcome::transports{true, false});
    CHECK(w.ends == std::vector{transport_end{ada.id, false, true}});
}

TEST_CASE("a lost place is no claim on a full room", "[room]") {
    world w({.participants_max = 1});
    auto ada = w.enter("Ada");
    w.close(ada.link);
    w.pass(place_time);
    const auto bo = w.enter("Bo");
    CHECK(w.refused(w.open(), resume{{1}, ada.token, false, false}) == error_code::room_full);
    w.want<done>(bo.link, leave{});
    w.come_back(ada);
}

TEST_CASE("leaving is for good", "[room]") {
    world w;
    const auto bo = w.enter("Bo");
    const auto ada = w.enter("Ada");
    w.want<done>(ada.link, leave{});
    CHECK(w.closed(ada.link)->code == 1000);
    CHECK(w.closed(ada.link)->reason == "left");
    CHECK(w.heard<person_left>(bo.link) == std::vector{person_left{ada.id, departure::left}});
    CHECK(w.refused(w.open(), resume{{1}, ada.token, false, false}) == error_code::gone);
    w.room.handle(ada.link, {99, hello{{1}, {}, {}}}, nullptr, w.at, w.out);
    CHECK(w.out.messages.empty());  // the connection is over, whatever still arrives on it
}

TEST_CASE("a meeting is over when nobody was there for long enough", "[room]") {
    world w({.open = true, .empty_time = 10min});
    auto ada = w.enter_as("Ada");
    w.want<chat_sent>(ada.link, chat_send{"hi", "k", {}, {}});
    w.want<done>(ada.link, set_room{.title = "Ours", .lobby = {}});
    w.close(ada.link);
    CHECK_FALSE(w.room.empty());
    w.pass(place_time);
    CHECK(w.room.empty());
    CHECK_FALSE(w.room.forgotten());
    w.pass(9min);
    CHECK(w.come_back(ada).messages.size() == 1);
    w.want<done>(ada.link, leave{});
    w.pass(10min - 1s);
    CHECK(w.room.room().title == "Ours");
    w.pass(1s);
    CHECK(w.room.forgotten());
    CHECK(w.kept.empty());
    CHECK(w.room.room().title == "tuesday");
    const auto again = w.want<welcome>(w.at_door(), join{"Bo", false, false, {}});
    CHECK(again.messages.empty());
    CHECK(again.room.started == w.at.wall);
}

TEST_CASE("fresh ICE credentials come at half the life of the old ones", "[room]") {
    world* self = nullptr;
    settings with;
    int made = 0;
    with.ice = [&](const participant_id&) {
        ++made;
        return ice_credentials{{}, self->at.wall + 600s};
    };
    world w(with);
    self = &w;
    const auto ada = w.enter("Ada");
    w.pass(299s);
    CHECK(w.heard<ice_renewed>(ada.link).empty());
    w.pass(1s);
    CHECK(w.heard<ice_renewed>(ada.link).size() == 1);
    CHECK(w.want<ice_given>(ada.link, fresh_ice{}).ice.expires == w.at.wall + 600s);
    w.pass(299s);
    CHECK(w.heard<ice_renewed>(ada.link).empty());
    w.close(ada.link);
    const auto before = made;
    w.pass(1h);
    CHECK(made == before);
}

TEST_CASE("a restart is announced to everybody", "[room]") {
    world w({.lobby = true});
    const auto ada = w.enter("Ada", role::moderator);
    const auto guest = w.wait("Guest");
    const auto door = w.at_door();
    w.room.announce_restart(w.out);
    w.take();
    for (const auto link : {ada.link, guest.link, door}) CHECK(w.heard<restarting>(link).size() == 1);
}
