// Invitations with a count, invitations that were taken back, and both after a restart.
#include "tests/room/world.hpp"

using namespace room_test;

namespace {

entry with(std::string id, std::uint32_t uses_max, wall_time expires) {
    entry made;
    made.with = ticket{std::move(id), uses_max, expires};
    made.acts_as = role::viewer;
    return made;
}

}  // namespace

TEST_CASE("a ticket lets in as many as it says", "[room]") {  // SEC-ROOM-2
    world w;
    const auto soon = w.at.wall + 1h;
    (void)w.enter_as("Ann", with("a", 2, soon));
    const auto bob = w.enter_as("Bob", with("a", 2, soon));
    const auto late = w.open();
    const auto third = with("a", 2, soon);
    CHECK(w.refused(late, hello{{1}, {}, {}}, &third) == error_code::expired_token);
    // Who came in with it comes back without using it again.
    w.room.handle_closed(bob.link, w.at, w.out);
    const auto back = w.open();
    CHECK(w.want<welcome>(back, resume{.versions = {1}, .token = bob.token}).you == bob.id);
    // Another one is not touched.
    (void)w.enter_as("Cleo", with("b", 1, soon));
}

TEST_CASE("between the door and coming in a ticket can be used up", "[room]") {
    world w;
    const auto soon = w.at.wall + 1h;
    const auto one = w.at_door(with("a", 1, soon));
    const auto two = w.at_door(with("a", 1, soon));
    (void)w.want<welcome>(one, join{"Ann", false, false, {}});
    CHECK(w.refused(two, join{"Bob", false, false, {}}) == error_code::expired_token);
}

TEST_CASE("what was used stays used after a restart and after the end", "[room]") {
    world w;
    const auto soon = w.at.wall + 1h;
    auto first = with("a", 1, soon);
    first.acts_as = role::moderator;
    const auto ann = w.enter_as("Ann", first);
    w.want<done>(ann.link, end_meeting{});
    const auto late = w.open();
    const auto again = with("a", 1, soon);
    CHECK(w.refused(late, hello{{1}, {}, {}}, &again) == error_code::expired_token);

    world restarted({}, 2);
    restarted.at = w.at;
    CHECK(restarted.room.restore(w.records(), restarted.at) == 0);
    CHECK(restarted.refused(restarted.open(), hello{{1}, {}, {}}, &again) == error_code::expired_token);
    CHECK_FALSE(restarted.room.forgotten());
}
