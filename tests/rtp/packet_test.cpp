// RTP packets: what parses, where its parts are, and its header extensions (SEC-RTP-1).
#include "libconf/rtp/packet.hpp"

#include "libconf/rtp/rtx.hpp"
#include "tests/rtp/octets.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace conf::rtp;
using vectors::octets;

struct parse_case {
    std::string why, hex;
    bool accepted;
    std::size_t payload_offset, payload_size, padding_size;
};

/// "1=aa 2=bbcc" for elements with these ids and values.
std::string elements_of(const packet_view& packet) {
    std::string out;
    packet.for_each_extension([&](const extension_element& element) {
        if (!out.empty()) out += ' ';
        out += std::to_string(element.id) + '=' + vectors::to_hex(element.value);
    });
    return out;
}

/// A packet with this extension block; the size is a multiple of four.
vectors::buffer with_extension(const std::string& profile, const std::string& block) {
    auto wire = octets("906000010000000111223344" + profile + "0000" + block);
    conf::store_u16(wire, 14, static_cast<std::uint16_t>((wire.size() - 16) / 4));
    return wire;
}

}  // namespace

TEST_CASE("the fields of a packet stand where RFC 3550 5.1 puts them", "[rtp]") {
    const auto wire = octets(
        "b2e0fffe0123456789abcdef"  // V=2, P, X, CC=2; M, PT 96
        "1111111122222222"          // CSRCs
        "bede000110aa0000"          // extension
        "cafe"                      // payload
        "000003");                  // padding
    const auto packet = parse_packet(wire);
    REQUIRE(packet);
    CHECK(packet->marker);
    CHECK(packet->payload_type == 96);
    CHECK(packet->sequence_number == 0xFFFE);
    CHECK(packet->timestamp == 0x01234567);
    CHECK(packet->ssrc == 0x89ABCDEF);
    CHECK(packet->csrc_count == 2);
    CHECK(packet->csrc(0) == 0x11111111);
    CHECK(packet->csrc(1) == 0x22222222);
    CHECK(packet->extension_profile == one_byte_profile);
    CHECK(packet->extension_offset == 24);
    CHECK(packet->extension_size == 4);
    CHECK(vectors::to_hex(packet->payload()) == "cafe");
    CHECK(packet->header().size() == 28);
    CHECK(packet->padding_size == 3);
    CHECK_FALSE(packet->padding_only());
}

TEST_CASE("SEC-RTP-1: a packet whose lengths do not add up is refused", "[rtp]") {
    const auto c = GENERATE(values<parse_case>({
        {"empty", "", false, 0, 0, 0},
        {"one byte short of a header", "8060000100000001112233", false, 0, 0, 0},
        {"header only", "806000010000000111223344", true, 12, 0, 0},
        {"version 0", "006000010000000111223344", false, 0, 0, 0},
        {"version 1", "406000010000000111223344", false, 0, 0, 0},
        {"version 3", "c06000010000000111223344", false, 0, 0, 0},
        {"one CSRC, all there", "81600001000000011122334455667788", true, 16, 0, 0},
        {"one CSRC, a byte short", "816000010000000111223344556677", false, 0, 0, 0},
        {"extension header cut", "906000010000000111223344bede00", false, 0, 0, 0},
        {"extension of no words", "906000010000000111223344bede0000aa", true, 16, 1, 0},
        {"extension of one word", "906000010000000111223344bede000110aa0000aa", true, 20, 1, 0},
        {"extension a byte short", "906000010000000111223344bede000110aa00", false, 0, 0, 0},
        {"padding without a byte to count it", "a06000010000000111223344", false, 0, 0, 0},
        {"padding of 0", "a06000010000000111223344aa00", false, 0, 0, 0},
        {"padding of 1", "a06000010000000111223344aa01", true, 12, 1, 1},
        {"padding up to the header", "a06000010000000111223344aa02", true, 12, 0, 2},
        {"padding one more than there is", "a06000010000000111223344aa03", false, 0, 0, 0},
        {"padding must not reach into the extension", "b06000010000000111223344bede000110aa000002", false, 0,
         0, 0},
    }));
    INFO(c.why);
    const auto wire = octets(c.hex);
    const auto packet = parse_packet(wire);
    REQUIRE(packet.has_value() == c.accepted);
    if (!packet) return;
    CHECK(packet->payload_offset == c.payload_offset);
    CHECK(packet->payload_size == c.payload_size);
    CHECK(packet->padding_size == c.padding_size);
    CHECK(packet->padding_only() == (c.payload_size == 0 && c.padding_size > 0));
}

TEST_CASE("a packet may have 65535 bytes and no more", "[rtp]") {
    auto wire = octets("806000010000000111223344");
    wire.resize(packet_bytes_max);
    CHECK(parse_packet(wire)->payload_size == packet_bytes_max - header_bytes);
    wire.resize(packet_bytes_max + 1);
    CHECK_FALSE(parse_packet(wire));
}

struct extension_case {
    std::string why, profile, block, elements;
};

TEST_CASE("header extensions are read up to the first thing that cannot be", "[rtp]") {
    const auto c = GENERATE(values<extension_case>({
        {"one element", "bede", "10aa0000", "1=aa"},
        {"several, with padding between them", "bede", "10aa0021bbcc000030dd0000", "1=aa 2=bbcc 3=dd"},
        {"sixteen bytes", "bede", "1f00112233445566778899aabbccddeeff000000",
         "1=00112233445566778899aabbccddeeff"},
        {"id 14 is the last one", "bede", "e0aa0000", "14=aa"},
        {"id 15 ends the block", "bede", "10aaf0bb20cc0000", "1=aa"},
        {"id 0 with a length ends the block", "bede", "10aa01bb20cc0000", "1=aa"},
        {"an overrun ends the block", "bede", "10aa00001f010203", "1=aa"},
        {"an element just fits", "bede", "12aabbcc", "1=aabbcc"},
        {"one byte more does not", "bede", "13aabbcc", ""},
        {"an element header alone at the end", "bede", "0000000010", ""},
        {"padding only", "bede", "00000000", ""},
        {"empty block", "bede", "", ""},
        {"two bytes: an element", "1000", "0101aa00", "1=aa"},
        {"two bytes: no value", "1000", "01000000", "1="},
        {"two bytes: ids above 14, with padding", "100f", "ff02aabb00000f01cc000000", "255=aabb 15=cc"},
        {"two bytes: an overrun", "1000", "0101aa0002ff0203", "1=aa"},
        {"two bytes: cut in the element header", "1000", "0101aa01", "1=aa"},
        {"another profile", "1234", "0101aa00", ""},
        {"nearly the two-byte profile", "1010", "0101aa00", ""},
    }));
    INFO(c.why);
    const auto wire = with_extension(c.profile, c.block);
    const auto packet = parse_packet(wire);
    REQUIRE(packet);
    CHECK(elements_of(*packet) == c.elements);
}

TEST_CASE("find_extension gives the first element with that id", "[rtp]") {
    const auto wire = with_extension("bede", "10aa20bb10cc0000");
    const auto packet = parse_packet(wire);
    REQUIRE(packet);
    CHECK(vectors::to_hex(packet->find_extension(1).value()) == "aa");
    CHECK(vectors::to_hex(packet->find_extension(2).value()) == "bb");
    CHECK_FALSE(packet->find_extension(3));
    const auto bare = octets("806000010000000111223344");
    CHECK_FALSE(parse_packet(bare)->find_extension(1));
    const auto empty_value = with_extension("1000", "01000000");
    REQUIRE(parse_packet(empty_value)->find_extension(1));
    CHECK(parse_packet(empty_value)->find_extension(1)->empty());
}

struct rtcp_case {
    std::string why, hex;
    bool rtcp;
};

TEST_CASE("RFC 5761: RTCP is told from RTP by its second byte", "[rtp]") {
    const auto c = GENERATE(values<rtcp_case>({
        {"191 is RTP with a marker", "80bf", false},
        {"192", "80c0", true},
        {"sender report", "80c8", true},
        {"223", "80df", true},
        {"224 is RTP with a marker", "80e0", false},
        {"payload type 72 without a marker", "8048", false},
        {"version 1", "40c8", false},
        {"one byte", "80", false},
        {"nothing", "", false},
    }));
    INFO(c.why);
    CHECK(is_rtcp(octets(c.hex)) == c.rtcp);
}

TEST_CASE("the verdicts on malformed RTP datagrams", "[rtp][vectors]") {
    int rows = 0;
    for (const auto& row : vectors::read_table("datagrams/cases.tsv")) {
        if (!row[0].starts_with("rtp-")) continue;
        INFO(row[0]);
        ++rows;
        const auto wire = vectors::read_file(vectors::path_of("datagrams/" + row[0] + ".bin"));
        const auto packet = parse_packet(wire);
        // Where only the extension is wrong, the packet goes on without it.
        const bool extension_only = row[1] == "drop-ext-or-packet" || row[1] == "stop-parsing-ext";
        CHECK(packet.has_value() == (row[1] == "accept" || extension_only));
        if (extension_only) CHECK(elements_of(*packet).empty());
    }
    CHECK(rows == 11);
}

TEST_CASE("RFC 4588: a retransmission names what it repeats", "[rtp]") {
    const auto wire = octets("beefcafe");
    const auto parsed = parse_rtx(wire);
    REQUIRE(parsed);
    CHECK(parsed->original_sequence_number == 0xBEEF);
    CHECK(vectors::to_hex(parsed->original) == "cafe");
    CHECK(parse_rtx(conf::bytes(wire).first(2))->original.empty());
    CHECK_FALSE(parse_rtx(conf::bytes(wire).first(1)));
    CHECK_FALSE(parse_rtx({}));
}
