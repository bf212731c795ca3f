// The packet path allocates nothing once everybody is there and every list has grown.
#include "tests/rtp/allocation_counter.hpp"
#include "tests/sfu/room.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace sfu_test;

}  // namespace

TEST_CASE("sfu: no packet allocates after the first two seconds") {
    room meeting;
    meeting.publish(1, "ann", {section("v", {vp8})});
    for (sfu::transport_id who = 10; who < 60; ++who) meeting.subscribe(who, {section("0", {vp8})});
    camera lens(meeting, 1, 100);
    std::size_t forwarded = 0;
    std::size_t allocated = 0;
    const auto second = [&](bool key) {
        for (int i = 0; i < 30; ++i) {
            // Made outside of what is counted.
            std::vector<std::vector<std::byte>> packets;
            for (int part = 0; part < 4; ++part)
                packets.push_back(lens.next(key && i == 0, part == 0, part == 3).bytes_of());
            const auto before = allocations::so_far();
            for (const auto& one : packets) {
                meeting.router().handle_rtp(1, one, meeting.now(), meeting.out());
                forwarded += meeting.out().packets.size();
                meeting.out().clear();
            }
            meeting.wait(33ms);
            meeting.out().clear();
            allocated += allocations::so_far() - before;
        }
    };
    for (int i = 0; i < 4; ++i) second(i == 0);
    forwarded = allocated = 0;
    for (int i = 0; i < 5; ++i) second(false);
    CHECK(forwarded == 5 * 30 * 4 * 50);
    CHECK(allocated == 0);
}
