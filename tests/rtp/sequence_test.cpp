// Arithmetic of numbers that wrap, and which packets a stream accepts.
#include "libconf/rtp/sequence.hpp"

#include "tests/sim/dice.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace conf::rtp;
using verdict = sequence_gate::verdict;

struct newer_case {
    std::string why;
    std::uint16_t a, b;
    bool expected;
};

}  // namespace

TEST_CASE("sequence numbers compare modulo 2^16", "[rtp]") {
    const auto c = GENERATE(values<newer_case>({
        {"next", 8, 7, true},
        {"before", 7, 8, false},
        {"wraps", 0, 65535, true},
        {"wraps back", 65535, 0, false},
        {"same is not newer", 7, 7, false},
        {"nearly half the circle", 0x7FFF, 0, true},
        {"half the circle is not newer", 0x8000, 0, false},
    }));
    INFO(c.why);
    CHECK(newer(c.a, c.b) == c.expected);
}

TEST_CASE("timestamps compare modulo 2^32", "[rtp]") {
    CHECK(newer(std::uint32_t{5}, std::uint32_t{0xFFFFFFFF}));
    CHECK_FALSE(newer(std::uint32_t{0x80000000}, std::uint32_t{0}));
    CHECK(distance(std::uint32_t{0xFFFFFFF0}, std::uint32_t{0x10}) == 0x20);
    CHECK(distance(std::uint16_t{0x10}, std::uint16_t{0xFFF0}) == -0x20);
}

TEST_CASE("an extended sequence number continues over the wrap in both directions", "[rtp]") {
    extended_sequence numbers;
    CHECK_FALSE(numbers.started());
    CHECK(numbers.extend(5) == 0x10005);
    CHECK(numbers.update(0xFFFE) == 0x1FFFE);
    CHECK(numbers.update(1) == 0x20001);
    CHECK(numbers.update(0xFFFF) == 0x1FFFF);  // late
    CHECK(numbers.highest() == 0x20001);
    CHECK(numbers.extend(0x7FFF) == 0x27FFF);
    CHECK(numbers.extend(0x8002) == 0x18002);
    CHECK(numbers.highest() == 0x20001);
    extended_sequence from_zero;
    CHECK(from_zero.update(0) == 0x10000);
    CHECK(from_zero.update(0xFFFF) == 0xFFFF);  // before the first one, and still not negative
}

TEST_CASE("100 000 random steps: unwrapping finds the number again", "[rtp][property]") {
    constexpr std::uint64_t seed = 3550;
    conf::sim::dice random(seed);
    extended_sequence numbers;
    extended_timestamp timestamps;
    std::uint64_t truth = extended_sequence::cycle + 40'000;
    std::uint64_t time = extended_timestamp::cycle + 0x10000000;
    for (int round = 0; round < 100'000; ++round) {
        INFO("seed " << seed << " round " << round);
        truth += random.below(3000);
        time += random.below(1 << 30);
        REQUIRE(numbers.update(static_cast<std::uint16_t>(truth)) == truth);
        REQUIRE(timestamps.update(static_cast<std::uint32_t>(time)) == time);
        const auto late = truth - random.below(0x8000);
        REQUIRE(numbers.update(static_cast<std::uint16_t>(late)) == late);
        REQUIRE(numbers.highest() == truth);
    }
}

struct gate_case {
    std::string why;
    std::vector<std::uint16_t> before;
    std::uint16_t arrives;
    verdict expected;
    std::uint64_t extended;
};

TEST_CASE("a stream accepts what RFC 3550 A.1 accepts, and two packets confirm a jump", "[rtp]") {
    const auto c = GENERATE(values<gate_case>({
        {"the first one", {}, 7, verdict::newest, 0x10007},
        {"the next one", {7}, 8, verdict::newest, 0x10008},
        {"over the wrap", {0xFFFF}, 0, verdict::newest, 0x20000},
        {"a gap of 2999", {7}, 7 + 2999, verdict::newest, 0x10007 + 2999},
        {"a gap of 3000", {7}, 7 + 3000, verdict::ignored, 0},
        {"the same again", {7}, 7, verdict::late, 0x10007},
        {"1500 late", {2000}, 500, verdict::late, 0x10000 + 500},
        {"1501 late", {2000}, 499, verdict::ignored, 0},
        {"late over the wrap", {0xFFFF, 3}, 0xFFFE, verdict::late, 0x1FFFE},
        {"half the circle", {7}, 0x8007, verdict::ignored, 0},
        {"a jump, confirmed", {7, 20000}, 20001, verdict::restarted, 0x20000 + 20001},
        {"a jump backwards, confirmed", {30000, 7}, 8, verdict::restarted, 0x20008},
        {"a little behind, over the wrap", {7, 0xFFFF}, 0, verdict::late, 0x10000},
        {"a jump that is not confirmed", {7, 20000}, 20002, verdict::ignored, 0},
        {"a jump twice is no confirmation", {7, 20000}, 20000, verdict::ignored, 0},
        {"two strays in turn", {7, 20000, 40000}, 20001, verdict::ignored, 0},
        {"the stream goes on after a stray", {7, 20000}, 8, verdict::newest, 0x10008},
        {"and forgets it", {7, 20000, 8}, 20001, verdict::ignored, 0},
        {"a late packet does not disturb a confirmation",
         {7, 20000, 6},
         20001,
         verdict::restarted,
         0x20000 + 20001},
        {"after a restart the new numbers count", {7, 20000, 20001}, 20002, verdict::newest, 0x20000 + 20002},
        {"and the old ones are a jump", {7, 20000, 20001}, 8, verdict::ignored, 0},
    }));
    INFO(c.why);
    sequence_gate gate;
    for (const auto number : c.before) std::ignore = gate.accept(number);
    const auto result = gate.accept(c.arrives);
    CHECK(result.what == c.expected);
    CHECK(result.extended == c.extended);
}

TEST_CASE("extended numbers never run backwards over a restart", "[rtp]") {
    sequence_gate gate;
    std::ignore = gate.accept(60000);
    std::ignore = gate.accept(10000);
    const auto result = gate.accept(10001);
    CHECK(result.what == verdict::restarted);
    CHECK(result.extended == 0x20000 + 10001);
    CHECK(gate.highest() == result.extended);
}
