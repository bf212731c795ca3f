// RTCP: which compounds are well formed, and what the reports in them say (SEC-RTP-1, SEC-SRTP-4).
#include "libconf/rtp/rtcp.hpp"

#include "libconf/rtp/receiver_stats.hpp"
#include "tests/rtp/octets.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <vector>

namespace {

using namespace conf::rtp;
using vectors::octets;
using namespace std::chrono_literals;

struct compound_case {
    std::string why, hex;
    bool accepted;
};

constexpr auto rr = "80c9000111223344";

std::vector<rtcp_packet> packets_of(const vectors::buffer& wire) {
    std::vector<rtcp_packet> out;
    const auto compound = rtcp_compound::parse(wire);
    REQUIRE(compound);
    compound->for_each([&](const rtcp_packet& packet) { out.push_back(packet); });
    return out;
}

rtcp_packet only_packet_of(const vectors::buffer& wire) {
    const auto packets = packets_of(wire);
    REQUIRE(packets.size() == 1);
    return packets.front();
}

}  // namespace

TEST_CASE("SEC-RTP-1: a compound is refused whole if one packet in it is malformed", "[rtp]") {
    const auto c = GENERATE(values<compound_case>({
        {"nothing", "", false},
        {"three bytes", "80c900", false},
        {"empty receiver report", rr, true},
        {"two packets", std::string(rr) + rr, true},
        {"rubbish behind a good one", std::string(rr) + "80c9", false},
        {"version 1", "40c9000111223344", false},
        {"type 191 is no RTCP", "80bf000111223344", false},
        {"type 224 is no RTCP", "80e0000111223344", false},
        {"a type without a name passes", "80c0000111223344", true},
        {"even without a body", "80c00000", true},
        {"length one word too far", "80c9000211223344", false},
        {"length 0xffff", "80c9ffff11223344", false},
        {"a bad one behind a good one", std::string(rr) + "80c90000", false},

        {"padding of a word", "a0c900021122334400000004", true},
        {"padding that is no multiple of four, as senders of feedback have it", "a0c900021122334400000003",
         true},
        {"padding of 0", "a0c900021122334400000000", false},
        {"padding over the body", "a0c900021122334400000009", false},
        {"padding leaves too little", "a0c900021122334400000005", false},
        {"padding in an empty body", "a0c00000", false},
        {"padding that is not in the last packet", std::string("a0c900021122334400000004") + rr, false},
        {"padding in the last of two", std::string(rr) + "a0c900021122334400000004", true},

        {"sender report", "80c80006112233440000000000000000000000000000000000000000", true},
        {"sender report a word short", "80c8000511223344000000000000000000000000 00000000", false},
        {"receiver report without its SSRC", "80c90000", false},
        {"31 blocks announced, none there", "9fc9000111223344", false},
        {"a profile's own part", "80c900021122334455667788", true},

        {"SDES of nobody", "80ca0000", true},
        {"CNAME, end, padding", "81ca000311223344010161 0000000000", true},
        {"items fill the last word but the end", "81ca000211223344 01016100", true},
        {"no room for the end", "81ca000211223344 01026162", false},
        {"item over the end", "81ca0002112233440103616200000000", false},
        {"item cut behind its type", "81ca000211223344 01016101", false},
        {"two chunks announced, one there", "82ca00021122334401016100", false},
        {"a chunk that is cut in its SSRC", "81ca0000", false},
        {"no terminator in an empty chunk", "81ca000111223344", false},
        {"an empty chunk", "81ca00021122334400000000", true},

        {"BYE of nobody", "80cb0000", true},
        {"BYE", "81cb000111223344", true},
        {"BYE of two with one SSRC", "82cb000111223344", false},
        {"BYE with a reason", "81cb00021122334403616263", true},
        {"BYE with an empty reason", "81cb00021122334400000000", true},
        {"reason one byte too long", "81cb00021122334404616263", false},

        {"APP", "80cc00021122334441424344", true},
        {"APP without a name", "80cc000111223344", false},

        {"XR without blocks", "80cf000111223344", true},
        {"XR without an SSRC", "80cf0000", false},
        {"RRTR", "80cf0004112233440400000200000001 00000002", true},
        {"RRTR of another size", "80cf000311223344 04000001 00000001", false},
        {"DLRR of one item", "80cf000511223344 05000003 556677880000000100000002", true},
        {"DLRR of no items", "80cf000211223344 05000000", true},
        {"DLRR with part of an item", "80cf000411223344 05000002 5566778800000001", false},
        {"an unknown block passes", "80cf000311223344 fe000001 00000001", true},
        {"a block over the end", "80cf000211223344 fe000001", false},
    }));
    INFO(c.why);
    CHECK(rtcp_compound::parse(octets(c.hex)).has_value() == c.accepted);
}

TEST_CASE("the verdicts on malformed RTCP datagrams (SEC-SRTP-4: rtcp-4-bytes)", "[rtp][vectors]") {
    int rows = 0;
    for (const auto& row : vectors::read_table("datagrams/cases.tsv")) {
        if (!row[0].starts_with("rtcp-")) continue;
        INFO(row[0] << ": " << row[1]);
        ++rows;
        // Every one of them is malformed; the verdicts that speak of bounds are met by refusing at once.
        CHECK_FALSE(
            rtcp_compound::parse(vectors::read_file(vectors::path_of("datagrams/" + row[0] + ".bin"))));
    }
    CHECK(rows == 13);
}

TEST_CASE("a sender report is read field by field", "[rtp]") {
    const auto wire = octets(
        "81c8000c 11223344 0102030405060708 11111111 22222222 33333333 aabbccdd 40fffffe 00010002 00000100 "
        "12345678 00010000");
    const auto packet = only_packet_of(wire);
    const auto report = read_sender_report(packet);
    REQUIRE(report);
    CHECK(report->sender ==
          sender_info{0x11223344, {0x0102030405060708}, 0x11111111, 0x22222222, 0x33333333});
    REQUIRE(report->blocks.size() == 1);
    CHECK(report->blocks[0] == report_block{0xAABBCCDD, -2, 0x00010002, 0x100, 0x12345678, 0x00010000, 0x40});
    CHECK_FALSE(read_receiver_report(packet));
    CHECK_FALSE(read_goodbye(packet));
    CHECK_FALSE(read_receiver_reference_time(packet));
}

TEST_CASE("cumulative loss has 24 bits and a sign", "[rtp]") {
    const auto lost = [](const std::string& raw) {
        const auto wire = octets("81c9000711223344 aabbccdd 00" + raw + std::string(32, '0'));
        return read_receiver_report(only_packet_of(wire))->blocks[0].cumulative_lost;
    };
    CHECK(lost("000000") == 0);
    CHECK(lost("7fffff") == 0x7FFFFF);
    CHECK(lost("800000") == -0x800000);
    CHECK(lost("ffffff") == -1);
}

TEST_CASE("CNAMEs are found among other items and chunks", "[rtp]") {
    const auto wire = octets("82ca0007 11111111 0202616201037879 7a000000 22222222 01023031 00000000");
    std::map<std::uint32_t, std::string> names;
    for_each_cname(only_packet_of(wire), [&](const sdes_item& item) { names[item.ssrc] = item.text; });
    CHECK(names == std::map<std::uint32_t, std::string>{{0x11111111, "xyz"}, {0x22222222, "01"}});
    for_each_cname(only_packet_of(octets(rr)), [&](const sdes_item&) { FAIL("no SDES"); });
}

TEST_CASE("BYE names its sources and perhaps a reason", "[rtp]") {
    const auto wire = octets("82cb0003 11111111 22222222 03616263");
    const auto bye = read_goodbye(only_packet_of(wire));
    REQUIRE(bye);
    REQUIRE(bye->ssrcs.size() == 2);
    CHECK(bye->ssrcs[1] == 0x22222222);
    CHECK(bye->reason == "abc");
}

TEST_CASE("extended reports: RRTR and DLRR among other blocks (RFC 3611)", "[rtp]") {
    const auto wire = octets(
        "80cf000c 11223344 fe000000 04000002 0102030405060708 05000006 aaaaaaaa 00000001 00000002 bbbbbbbb "
        "00000003 00000004");
    const auto packet = only_packet_of(wire);
    const auto reference = read_receiver_reference_time(packet);
    REQUIRE(reference);
    CHECK(reference->ssrc == 0x11223344);
    CHECK(reference->ntp == ntp_time{0x0102030405060708});
    std::vector<dlrr_item> items;
    for_each_dlrr(packet, [&](const dlrr_item& item) { items.push_back(item); });
    CHECK(items == std::vector<dlrr_item>{{0xAAAAAAAA, 1, 2}, {0xBBBBBBBB, 3, 4}});
    CHECK_FALSE(read_receiver_reference_time(only_packet_of(octets("80cf000111223344"))));
}

TEST_CASE("the packets of a compound come in their order, without padding", "[rtp]") {
    const auto wire = octets(std::string(rr) + "81cb000111111111" + "a0c1000211223344 00000004");
    const auto packets = packets_of(wire);
    REQUIRE(packets.size() == 3);
    CHECK(packets[0].type == rtcp_type::receiver_report);
    CHECK(packets[1].type == rtcp_type::goodbye);
    CHECK(packets[1].count == 1);
    CHECK(static_cast<int>(packets[2].type) == 193);
    CHECK(vectors::to_hex(packets[2].body) == "11223344");
}

TEST_CASE("NTP time and its short form", "[rtp]") {
    CHECK(ntp_from_unix(0us).value == 2'208'988'800ULL << 32);
    CHECK(ntp_from_unix(1'500'000us).value == (2'208'988'801ULL << 32 | 0x80000000));
    CHECK(ntp_time{0x0102030405060708}.middle() == 0x03040506);
    CHECK(to_short_ntp(1s) == 0x10000);
    CHECK(to_short_ntp(500ms) == 0x8000);
    CHECK(to_short_ntp(-1s) == 0);
    CHECK(to_short_ntp(24h) == 0xFFFFFFFF);
    CHECK(from_short_ntp(0x18000) == 1500ms);
}

struct round_trip_case {
    std::string why;
    std::uint64_t now;
    std::uint32_t last, delay;
    std::optional<conf::duration> expected;
};

TEST_CASE("RFC 3550 6.4.1: the round trip is now - LSR - DLSR", "[rtp]") {
    const auto c = GENERATE(values<round_trip_case>({
        {"the example of the RFC, figure 2", 0xb44db70520000000, 0xb7052000 - 0x00054000 - 0x00062000,
         0x00054000, 6125ms},
        {"no report yet", 0xb44db70520000000, 0, 0, std::nullopt},
        {"none at all", 0x0000000100000000, 0x00010000, 0, 0us},
        {"rounding on both sides", 0x0000000100000000, 0x00010000, 2, 0us},
        {"the peer held it longer than it was away", 0x0000000100000000, 0x00010000, 3, std::nullopt},
        {"over the wrap of the middle bits", 0x0001000000000000, 0xFFFF0000, 0x8000, 500ms},
    }));
    INFO(c.why);
    CHECK(round_trip_time({c.now}, c.last, c.delay) == c.expected);
}
