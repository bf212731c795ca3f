// NACK, PLI, FIR, REMB: well formed or not, and what they ask for.
#include "libconf/rtp/rtcp_feedback.hpp"

#include "tests/rtp/octets.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace {

using namespace conf::rtp;
using vectors::octets;

struct feedback_case {
    std::string why, hex;
    bool accepted;
};

/// `hex` without its RTCP header must be the body of one packet.
rtcp_packet packet_of(const vectors::buffer& wire) {
    const auto compound = rtcp_compound::parse(wire);
    REQUIRE(compound);
    rtcp_packet found;
    compound->for_each([&](const rtcp_packet& packet) { found = packet; });
    return found;
}

constexpr auto ssrcs = "1111111122222222";

}  // namespace

TEST_CASE("feedback is refused if it is not what its format says", "[rtp]") {
    const auto c = GENERATE(values<feedback_case>({
        {"NACK", std::string("81cd0003") + ssrcs + "00010000", true},
        {"NACK of nothing", std::string("81cd0002") + ssrcs, false},
        {"NACK without the second SSRC", "81cd000111111111", false},
        {"NACK with half an item, by padding", std::string("a1cd0004") + ssrcs + "00010000 00020002", false},
        {"PLI", std::string("81ce0002") + ssrcs, true},
        {"PLI with something behind", std::string("81ce0003") + ssrcs + "00000000", false},
        {"PLI without the second SSRC", "81ce000111111111", false},
        {"FIR", std::string("84ce0004") + ssrcs + "3333333301000000", true},
        {"FIR of two", std::string("84ce0006") + ssrcs + "3333333301000000 4444444402000000", true},
        {"FIR of nobody", std::string("84ce0002") + ssrcs, false},
        {"FIR with half an item", std::string("84ce0003") + ssrcs + "33333333", false},
        {"REMB", std::string("8fce0005") + "1111111100000000 52454d42 01000001 33333333", true},
        {"REMB of nobody", std::string("8fce0004") + "1111111100000000 52454d42 00000001", true},
        {"REMB that counts one too many",
         std::string("8fce0005") + "1111111100000000 52454d42 02000001 33333333", false},
        {"REMB that counts one too few",
         std::string("8fce0005") + "1111111100000000 52454d42 00000001 33333333", false},
        {"REMB cut behind its name", std::string("8fce0003") + "1111111100000000 52454d42", false},
        {"REMB of the largest that fits 64 bits",
         std::string("8fce0004") + "1111111100000000 52454d42 00bbffff", true},
        {"REMB of twice that", std::string("8fce0004") + "1111111100000000 52454d42 00bfffff", false},
        {"another application's message", std::string("8fce0003") + "1111111100000000 41424344", true},
        {"an application's message of no bytes", std::string("8fce0002") + ssrcs, true},
        {"an unknown format of RTPFB", std::string("83cd0003") + ssrcs + "01020304", true},
        {"an unknown format of PSFB", std::string("83ce0003") + ssrcs + "01020304", true},
        {"an unknown format without the second SSRC", "83cd000111111111", false},
    }));
    INFO(c.why);
    CHECK(rtcp_compound::parse(octets(c.hex)).has_value() == c.accepted);
}

TEST_CASE("a NACK names a packet and up to sixteen behind it (RFC 4585 6.2.1)", "[rtp]") {
    const auto wire = octets(std::string("81cd0005") + ssrcs + "00640000 fffe8003 00c8ffff");
    const auto found = read_nack(packet_of(wire));
    REQUIRE(found);
    CHECK(found->sender_ssrc == 0x11111111);
    CHECK(found->media_ssrc == 0x22222222);
    std::vector<std::uint16_t> numbers;
    found->for_each([&](std::uint16_t number) { numbers.push_back(number); });
    std::vector<std::uint16_t> expected{100, 0xFFFE, 0xFFFF, 0, 14};
    for (std::uint16_t i = 0; i <= 16; ++i) expected.push_back(static_cast<std::uint16_t>(200 + i));
    CHECK(numbers == expected);
    CHECK_FALSE(read_pli(packet_of(wire)));
    CHECK_FALSE(read_fir(packet_of(wire)));
    CHECK_FALSE(read_remb(packet_of(wire)));
}

TEST_CASE("PLI and FIR ask for a key frame", "[rtp]") {
    const auto pli_wire = octets(std::string("81ce0002") + ssrcs);
    const auto pli_found = read_pli(packet_of(pli_wire));
    REQUIRE(pli_found);
    CHECK(pli_found->sender_ssrc == 0x11111111);
    CHECK(pli_found->media_ssrc == 0x22222222);
    const auto fir_wire = octets("84ce0006 1111111100000000 3333333301000000 44444444ff000000");
    const auto fir_found = read_fir(packet_of(fir_wire));
    REQUIRE(fir_found);
    REQUIRE(fir_found->size() == 2);
    CHECK((*fir_found)[0].ssrc == 0x33333333);
    CHECK((*fir_found)[0].command == 1);
    CHECK((*fir_found)[1].ssrc == 0x44444444);
    CHECK((*fir_found)[1].command == 255);
    CHECK_FALSE(read_nack(packet_of(fir_wire)));
}

TEST_CASE("REMB is mantissa times two to the exponent", "[rtp]") {
    const auto bitrate = [](const std::string& exponent_and_mantissa) {
        const auto wire =
            octets("8fce0005 1111111100000000 52454d42 01" + exponent_and_mantissa + "33333333");
        const auto found = read_remb(packet_of(wire));
        REQUIRE(found);
        CHECK(found->ssrcs.size() == 1);
        CHECK(found->ssrcs[0] == 0x33333333);
        return found->bitrate_bps;
    };
    CHECK(bitrate("000001") == 1);
    CHECK(bitrate("03ffff") == 0x3FFFF);
    CHECK(bitrate("07fb93") == 0x3FB93 * 2);
    CHECK(bitrate("bbffff") == 0x3FFFFULL << 46);
}
