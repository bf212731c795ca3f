// Writing headers: what is written reads back, and in the smaller form that can say it.
#include "libconf/rtp/header_writer.hpp"

#include "tests/rtp/octets.hpp"
#include "tests/sim/dice.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <vector>

namespace {

using namespace conf::rtp;
using conf::sim::dice;

constexpr header_fields fields{0x01234567, 0x89ABCDEF, 0xFFFE, 111, true, false};

struct form_case {
    std::string why;
    std::uint8_t id;
    std::size_t value_bytes;
    bool two_byte;
    std::size_t size;
};

}  // namespace

TEST_CASE("a header without extensions has twelve bytes", "[rtp]") {
    std::array<std::byte, 12> memory{};
    CHECK(header_writer().size() == 12);
    CHECK(header_writer().write(memory, fields) == 12);
    CHECK(vectors::to_hex(memory) == "80effffe0123456789abcdef");
    auto padded = fields;
    padded.padding = true;
    padded.marker = false;
    header_writer().write(memory, padded);
    CHECK(vectors::to_hex(memory) == "a06ffffe0123456789abcdef");
}

TEST_CASE("the form is two-byte only where the one-byte form cannot say it (RFC 8285 4.2)", "[rtp]") {
    const auto c = GENERATE(values<form_case>({
        {"smallest", 1, 1, false, 12 + 4 + 4},
        {"id 14", 14, 1, false, 12 + 4 + 4},
        {"id 15", 15, 1, true, 12 + 4 + 4},
        {"id 255", 255, 1, true, 12 + 4 + 4},
        {"sixteen bytes", 1, 16, false, 12 + 4 + 20},
        {"seventeen bytes", 1, 17, true, 12 + 4 + 20},
        {"no bytes", 1, 0, true, 12 + 4 + 4},
        {"255 bytes", 1, 255, true, 12 + 4 + 260},
    }));
    INFO(c.why);
    const vectors::buffer value(c.value_bytes, std::byte{0x5A});
    const std::array elements{extension_element{c.id, value}};
    const header_writer writer(elements);
    CHECK(writer.two_byte() == c.two_byte);
    CHECK(writer.size() == c.size);
    vectors::buffer wire(writer.size(), std::byte{0xA5});
    CHECK(writer.write(wire, fields) == c.size);
    const auto packet = parse_packet(wire);
    REQUIRE(packet);
    CHECK(packet->extension_profile == (c.two_byte ? two_byte_profile : one_byte_profile));
    CHECK(vectors::to_hex(packet->find_extension(c.id).value()) == vectors::to_hex(value));
}

TEST_CASE("the first elements stand at the same offset, whatever follows", "[rtp]") {
    const auto sequence = vectors::octets("1234");
    const auto mid = vectors::from_text("0");
    const std::array elements{extension_element{5, sequence}, extension_element{3, mid}};
    std::array<std::byte, 64> memory{};
    const auto one = header_writer(std::span(elements).first(1)).write(memory, fields);
    CHECK(vectors::to_hex(conf::bytes(memory).first(one)) == "90effffe0123456789abcdefbede000151123400");
    const auto both = header_writer(elements).write(memory, fields);
    CHECK(vectors::to_hex(conf::bytes(memory).first(both)) ==
          "90effffe0123456789abcdefbede00025112343030000000");
}

TEST_CASE("5 000 random headers: what is written is what is read", "[rtp][property]") {
    constexpr std::uint64_t seed = 8285;
    dice random(seed);
    for (int round = 0; round < 5'000; ++round) {
        INFO("seed " << seed << " round " << round);
        std::vector<vectors::buffer> values(random.below(6));
        std::vector<extension_element> elements;
        const bool small = random.chance(0.5);
        for (auto& value : values) {
            value.resize(small ? random.between(1, 16) : random.below(256));
            random.fill(value);
            elements.push_back({static_cast<std::uint8_t>(random.between(1, small ? 14 : 255)), value});
        }
        header_fields made{static_cast<std::uint32_t>(random.next()),
                           static_cast<std::uint32_t>(random.next()),
                           static_cast<std::uint16_t>(random.next()),
                           static_cast<std::uint8_t>(random.below(128)),
                           random.chance(0.5),
                           false};
        const header_writer writer(elements);
        // Exactly as large as needed, and on the heap, so that a sanitizer sees one byte too far.
        vectors::buffer wire(writer.size(), std::byte{0xA5});
        REQUIRE(writer.write(wire, made) == wire.size());
        REQUIRE(wire.size() % 4 == 0);
        const auto packet = parse_packet(wire);
        REQUIRE(packet);
        REQUIRE(packet->timestamp == made.timestamp);
        REQUIRE(packet->ssrc == made.ssrc);
        REQUIRE(packet->sequence_number == made.sequence_number);
        REQUIRE(packet->payload_type == made.payload_type);
        REQUIRE(packet->marker == made.marker);
        REQUIRE(packet->payload_size == 0);
        std::size_t at = 0;
        packet->for_each_extension([&](const extension_element& found) {
            REQUIRE(at < elements.size());
            REQUIRE(found.id == elements[at].id);
            REQUIRE(std::ranges::equal(found.value, elements[at].value));
            ++at;
        });
        REQUIRE(at == elements.size());
    }
}
