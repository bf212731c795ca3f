// Opus: how long a packet plays; RED: the blocks of a packet.
#include "libconf/rtp/opus.hpp"

#include "libconf/rtp/red.hpp"
#include "tests/rtp/octets.hpp"
#include "tests/sim/dice.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace {

using namespace conf::rtp;
using vectors::octets;
using namespace std::chrono_literals;

struct duration_case {
    std::string why, hex;
    std::optional<conf::duration> expected;
};

struct red_case {
    std::string why, hex;
    std::string blocks;  // "type-offset:data ..." or "refused"
};

std::string describe(const std::optional<red::payload_view>& found) {
    if (!found) return "refused";
    std::string out;
    std::size_t count = 0;
    found->for_each([&](const red::block& block) {
        if (!out.empty()) out += ' ';
        out += std::to_string(block.payload_type) + '-' + std::to_string(block.timestamp_offset) + ':' +
               vectors::to_hex(block.data);
        ++count;
    });
    CHECK(count == found->size());
    return out;
}

}  // namespace

TEST_CASE("an Opus packet's TOC byte tells how long it plays (RFC 6716 3.1)", "[rtp][opus]") {
    const auto c = GENERATE(values<duration_case>({
        {"nothing", "", std::nullopt},
        {"SILK 10 ms", "00", 10ms},
        {"SILK 20 ms", "08", 20ms},
        {"SILK 40 ms", "10", 40ms},
        {"SILK 60 ms", "18", 60ms},
        {"SILK wideband 60 ms", "58", 60ms},
        {"hybrid 10 ms", "60", 10ms},
        {"hybrid 20 ms", "78", 20ms},
        {"CELT 2.5 ms", "80", 2500us},
        {"CELT 20 ms, as browsers send it", "fc", 20ms},
        {"two equal frames", "f9", 40ms},
        {"two frames", "fa", 40ms},
        {"three frames", "fb03", 60ms},
        {"six frames of 20 ms are the most", "fb06", 120ms},
        {"seven are too many", "fb07", std::nullopt},
        {"48 of 2.5 ms", "e330", 120ms},
        {"49 of 2.5 ms", "e331", std::nullopt},
        {"no frames", "fb00", std::nullopt},
        {"the flags beside the count do not count", "fbc3", 60ms},
        {"the count is missing", "fb", std::nullopt},
        {"two of 60 ms", "19", 120ms},
    }));
    INFO(c.why);
    CHECK(opus::packet_duration(octets(c.hex)) == c.expected);
}

TEST_CASE("one or two bytes of Opus are silence", "[rtp][opus]") {
    CHECK_FALSE(opus::is_dtx({}));
    CHECK(opus::is_dtx(octets("f8")));
    CHECK(opus::is_dtx(octets("f8ff")));
    CHECK_FALSE(opus::is_dtx(octets("f8fffe")));
}

TEST_CASE("the blocks of a RED packet, oldest first (RFC 2198)", "[rtp][red]") {
    const auto c = GENERATE(values<red_case>({
        {"nothing", "", "refused"},
        {"primary of no bytes", "6f", "111-0:"},
        {"primary alone", "6f aabb", "111-0:aabb"},
        {"one redundant block", "ef0f0002 6f 1122 aa", "111-960:1122 111-0:aa"},
        {"two", "ef1e0001 ef0f0002 6f 11 2233 aabb", "111-1920:11 111-960:2233 111-0:aabb"},
        {"other types", "800000016f 11 aa", "0-0:11 111-0:aa"},
        {"largest offset and size", "effffc01 00 11", "111-16383:11 0-0:"},
        {"a redundant block of no bytes", "ef0f0000 6f aa", "111-960: 111-0:aa"},
        {"primary takes what is left: nothing", "ef0f0002 6f 1122", "111-960:1122 111-0:"},
        {"blocks over the end", "ef0f0003 6f 1122", "refused"},
        {"header is cut", "ef0f00", "refused"},
        {"no primary", "ef0f0000", "refused"},
    }));
    INFO(c.why);
    const auto payload = octets(c.hex);
    CHECK(describe(red::payload_view::parse(payload)) == c.blocks);
}

TEST_CASE("32 blocks are the most in a RED packet", "[rtp][red]") {
    const auto payload = [](std::size_t blocks) {
        std::string hex;
        for (std::size_t i = 1; i < blocks; ++i) hex += "ef000000";
        return octets(hex + "6f");
    };
    const auto most = payload(red::blocks_max);
    CHECK(red::payload_view::parse(most)->size() == red::blocks_max);
    CHECK_FALSE(red::payload_view::parse(payload(red::blocks_max + 1)));
}

TEST_CASE("20 000 random RED packets: the blocks fill the payload to its end", "[rtp][red][property]") {
    constexpr std::uint64_t seed = 2198;
    conf::sim::dice random(seed);
    int parsed = 0;
    for (int round = 0; round < 20'000; ++round) {
        INFO("seed " << seed << " round " << round);
        vectors::buffer payload(random.below(60));
        random.fill(payload);
        if (payload.size() > 4 && random.chance(0.7)) payload[2] = payload[3] = std::byte{0};
        payload.shrink_to_fit();
        const auto found = red::payload_view::parse(payload);
        if (!found) continue;
        ++parsed;
        std::size_t size = 4 * (found->size() - 1) + 1;
        found->for_each([&](const red::block& block) { size += block.data.size(); });
        REQUIRE(size == payload.size());
        const auto primary = found->primary().data;
        REQUIRE(primary.data() + primary.size() == payload.data() + payload.size());
    }
    CHECK(parsed > 5'000);
}
