// What is missing, when it is asked for, and when a key frame is asked for instead.
#include "libconf/rtp/nack_generator.hpp"

#include "libconf/rtp/sequence.hpp"
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
using numbers = std::vector<std::uint16_t>;

constexpr auto base = extended_sequence::cycle;
constexpr instant start(1h);
constexpr duration rtt = 50ms;

numbers due(nack_generator& of, instant now, duration round_trip = rtt, std::size_t room = 64) {
    numbers out(room);
    out.resize(of.take_due(now, round_trip, out));
    return out;
}

/// A generator that has seen packet 0 and the given ones.
nack_generator after(std::initializer_list<unsigned> offsets, instant now = start) {
    nack_generator made;
    made.on_packet(base, false, now);
    for (const auto offset : offsets) made.on_packet(base + offset, false, now);
    return made;
}

}  // namespace

TEST_CASE("nothing is missing while packets come in order", "[rtp]") {
    auto list = after({1, 2, 3});
    CHECK(list.missing() == 0);
    CHECK_FALSE(list.deadline());
    CHECK(due(list, start + 1s).empty());
    CHECK_FALSE(list.take_key_frame_request());
}

TEST_CASE("the first packet begins the list, wherever it is", "[rtp]") {
    nack_generator list;
    CHECK_FALSE(list.on_packet(base + 5000, false, start));
    CHECK(list.missing() == 0);
}

TEST_CASE("a gap is asked for 5 ms after a newer packet came, then every 1.2 RTT", "[rtp]") {
    auto list = after({3});
    CHECK(list.missing() == 2);
    CHECK(list.deadline() == start + 5ms);
    CHECK(due(list, start + 5ms - 1us).empty());
    CHECK(due(list, start + 5ms) == numbers{1, 2});
    CHECK(list.deadline() == start + 65ms);
    CHECK(due(list, start + 65ms - 1us).empty());
    CHECK(due(list, start + 65ms) == numbers{1, 2});
}

TEST_CASE("it is not asked for again within 20 ms, however short the RTT", "[rtp]") {
    auto list = after({2});
    CHECK(due(list, start + 5ms, 1ms) == numbers{1});
    CHECK(list.deadline() == start + 25ms);
}

TEST_CASE("a packet that arrives is not asked for", "[rtp]") {
    auto list = after({4});
    CHECK_FALSE(list.on_packet(base + 2, false, start + 1ms));  // nobody had asked: it only came late
    CHECK(due(list, start + 5ms) == numbers{1, 3});
    CHECK_FALSE(list.on_packet(base + 2, false, start + 6ms));  // twice
    CHECK(list.on_packet(base + 3, false, start + 6ms));
    CHECK(list.on_packet(base + 1, false, start + 6ms));
    CHECK_FALSE(list.deadline());
    CHECK_FALSE(list.take_key_frame_request());
}

TEST_CASE("ten requests, then a key frame", "[rtp]") {
    auto list = after({2});
    auto now = start;
    for (unsigned tries = 0; tries < nack_generator::tries_max; ++tries) {
        now = list.deadline().value();
        CHECK(due(list, now) == numbers{1});
        CHECK_FALSE(list.take_key_frame_request());
    }
    now = list.deadline().value();
    CHECK(due(list, now).empty());
    CHECK(list.missing() == 0);
    CHECK(list.take_key_frame_request());
    CHECK_FALSE(list.take_key_frame_request());
    CHECK_FALSE(list.on_packet(base + 1, false, now));  // too late
}

TEST_CASE("after 2 s it is given up, whatever the number of requests", "[rtp]") {
    auto list = after({2});
    CHECK(due(list, start + 5ms, 1900ms) == numbers{1});
    CHECK(list.deadline() == start + 2s);
    CHECK(due(list, start + 2s - 1us).empty());
    CHECK(list.missing() == 1);
    CHECK(due(list, start + 2s).empty());
    CHECK(list.missing() == 0);
    CHECK(list.take_key_frame_request());
}

TEST_CASE("a key frame makes everything before it useless", "[rtp]") {
    auto list = after({3});
    list.on_packet(base + 6, true, start);  // 4 and 5 are missing too
    CHECK(list.missing() == 0);
    list.on_packet(base + 8, false, start);
    CHECK(due(list, start + 5ms) == numbers{7});
    CHECK_FALSE(list.take_key_frame_request());
}

TEST_CASE("a key frame that comes late drops what is before it and keeps what is behind", "[rtp]") {
    auto list = after({6});
    CHECK_FALSE(list.on_packet(base + 3, true, start));  // not asked for yet
    CHECK(due(list, start + 5ms) == numbers{4, 5});
    // An older one does not bring anything back.
    CHECK_FALSE(list.on_packet(base + 1, true, start));
    CHECK(list.missing() == 2);
}

TEST_CASE("1000 missing packets are the most; one more and a key frame is asked for", "[rtp]") {
    auto full = after({nack_generator::missing_max + 1});
    CHECK(full.missing() == nack_generator::missing_max);
    CHECK_FALSE(full.take_key_frame_request());
    full.on_packet(base + nack_generator::missing_max + 3, false, start);
    CHECK(full.missing() == 0);
    CHECK(full.take_key_frame_request());

    auto at_once = after({nack_generator::missing_max + 2});
    CHECK(at_once.missing() == 0);
    CHECK(at_once.take_key_frame_request());
}

TEST_CASE("numbers come sorted, and what did not fit stays due", "[rtp]") {
    auto list = after({3, 6});
    CHECK(due(list, start + 5ms, rtt, 3) == numbers{1, 2, 4});
    CHECK(list.deadline().value() <= start + 5ms);
    CHECK(due(list, start + 5ms, rtt, 3) == numbers{5});
    CHECK(list.deadline() == start + 65ms);
}

TEST_CASE("numbers wrap", "[rtp]") {
    nack_generator list;
    list.on_packet(base + 0xFFFD, false, start);
    list.on_packet(base + 0x10001, false, start);
    CHECK(due(list, start + 5ms) == numbers{0xFFFE, 0xFFFF, 0});
}

TEST_CASE("after a reset nothing is missing and the next packet is the first", "[rtp]") {
    auto list = after({5});
    list.reset();
    CHECK_FALSE(list.deadline());
    list.on_packet(base + 100, false, start);
    CHECK(list.missing() == 0);
}

TEST_CASE("200 random streams: each missing packet is asked for in time, at most ten times, or repaired",
          "[rtp][property]") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        INFO("seed " << seed);
        conf::sim::dice random(seed);
        nack_generator list;
        std::map<std::uint64_t, instant> missing;  // the truth: number and when it was noticed
        std::map<std::uint64_t, unsigned> asked;
        std::map<std::uint64_t, instant> repairs;  // in flight
        auto now = start;
        std::uint64_t number = base + 65'000;
        std::uint64_t highest = 0;
        const auto arrive = [&](std::uint64_t extended) {
            const bool repairs_it = missing.erase(extended) > 0 && asked.contains(extended);
            REQUIRE(list.on_packet(extended, false, now) == repairs_it);
            for (auto gap = highest + 1; highest != 0 && gap < extended; ++gap) missing.emplace(gap, now);
            highest = std::max(highest, extended);
        };
        for (int round = 0; round < 500; ++round) {
            now += random.between(0us, 10ms);
            if (!random.chance(0.1)) arrive(number);
            ++number;
            while (!repairs.empty() && repairs.begin()->second <= now) {
                const auto repaired = repairs.begin()->first;
                repairs.erase(repairs.begin());
                if (missing.contains(repaired)) arrive(repaired);
            }
            for (const auto wanted : due(list, now, rtt, 16)) {
                const auto extended =
                    highest - static_cast<std::uint16_t>(static_cast<std::uint16_t>(highest) - wanted);
                REQUIRE(missing.contains(extended));
                REQUIRE(now >= missing[extended] + nack_generator::first_delay);
                REQUIRE(++asked[extended] <= nack_generator::tries_max);
                if (random.chance(0.5)) repairs[extended] = now + rtt;
            }
            if (list.take_key_frame_request()) {
                // What was given up is no longer on the list; those left are younger.
                std::erase_if(missing, [&](const auto& entry) {
                    return asked[entry.first] == nack_generator::tries_max ||
                           now - entry.second >= nack_generator::age_max;
                });
            }
            REQUIRE(list.missing() == missing.size());
        }
    }
}
