// Arrivals in, transport-wide feedback out: when, what, and what again.
#include "libconf/rtp/twcc_recorder.hpp"

#include "tests/sim/dice.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <map>
#include <vector>

namespace {

using namespace conf::rtp;
using conf::duration;
using conf::instant;
using namespace std::chrono_literals;

constexpr instant start(64s);

struct feedback {
    std::uint16_t base = 0;
    std::uint16_t count = 0;
    std::uint8_t feedback_count = 0;
    std::map<std::uint16_t, instant> arrivals;
};

/// The next feedback packet, or nothing.
std::optional<feedback> next(twcc_recorder& recorder, std::size_t room = 1200) {
    std::vector<std::byte> memory(room);
    rtcp_builder out(memory);
    if (!recorder.report(out, 1, 2)) return std::nullopt;
    const auto compound = rtcp_compound::parse(out.finish());
    REQUIRE(compound);
    std::optional<feedback> found;
    compound->for_each([&](const rtcp_packet& packet) {
        const auto read = read_transport_feedback(packet);
        REQUIRE(read);
        found = {read->base_sequence, read->status_count, read->feedback_count, {}};
        read->for_each_received(
            [&](std::uint16_t number, duration at) { found->arrivals[number] = instant(at); });
    });
    return found;
}

}  // namespace

TEST_CASE("feedback is due 50 ms after the first arrival that it reports", "[rtp]") {
    twcc_recorder recorder;
    CHECK_FALSE(recorder.deadline());
    CHECK_FALSE(next(recorder));
    recorder.record(10, start);
    recorder.record(11, start + 20ms);
    CHECK(recorder.deadline() == start + 50ms);
    const auto first = next(recorder);
    REQUIRE(first);
    CHECK(first->base == 10);
    CHECK(first->count == 2);
    CHECK(first->arrivals == std::map<std::uint16_t, instant>{{10, start}, {11, start + 20ms}});
    CHECK_FALSE(recorder.deadline());
    CHECK_FALSE(next(recorder));
    recorder.record(12, start + 90ms);
    CHECK(recorder.deadline() == start + 140ms);
}

TEST_CASE("what is lost between two reports is spoken of by the second one", "[rtp]") {
    twcc_recorder recorder;
    recorder.record(0xFFFE, start);
    REQUIRE(next(recorder));
    recorder.record(2, start + 60ms);
    const auto second = next(recorder);
    REQUIRE(second);
    CHECK(second->base == 0xFFFF);
    CHECK(second->count == 4);
    CHECK(second->feedback_count == 1);
    CHECK(second->arrivals == std::map<std::uint16_t, instant>{{2, start + 60ms}});
}

TEST_CASE("a late packet is reported together with what came after it", "[rtp]") {
    twcc_recorder recorder;
    recorder.record(1, start);
    recorder.record(3, start + 10ms);
    REQUIRE(next(recorder));
    recorder.record(4, start + 60ms);
    recorder.record(2, start + 70ms);
    const auto second = next(recorder);
    REQUIRE(second);
    CHECK(second->base == 2);
    CHECK(second->arrivals ==
          std::map<std::uint16_t, instant>{{2, start + 70ms}, {3, start + 10ms}, {4, start + 60ms}});
}

TEST_CASE("500 ms after the arrival of what came around it a packet is too late", "[rtp]") {
    const auto late = GENERATE(duration(500ms), duration(500ms + 1us));
    twcc_recorder recorder;
    recorder.record(1, start);
    recorder.record(3, start);
    REQUIRE(next(recorder));
    recorder.record(4, start + late);
    REQUIRE(next(recorder));
    recorder.record(2, start + late);
    const auto again = next(recorder);
    REQUIRE(again.has_value() == (late == 500ms));
    if (again) CHECK(again->base == 2);
}

TEST_CASE("the same packet twice counts once", "[rtp]") {
    twcc_recorder recorder;
    recorder.record(1, start);
    recorder.record(1, start + 10ms);
    const auto first = next(recorder);
    CHECK(first->arrivals == std::map<std::uint16_t, instant>{{1, start}});
    recorder.record(1, start + 60ms);
    CHECK_FALSE(recorder.deadline());
}

TEST_CASE("a window of 2048 numbers is kept; a jump beyond it begins anew", "[rtp]") {
    constexpr auto window = static_cast<std::uint16_t>(twcc_recorder::window_packets);
    twcc_recorder inside;
    inside.record(0, start);
    inside.record(window - 1, start + 1ms);
    const auto whole = next(inside);
    CHECK(whole->base == 0);
    CHECK(whole->count == window);
    twcc_recorder at_edge;
    at_edge.record(0, start);
    at_edge.record(1, start);
    at_edge.record(window, start + 1ms);
    CHECK(next(at_edge)->base == 1);
    twcc_recorder beyond;
    beyond.record(0, start);
    beyond.record(window, start + 1ms);
    CHECK(next(beyond)->base == window);
}

TEST_CASE("what does not fit into one packet follows in the next", "[rtp]") {
    twcc_recorder recorder;
    for (std::uint16_t i = 0; i < 1000; ++i) recorder.record(i, start + i * 100us);
    std::size_t told = 0;
    int packets = 0;
    while (const auto found = next(recorder, 700)) {
        CHECK(found->base == told);
        CHECK(found->feedback_count == packets);
        told += found->arrivals.size();
        ++packets;
        if (told < 1000) CHECK(recorder.deadline() == start + 50ms);
    }
    CHECK(told == 1000);
    CHECK(packets == 2);
    CHECK_FALSE(recorder.deadline());
}

TEST_CASE("the longest gap fits into the smallest promised room", "[rtp]") {
    twcc_recorder recorder;
    recorder.record(0, start);
    REQUIRE(next(recorder));
    recorder.record(twcc_recorder::window_packets - 1, start);
    CHECK(next(recorder, twcc_recorder::report_bytes_max_of_one));
    twcc_recorder no_room;
    no_room.record(0, start);
    CHECK_FALSE(next(no_room, 23));
    CHECK(no_room.deadline() == start + 50ms);  // nothing is lost
    CHECK(next(no_room, 24));
}

TEST_CASE("arrivals too far apart for a delta go into packets of their own", "[rtp]") {
    twcc_recorder recorder;
    recorder.record(1, start);
    recorder.record(2, start + 9s);
    CHECK(next(recorder)->arrivals == std::map<std::uint16_t, instant>{{1, start}});
    CHECK(next(recorder)->arrivals == std::map<std::uint16_t, instant>{{2, start + 9s}});
}

TEST_CASE("100 random publishers: every arrival is reported, at the right time, and nothing else",
          "[rtp][property]") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        INFO("seed " << seed);
        conf::sim::dice random(seed);
        twcc_recorder recorder;
        std::map<std::uint16_t, instant> sent;  // what arrived
        std::map<std::uint16_t, instant> told;
        std::multimap<instant, std::uint16_t> flight;
        auto now = start;
        auto number = static_cast<std::uint16_t>(random.next());
        const auto report = [&] {
            while (recorder.deadline() && *recorder.deadline() <= now) {
                const auto found = next(recorder, random.between(620, 1200));
                REQUIRE(found);
                for (const auto& [n, at] : found->arrivals) {
                    REQUIRE(sent.contains(n));
                    REQUIRE(sent[n] - at >= 0us);
                    REQUIRE(sent[n] - at < 250us);
                    told[n] = at;
                }
            }
        };
        for (int i = 0; i < 2000; ++i) {
            now += random.between(0us, 2ms);
            if (!random.chance(0.05)) {
                flight.emplace(now + 10ms + (random.chance(0.05) ? random.between(0ms, 200ms) : 0ms), number);
            }
            ++number;
            while (!flight.empty() && flight.begin()->first <= now) {
                recorder.record(flight.begin()->second, now);
                sent.emplace(flight.begin()->second, now);
                flight.erase(flight.begin());
            }
            report();
        }
        now += 1s;
        report();
        // Only packets from before the first one may be missing.
        std::size_t untold = 0;
        for (const auto& [n, at] : sent) untold += told.contains(n) ? 0 : 1;
        CHECK(untold <= 5);
        CHECK(told.size() > 1500);
    }
}
