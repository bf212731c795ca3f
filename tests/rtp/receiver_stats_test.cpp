// Reports about one stream: RFC 3550 A.3 and A.8.
#include "libconf/rtp/receiver_stats.hpp"

#include "libconf/rtp/sequence.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace {

using namespace conf::rtp;
using conf::duration;
using conf::instant;
using namespace std::chrono_literals;

constexpr auto first = extended_sequence::cycle;
constexpr instant start(1h);

struct loss_case {
    std::string why;
    std::vector<std::uint64_t> arrive, arrive_later;  // offsets; a report in between
    int fraction, lost;
};

}  // namespace

TEST_CASE("fraction lost counts since the last report, cumulative loss since the beginning", "[rtp]") {
    const auto c = GENERATE(values<loss_case>({
        {"nothing lost", {0, 1, 2}, {3, 4}, 0, 0},
        {"half of the interval", {0, 1}, {3, 5}, 128, 2},
        {"only before the last report", {0, 4}, {5, 6}, 0, 3},
        {"all but one of 400", {0}, {400}, 255, 399},
        {"a repaired packet", {0, 2}, {1, 3}, 0, 0},
        {"twice the same", {0, 1}, {2, 2}, 0, -1},
        {"nothing new", {0, 2}, {}, 0, 1},
        {"began out of order", {1, 0}, {2}, 0, 0},
    }));
    INFO(c.why);
    receiver_stats stats(0xAABBCCDD, 90'000);
    for (const auto offset : c.arrive) stats.on_packet(first + offset, 0, start);
    REQUIRE(stats.report(start));
    for (const auto offset : c.arrive_later) stats.on_packet(first + offset, 0, start);
    const auto report = stats.report(start);
    REQUIRE(report);
    CHECK(report->ssrc == 0xAABBCCDD);
    CHECK(report->fraction_lost == c.fraction);
    CHECK(report->cumulative_lost == c.lost);
    CHECK(stats.lost() == c.lost);
}

TEST_CASE("there is nothing to report before the first packet", "[rtp]") {
    receiver_stats stats(1, 48'000);
    CHECK_FALSE(stats.report(start));
    CHECK(stats.expected() == 0);
    CHECK(stats.lost() == 0);
}

TEST_CASE("the highest sequence number has its cycles above it, the first cycle is 0", "[rtp]") {
    receiver_stats stats(1, 48'000);
    extended_sequence numbers;
    stats.on_packet(numbers.update(0xFFFF), 0, start);
    CHECK(stats.report(start)->highest_sequence == 0xFFFF);
    stats.on_packet(numbers.update(2), 0, start);
    CHECK(stats.report(start)->highest_sequence == 0x10002);
}

TEST_CASE("more lost than 24 bits can say is the most they can", "[rtp]") {
    receiver_stats stats(1, 90'000);
    stats.on_packet(first, 0, start);
    stats.on_packet(first + 0x1000000, 0, start);
    CHECK(stats.report(start)->cumulative_lost == 0x7FFFFF);
}

TEST_CASE("jitter is the smoothed difference of transit times, in ticks (A.8)", "[rtp]") {
    receiver_stats stats(1, 8'000);
    // Packets of 20 ms that arrive alternately 5 ms early and late: |D| is 10 ms, 80 ticks, each time.
    auto at = start;
    double expected = 0;
    for (std::uint32_t i = 0; i < 200; ++i) {
        const auto shift = i % 2 == 0 ? 5ms : -5ms;
        stats.on_packet(first + i, 160 * i, at + shift);
        if (i > 0) expected += (80 - expected) / 16;
        CHECK(std::abs(static_cast<double>(stats.jitter_ticks()) - expected) <= 2);
        at += 20ms;
    }
    CHECK(stats.jitter_ticks() >= 79);
    CHECK(stats.report(at)->jitter_ticks == stats.jitter_ticks());
}

TEST_CASE("a steady stream has no jitter, over the wrap of its timestamps too", "[rtp]") {
    receiver_stats stats(1, 90'000);
    for (std::uint32_t i = 0; i < 100; ++i) {
        stats.on_packet(first + i, 0xFFFFF000 + 3000 * i, start + i * duration(33'333) + duration(i / 3));
    }
    CHECK(stats.jitter_ticks() <= 1);
}

TEST_CASE("late packets and pauses are no jitter", "[rtp]") {
    receiver_stats stats(1, 8'000);
    stats.on_packet(first, 0, start);
    stats.on_packet(first + 2, 320, start + 40ms);
    stats.on_packet(first + 1, 160, start + 400ms);  // repaired
    CHECK(stats.jitter_ticks() == 0);
    stats.on_packet(first + 3, 320 + 8'000 * 6, start + 60ms);  // the source jumped by 6 s
    CHECK(stats.jitter_ticks() == 0);
    stats.on_packet(first + 4, 320 + 8'000 * 6 + 160, start + 60ms + 6s);  // nothing for 6 s
    CHECK(stats.jitter_ticks() == 0);
    stats.on_packet(first + 5, 320 + 8'000 * 6 + 320, start + 60ms + 6s + 120ms);  // 100 ms late: 800 ticks
    CHECK(stats.jitter_ticks() == 800 / 16);
}

TEST_CASE("LSR and DLSR tell of the last sender report", "[rtp]") {
    receiver_stats stats(1, 90'000);
    stats.on_packet(first, 0, start);
    CHECK(stats.report(start)->last_sr == 0);
    CHECK(stats.report(start + 1s)->delay_since_last_sr == 0);
    stats.on_sender_report({0x0102030405060708}, start);
    const auto report = stats.report(start + 1500ms);
    CHECK(report->last_sr == 0x03040506);
    CHECK(report->delay_since_last_sr == 0x18000);
}

TEST_CASE("after a restart what was before is neither lost nor received", "[rtp]") {
    receiver_stats stats(1, 90'000);
    stats.on_packet(first, 0, start);
    stats.on_packet(first + 100, 0, start);
    stats.on_sender_report({0x0102030405060708}, start);
    stats.restart();
    CHECK_FALSE(stats.report(start));
    stats.on_packet(first + 70'000, 0, start);
    const auto report = stats.report(start);
    CHECK(report->cumulative_lost == 0);
    CHECK(report->fraction_lost == 0);
    CHECK(report->last_sr == 0x03040506);
}
