// Transport-wide feedback: reading it within bounds (SEC-RTP-2), and writing it in few bytes.
#include "libconf/rtp/transport_feedback.hpp"

#include "libconf/rtp/rtcp_builder.hpp"
#include "tests/rtp/octets.hpp"
#include "tests/sim/dice.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <map>
#include <vector>

namespace {

using namespace conf::rtp;
using conf::duration;
using conf::instant;
using conf::sim::dice;
using vectors::octets;
using namespace std::chrono_literals;
using arrivals = std::vector<std::pair<std::uint16_t, duration>>;

/// The feedback of a body that begins behind the two SSRCs.
vectors::buffer feedback(const std::string& hex) {
    auto wire = octets("8fcd00001111111122222222" + hex);
    while (wire.size() % 4 != 0) wire.push_back({});
    conf::store_u16(wire, 2, static_cast<std::uint16_t>(wire.size() / 4 - 1));
    return wire;
}

std::optional<transport_feedback> read(conf::bytes wire) {
    const auto compound = rtcp_compound::parse(wire);
    std::optional<transport_feedback> found;
    if (compound) {
        compound->for_each([&](const rtcp_packet& packet) { found = read_transport_feedback(packet); });
    }
    return found;
}

arrivals received(const transport_feedback& in) {
    arrivals out;
    in.for_each_received([&](std::uint16_t number, duration at) { out.emplace_back(number, at); });
    return out;
}

struct read_case {
    std::string why, hex;
    bool accepted;
    arrivals expected;
};

}  // namespace

TEST_CASE("feedback is read chunk by chunk, and what cannot be is refused", "[rtp]") {
    const auto c = GENERATE(values<read_case>({
        {"a run of two, small deltas", "0001000200000100 2002 0408", true, {{1, 1ms}, {2, 3ms}}},
        {"a run of two, large deltas", "0001000200000100 4002 0004fffc", true, {{1, 1ms}, {2, 0ms}}},
        {"one bit each", "0001000e00000100 a001 0404", true, {{1, 1ms}, {14, 2ms}}},
        {"two bits each", "0001000700000100 d801 04fffc0c", true, {{1, 1ms}, {2, 0ms}, {7, 3ms}}},
        {"numbers wrap", "ffff000200000100 2002 0404", true, {{0xFFFF, 1ms}, {0, 2ms}}},
        {"the reference time counts 64 ms", "0001000100000200 2001 00", true, {{1, 128ms}}},
        {"and has a sign", "00010001ffffff00 2001 04", true, {{1, -63ms}}},
        {"more symbols than statuses", "0001000200000100 a000 04", true, {{1, 1ms}}},
        {"a longer run than statuses", "0001000200000100 3fff 0404", true, {{1, 1ms}, {2, 2ms}}},
        {"nothing arrived", "0001000200000100 0002", true, {}},
        {"no status", "0001000000000100 2001 04", false, {}},
        {"a run of 0", "0001000200000100 2000 2002 0404", false, {}},
        {"a run of 0 packets that did not arrive", "0001000200000100 0000 2002 0404", false, {}},
        {"a reserved run", "0001000200000100 6002 0404", false, {}},
        {"a reserved symbol", "0001000700000100 f000 0404", false, {}},
        {"a reserved symbol that does not count", "0001000100000100 d3ff 04", true, {{1, 1ms}}},
        {"no chunk", "0001000100000100", false, {}},
        {"too few chunks", "0001001000000100 8000", false, {}},
        {"deltas are missing", "0001000900000100 2009 04040404", false, {}},
        {"large deltas to the last byte",
         "0001000300000100 4003 000400040004",
         true,
         {{1, 1ms}, {2, 2ms}, {3, 3ms}}},
        {"one large delta more than there is", "0001000400000100 4004 000400040004", false, {}},
        {"too short for its fixed part", "0001000100", false, {}},
    }));
    INFO(c.why);
    // The first case's reference of 1 is 64 ms; the table speaks of what comes after that.
    auto wire = feedback(c.hex);
    const auto found = read(wire);
    REQUIRE(found.has_value() == c.accepted);
    if (!found) return;
    auto expected = c.expected;
    if (found->reference_time == 1) {
        for (auto& [number, at] : expected) at += 64ms;
    }
    CHECK(received(*found) == expected);
}

TEST_CASE("SEC-RTP-2: a few bytes that speak of 65 535 packets cost a few steps", "[rtp]") {
    // Eight runs of 8191 and one of 7: nothing arrived. No visit, no memory.
    const auto wire = feedback("0000ffff00000000 1fff1fff1fff1fff1fff1fff1fff1fff 0007");
    const auto found = read(wire);
    REQUIRE(found);
    CHECK(found->status_count == 0xFFFF);
    CHECK(received(*found).empty());
    // To be visited a packet needs a byte of its own.
    CHECK_FALSE(read(feedback("0000ffff00000000 3fff3fff3fff3fff3fff3fff3fff3fff 2007")));
}

TEST_CASE("the fields of feedback are read", "[rtp]") {
    const auto found = read(feedback("123400010000057f 2001 00"));
    REQUIRE(found);
    CHECK(found->sender_ssrc == 0x11111111);
    CHECK(found->media_ssrc == 0x22222222);
    CHECK(found->base_sequence == 0x1234);
    CHECK(found->status_count == 1);
    CHECK(found->reference_time == 5);
    CHECK(found->feedback_count == 0x7F);
}

struct write_case {
    std::string why;
    std::vector<int> gaps;    // packets missing before each arrival
    std::vector<int> millis;  // when each arrived
    std::string chunks;
};

TEST_CASE("feedback is written in the chunks that take least", "[rtp]") {
    const std::vector<int> twenty(20, 0);
    std::vector<int> steps;
    for (int i = 0; i < 20; ++i) steps.push_back(i);
    const auto c = GENERATE_COPY(values<write_case>({
        {"a run", twenty, steps, "2014"},
        {"a single one", {0}, {0}, "2001"},
        {"a gap, then one: one bit each", {0, 3}, {0, 1}, "a200"},
        {"a long gap: runs", {0, 100}, {0, 1}, "a0000057 2001"},
        {"a large delta: two bits each", {0, 0, 0}, {0, 100, 101}, "d900"},
        {"a step back is a large delta", {0, 0}, {5, 4}, "d800"},
    }));
    INFO(c.why);
    transport_feedback_writer writer(100, instant(0ms), 1200);
    for (std::size_t i = 0; i < c.gaps.size(); ++i) {
        REQUIRE(
            writer.add(static_cast<std::size_t>(c.gaps[i]), instant(std::chrono::milliseconds(c.millis[i]))));
    }
    std::array<std::byte, 1200> memory{};
    rtcp_builder out(memory);
    REQUIRE(out.add_transport_feedback(writer, 1, 2, 3));
    const auto found = read(out.finish());
    REQUIRE(found);
    CHECK(vectors::to_hex(found->chunks) == vectors::to_hex(octets(c.chunks)));
    CHECK(found->status_count == writer.statuses());
    CHECK(found->feedback_count == 3);
}

TEST_CASE("a writer takes as much as it has room for, and 2048 statuses", "[rtp]") {
    transport_feedback_writer many(0, instant(0us), 1400);
    CHECK(many.add(transport_feedback_writer::statuses_max - 1, instant(0us)));
    CHECK_FALSE(many.add(0, instant(0us)));
    transport_feedback_writer one_more(0, instant(0us), 1400);
    CHECK_FALSE(one_more.add(transport_feedback_writer::statuses_max, instant(0us)));
    CHECK(one_more.statuses() == 0);

    // 20 bytes before the chunks, one chunk, one delta: 23, so 24.
    CHECK(transport_feedback_writer(0, instant(0us), 24).add(0, instant(0us)));
    CHECK_FALSE(transport_feedback_writer(0, instant(0us), 23).add(0, instant(0us)));

    CHECK(transport_feedback_writer(0, instant(0us), 1400).size_max() == 1400);
    CHECK(transport_feedback_writer(0, instant(0us), 1401).size_max() == 1400);

    transport_feedback_writer far(0, instant(0us), 1200);
    CHECK(far.add(0, instant(0us)));
    CHECK_FALSE(far.add(0, instant(250us * 32768)));
    CHECK_FALSE(far.add(0, instant(-250us * 32769)));
    CHECK(far.add(0, instant(250us * 32767)));
    CHECK(far.add(0, instant(-250us)));
}

TEST_CASE("2 000 random arrivals lists: what is written is what is read, to a quarter of a millisecond",
          "[rtp][property]") {
    constexpr std::uint64_t seed = 15;
    dice random(seed);
    for (int round = 0; round < 2'000; ++round) {
        INFO("seed " << seed << " round " << round);
        const auto base = static_cast<std::uint16_t>(random.next());
        auto at =
            instant(duration(static_cast<std::int64_t>(random.below(1'000'000'000'000)) - 1'000'000'000));
        const auto start = at;
        const auto size_max = random.between(24, 1400);
        transport_feedback_writer writer(base, at, size_max);
        std::map<std::size_t, instant> written;  // by offset from the base
        std::size_t next = 0;
        const double loss = static_cast<double>(random.below(4)) * 0.2;
        for (;;) {
            const std::size_t missing =
                next > 0 && random.chance(loss) ? random.between(1, random.chance(0.1) ? 400 : 3) : 0;
            if (!writer.add(missing, at)) break;
            next += missing;
            written[next++] = at;
            const auto step = random.chance(0.05) ? random.between(-200ms, 300ms) : random.between(0us, 5ms);
            at += step;
        }
        REQUIRE(written.size() > 0);
        REQUIRE(writer.statuses() == next);
        vectors::buffer memory(size_max, std::byte{0xA5});
        rtcp_builder out(memory);
        REQUIRE(out.add_transport_feedback(writer, 1, 2, 3));
        const auto found = read(out.finish());
        REQUIRE(found);
        REQUIRE(found->base_sequence == base);
        REQUIRE(found->status_count == next);
        const auto read_back = received(*found);
        REQUIRE(read_back.size() == written.size());
        // The 24 bits of the reference wrap after twelve days, so compare with the first arrival.
        const auto first = read_back.front().second;
        const auto error_of_first =
            (start.time_since_epoch() - first) % (feedback_reference_unit * 0x1000000);
        std::size_t i = 0;
        for (const auto& [offset, arrival] : written) {
            REQUIRE(read_back[i].first == static_cast<std::uint16_t>(base + offset));
            const auto error = arrival.time_since_epoch() - read_back[i].second;
            const auto relative = error - (start.time_since_epoch() - first) + error_of_first;
            REQUIRE(relative >= 0us);
            REQUIRE(relative < feedback_delta_unit);
            ++i;
        }
    }
}
