#include "tests/room/world.hpp"

#include "libconf/room/limits.hpp"

using namespace room_test;

TEST_CASE("with the lobby on, viewers wait and are told nothing", "[room]") {  // SEC-ROOM-3
    world w({.lobby = true});
    const auto host = w.enter("Host", role::moderator);
    const auto guest = w.wait("Guest");
    const auto asked = w.heard<waiting_joined>(host.link);
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].guest.name == "Guest");
    CHECK(asked[0].guest.since == w.at.wall);
    CHECK_FALSE(w.room.participant_of(guest.link));

    w.enter("Pat", role::presenter);
    w.want<chat_sent>(host.link, chat_send{"secret", "k", {}, {}});
    w.want<done>(host.link, set_hand{true});
    w.room.handle_speaker(host.id, w.out);
    w.take();
    w.pass(1s);
    CHECK(w.inbox[guest.link].empty());
    CHECK(w.refused(guest.link, chat_history{"x", 1}) == error_code::not_joined);
    CHECK(w.refused(guest.link, publish{"v=0", {{"0", source::camera}}}) == error_code::not_joined);

    w.want<done>(host.link, set_lobby_message{"In five minutes"});
    CHECK(w.heard<waiting_message>(guest.link) == std::vector{waiting_message{"In five minutes"}});
    const auto late = w.at_door();
    CHECK(w.want<waiting>(late, join{"Late", false, false, {}}).text == "In five minutes");

    w.want<done>(host.link, admit{asked[0].guest.id});
    const auto welcomed = w.heard<welcome>(guest.link);
    REQUIRE(welcomed.size() == 1);
    CHECK(welcomed[0].you == asked[0].guest.id);
    CHECK(welcomed[0].resume != guest.token);
    CHECK(welcomed[0].messages.size() == 1);
    CHECK(w.heard<waiting_left>(host.link) == std::vector{waiting_left{asked[0].guest.id}});
    CHECK(w.heard<person_joined>(host.link).back().person.name == "Guest");
}

TEST_CASE("who is refused is sent away and not let back by the token", "[room]") {
    world w({.lobby = true});
    const auto host = w.enter("Host", role::moderator);
    const auto guest = w.wait("Guest");
    const auto id = w.heard<waiting_joined>(host.link)[0].guest.id;
    CHECK(w.refused(host.link, refuse{"nobody"}) == error_code::unknown_participant);
    CHECK(w.refused(host.link, refuse{host.id}) == error_code::unknown_participant);
    w.want<done>(host.link, refuse{id});
    CHECK(w.closed(guest.link)->code == 4005);
    CHECK(w.closed(guest.link)->reason == "refused");
    CHECK(w.refused(host.link, admit{id}) == error_code::unknown_participant);
    CHECK(w.refused(w.open(), resume{{1}, guest.token, false, false}) == error_code::refused);
}

TEST_CASE("turning the lobby off lets everybody in", "[room]") {
    world w({.lobby = true});
    const auto host = w.enter("Host", role::moderator);
    const auto a = w.wait("A");
    const auto b = w.wait("B");
    w.want<done>(host.link, set_room{.title = {}, .lobby = false});
    CHECK(w.heard<welcome>(a.link).size() == 1);
    CHECK(w.heard<welcome>(b.link).size() == 1);
    CHECK(w.room.people().size() == 3);
    CHECK(w.heard<room_changed>(host.link) == std::vector{room_changed{.lobby = false}});
    w.enter_as("C");
}

TEST_CASE("admitting all fits or is refused, and the waiting room has an end", "[room]") {
    world w({.lobby = true, .participants_max = 3, .waiting_max = 3});
    const auto host = w.enter("Host", role::moderator);
    for (const auto* name : {"A", "B", "C"}) w.wait(name);
    const auto door = w.at_door();
    CHECK(w.refused(door, join{"D", false, false, {}}) == error_code::room_full);
    CHECK(w.refused(host.link, admit{}) == error_code::room_full);
    const auto first = w.heard<waiting_joined>(host.link)[0].guest.id;
    w.want<done>(host.link, refuse{first});
    w.want<done>(host.link, admit{});
    CHECK(w.room.people().size() == 3);
}

TEST_CASE("a guest's place in the waiting room is kept and lost like any other", "[room]") {
    world w({.lobby = true});
    const auto host = w.enter("Host", role::moderator);
    auto guest = w.wait("Guest");
    w.close(guest.link);
    w.pass(place_time - 1s);
    guest.link = w.open();
    guest.token = w.want<waiting>(guest.link, resume{{1}, guest.token, false, false}).resume;
    w.close(guest.link);
    w.pass(place_time);
    CHECK(w.heard<waiting_left>(host.link).size() == 1);
    CHECK(w.refused(w.open(), resume{{1}, guest.token, false, false}) == error_code::gone);
}

TEST_CASE("one who is admitted while away finds himself inside", "[room]") {
    world w({.lobby = true});
    const auto host = w.enter("Host", role::moderator);
    auto guest = w.wait("Guest");
    const auto id = w.heard<waiting_joined>(host.link)[0].guest.id;
    w.close(guest.link);
    w.want<done>(host.link, admit{id});
    CHECK_FALSE(w.room.find_person(id)->here);
    const auto got = w.come_back(guest);
    CHECK(got.you == id);
    CHECK(w.room.find_person(id)->here);
}

TEST_CASE("a new moderator learns who waits", "[room]") {
    world w({.lobby = true});
    const auto host = w.enter("Host", role::moderator);
    const auto pat = w.enter("Pat", role::presenter);
    w.wait("Guest");
    const auto id = w.heard<waiting_joined>(host.link)[0].guest.id;
    CHECK(w.heard<waiting_joined>(pat.link).empty());
    w.want<done>(host.link, set_role{pat.id, role::moderator});
    CHECK(w.heard<waiting_joined>(pat.link).size() == 1);
    CHECK(w.want<welcome>(w.at_door({.acts_as = role::moderator}), join{"M", false, false, {}})
              .waiting->size() == 1);
    w.want<done>(host.link, set_role{pat.id, role::viewer});
    CHECK(w.heard<waiting_left>(pat.link) == std::vector{waiting_left{id}});
}

TEST_CASE("in an open room whose people are gone the one who waits longest takes over", "[room]") {
    world w({.open = true});
    const auto host = w.enter_as("Host");
    w.want<done>(host.link, set_room{.title = {}, .lobby = true});
    const auto first = w.wait("First");
    const auto second = w.wait("Second");
    w.want<done>(host.link, leave{});
    CHECK(w.heard<welcome>(first.link).size() == 1);
    CHECK(w.heard<welcome>(second.link).empty());
    CHECK(w.room.people()[0].acts_as == role::moderator);
}

TEST_CASE("a guest may go", "[room]") {
    world w({.lobby = true});
    const auto host = w.enter("Host", role::moderator);
    const auto guest = w.wait("Guest");
    w.want<done>(guest.link, leave{});
    CHECK(w.closed(guest.link)->reason == "left");
    CHECK(w.heard<waiting_left>(host.link).size() == 1);
}
