// The packet path allocates nothing once everybody is there and every list has grown.
#include "tests/engine/peer.hpp"
#include "tests/rtp/allocation_counter.hpp"

using namespace engine_test;

TEST_CASE("no packet allocates from socket to socket", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    for (int i = 0; i < 50; ++i) on.play("room");
    std::uint16_t sequence = 0;
    std::size_t sent = 0;
    const auto second = [&] {
        std::size_t allocated = 0;
        for (int i = 0; i < 50; ++i) {
            // Made outside of what is counted.
            ++sequence;
            auto data = ann.protect(audio_packet(sequence), sequence);
            const auto before = allocations::so_far();
            on.core.handle(ann.at(), data, on.now, on.out);
            on.now += 20ms;
            if (const auto due = on.core.deadline(); due && *due <= on.now) {
                on.core.handle_timeout(on.now, on.out);
            }
            on.core.flush(on.out);
            sent += on.out.transmits.size();
            on.out.clear();
            allocated += allocations::so_far() - before;
        }
        return allocated;
    };
    for (int i = 0; i < 4; ++i) second();
    sent = 0;
    std::size_t allocated = 0;
    for (int i = 0; i < 5; ++i) allocated += second();
    CHECK(sent >= 5U * 50 * 50);
    CHECK(allocated == 0);
}

TEST_CASE("SEC-ICE-7 a flood of checks for nobody allocates nothing", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    std::vector<datagram> flood;
    for (int i = 0; i < 1000; ++i) {
        ann.restart({"F" + std::to_string(1'000'000 + i), "a password that nobody looks at."}, "x");
        flood.push_back(ann.make_check());
    }
    const auto before = allocations::so_far();
    for (std::uint16_t i = 0; i < 1000; ++i) on.core.handle(path_of(i), flood[i], on.now, on.out);
    CHECK(allocations::so_far() == before);
    CHECK(on.core.count().unknown_ufrag == 1000);
    CHECK(on.out.transmits.empty());
    CHECK(on.core.now_here().paths == 1);
}
