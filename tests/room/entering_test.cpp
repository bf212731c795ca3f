#include "tests/room/world.hpp"

#include "libconf/room/limits.hpp"

using namespace room_test;

TEST_CASE("hello looks through the door and nobody sees it", "[room]") {
    world w({.title = "Tuesday"});
    const auto ana = w.enter("Ana");
    w.enter("Bo");
    w.forget_events();
    const auto me = w.open();
    const entry known{.name = "Ada", .acts_as = role::moderator};
    const auto seen = w.want<door_opened>(me, hello{{7, 1}, {}, {}}, &known);
    CHECK(seen.version == 1);
    CHECK(seen.room == "tuesday");
    CHECK(seen.title == "Tuesday");
    CHECK_FALSE(seen.lobby);
    CHECK(seen.people == 2);
    CHECK(seen.names == std::vector<std::string>{"Ana", "Bo"});
    CHECK(seen.you == door_opened::known{"Ada", role::moderator});
    CHECK(w.inbox.empty());

    const auto other = w.open();
    CHECK_FALSE(w.want<door_opened>(other, hello{{1}, {}, {}}).you);

    w.want<done>(ana.link, leave{});
    w.pass(door_pause);
    const auto doors = w.heard<door>(me);
    REQUIRE(doors.size() == 1);
    CHECK(doors[0] == door{1, std::vector<std::string>{"Bo"}});
}

TEST_CASE("the door shows four names, none with a lobby or the people lock", "[room]") {
    world w;
    const auto host = w.enter("A", role::moderator);
    for (const auto* name : {"B", "C", "D", "E"}) w.enter(name);
    CHECK(w.want<door_opened>(w.open(), hello{{1}, {}, {}}).names->size() == door_names_max);
    const auto outside = w.at_door();
    w.want<done>(host.link, set_room{.title = {}, .lobby = true});
    w.pass(door_pause);
    CHECK_FALSE(w.heard<door>(outside).back().names);
    w.want<done>(host.link, set_room{.title = {}, .lobby = false});
    w.want<done>(host.link, set_locks{.changes = {.people = true}});
    w.pass(door_pause);
    const auto hidden = w.heard<door>(outside);
    REQUIRE(hidden.size() == 1);
    CHECK_FALSE(hidden[0].names);
    CHECK(hidden[0].people == 5);
}

TEST_CASE("what the shell found out about a token is the answer to hello", "[room]") {
    const auto code = GENERATE(values({error_code::unknown_room, error_code::bad_token,
                                       error_code::expired_token, error_code::server_full}));
    world w;
    const auto me = w.open();
    const entry known{.refused = code, .retry_after_seconds = 7};
    const auto why = w.want<failure>(me, hello{{1}, {}, {}}, &known);
    CHECK(why.code == code);
    CHECK(why.retry_after_seconds == 7U);
    CHECK(w.refused(me, join{"Ada", false, false, {}}) == error_code::not_joined);
    w.want<door_opened>(me, hello{{1}, {}, {}});  // another token may do
}

TEST_CASE("a version that is not spoken here is refused with those that are", "[room]") {
    world w;
    const auto why = w.want<failure>(w.open(), hello{{2, 3}, {}, {}});
    CHECK(why.code == error_code::version);
    CHECK(why.versions == std::vector<std::uint32_t>{1});
    CHECK(w.refused(w.open(), resume{{9}, "x", false, false}) == error_code::version);
}

TEST_CASE("requests out of order are told so", "[room]") {
    world w;
    const auto fresh = w.open();
    CHECK(w.refused(fresh, join{"Ada", false, false, {}}) == error_code::not_joined);
    CHECK(w.refused(fresh, set_hand{true}) == error_code::not_joined);
    CHECK(w.refused(fresh, leave{}) == error_code::not_joined);
    const auto outside = w.at_door();
    CHECK(w.refused(outside, hello{{1}, {}, {}}) == error_code::already_joined);
    CHECK(w.refused(outside, chat_send{"hi", "k", {}, {}}) == error_code::not_joined);
    const auto ada = w.enter("Ada");
    CHECK(w.refused(ada.link, hello{{1}, {}, {}}) == error_code::already_joined);
    CHECK(w.refused(ada.link, join{"Ada", false, false, {}}) == error_code::already_joined);
    CHECK(w.refused(ada.link, resume{{1}, ada.token, false, false}) == error_code::already_joined);
}

TEST_CASE("welcome says everything", "[room]") {
    settings with{.title = "Tuesday"};
    with.ice = [](const participant_id& who) {
        return ice_credentials{{{{"turn:turn.test"}, who, "secret"}}, 1763900600000ms};
    };
    world w(with);
    const auto ana = w.enter("Ana", role::moderator);
    w.forget_events();
    const auto door = w.at_door({.name = "Ada", .acts_as = role::presenter});
    const auto got = w.want<welcome>(door, join{"ignored", true, false, "fr"});
    CHECK(got.resume.size() == 64);
    CHECK(got.you.size() <= 64);
    CHECK(got.room.name == "tuesday");
    CHECK(got.room.title == "Tuesday");
    CHECK(got.room.started == w.at.wall);
    CHECK(got.room.locked == locks{});
    CHECK(got.room.locked.screen);  // locked at first
    CHECK(names_of(got.people) == std::vector<std::string>{"Ana", "Ada"});
    CHECK(got.people[1].id == got.you);
    CHECK(got.people[1].acts_as == role::presenter);
    CHECK(got.people[1].microphone);
    CHECK_FALSE(got.people[1].camera);
    CHECK_FALSE(got.people[1].guest);
    CHECK(got.people[0].guest);
    CHECK_FALSE(got.waiting);
    CHECK(got.media);
    CHECK(got.ice.servers[0].username == got.you);
    CHECK(got.now == w.at.wall);
    CHECK_FALSE(got.resumed);
    CHECK(w.heard<person_joined>(ana.link) == std::vector{person_joined{got.people[1]}});
    CHECK(w.heard<person_joined>(door).empty());
    CHECK(w.forwards == std::vector{forwarding{got.you, source::microphone, true}});
}

TEST_CASE("a name is trimmed, and one that nobody can see is refused", "[room]") {
    world w;
    const auto member = w.enter(
        "  Ada \xE2\x80\xAE"
        "evil\xE2\x80\xAC ");
    CHECK(w.room.find_person(member.id)->name == "Ada evil");
    const auto door = w.at_door();
    for (const auto* blank : {" ", "\xE2\x80\x8B", "\xC2\xA0\xE3\x80\x80", "\xE2\x80\xAE"}) {
        const auto why = w.want<failure>(door, join{blank, false, false, {}});
        CHECK(why.code == error_code::bad_message);
        CHECK(why.field == "name");
    }
}

TEST_CASE("a microphone that viewers may not have on is off when one comes in", "[room]") {
    world w({.locked = {.microphone = true}});
    const auto viewer = w.want<welcome>(w.at_door(), join{"V", true, true, {}});
    CHECK_FALSE(viewer.people[0].microphone);
    CHECK(viewer.people[0].camera);
    const auto presenter =
        w.want<welcome>(w.at_door({.acts_as = role::presenter}), join{"P", true, false, {}});
    CHECK(presenter.people[1].microphone);
}

TEST_CASE("a room is full at its limit", "[room]") {
    world w({.participants_max = 2, .retry_after_seconds = 9});
    const auto first = w.enter("A");
    w.enter("B");
    const auto door = w.at_door();
    const auto why = w.want<failure>(door, join{"C", false, false, {}});
    CHECK(why.code == error_code::room_full);
    CHECK(why.retry_after_seconds == 9U);
    w.close(first.link);  // the place is kept
    CHECK(w.refused(door, join{"C", false, false, {}}) == error_code::room_full);
    w.pass(place_time);
    w.want<welcome>(door, join{"C", false, false, {}});
}

TEST_CASE("an account has so many sessions in a room; the oldest goes", "[room]") {
    world w({.participants_max = 3, .sessions_per_user_max = 2});
    const entry ada{.name = "Ada", .acts_as = role::viewer, .external_id = "u1"};
    const auto bo = w.enter("Bo");
    const auto first = w.enter_as("Ada", ada);
    const auto second = w.enter_as("Ada", ada);
    const auto third = w.enter_as("Ada", ada);
    CHECK(w.code_of(first.link) == 4004);
    CHECK_FALSE(w.room.is_in(first.id));
    CHECK(w.room.is_in(second.id));
    CHECK(w.room.is_in(third.id));
    CHECK(w.heard<person_left>(bo.link) == std::vector{person_left{first.id, departure::left}});
}

TEST_CASE("who says nothing or does not join is sent away in time", "[room]") {
    world w;
    const auto silent = w.open();
    const auto outside = w.at_door();
    w.pass(hello_time - 1ms);
    CHECK(w.closings.empty());
    w.pass(1ms);
    CHECK(w.code_of(silent) == 1008);
    CHECK(w.code_of(outside) == 0);
    w.pass(join_time);
    CHECK(w.code_of(outside) == 1008);
    CHECK(w.room.connections() == 0);
}

TEST_CASE("in an open room the first one moderates, and then who is there longest", "[room]") {
    world w({.open = true});
    auto ana = w.enter_as("Ana");
    const auto bo = w.enter_as("Bo");
    const auto cy = w.enter_as("Cy");
    const auto role_of = [&](const auto& who) { return w.room.find_person(who.id)->acts_as; };
    CHECK(role_of(ana) == role::moderator);
    CHECK(role_of(bo) == role::viewer);
    w.close(ana.link);
    w.pass(place_time - 1ms);
    CHECK(role_of(bo) == role::viewer);
    w.pass(1ms);
    CHECK(role_of(bo) == role::moderator);
    CHECK(role_of(cy) == role::viewer);
    const auto changes = w.heard<person_changed>(cy.link);
    CHECK(changes.back() == person_changed{.id = bo.id, .acts_as = role::moderator});
    w.want<done>(bo.link, leave{});
    CHECK(role_of(cy) == role::moderator);
    // Who was moderator comes back as one.
    w.come_back(ana);
    CHECK(role_of(ana) == role::moderator);
}

TEST_CASE("elsewhere the token says the role, and a token's role is not changed by an open room", "[room]") {
    world closed;
    CHECK(closed.room.find_person(closed.enter_as("Ana").id)->acts_as == role::viewer);
    world open({.open = true});
    const auto bound = open.enter("Vi", role::viewer);
    CHECK(open.room.find_person(bound.id)->acts_as == role::viewer);
    const auto guest = open.enter_as("Guest");  // nobody else could moderate
    CHECK(open.room.find_person(guest.id)->acts_as == role::moderator);
    open.want<done>(guest.link, leave{});
    CHECK(open.room.find_person(bound.id)->acts_as == role::viewer);
}
