// What message_builder writes: every byte, and nothing of what was in the buffer before.
#include "libconf/stun/builder.hpp"
#include "libconf/stun/integrity.hpp"
#include "tests/stun/vectors.hpp"

#include <catch2/catch.hpp>

#include <array>

namespace {

using namespace conf::stun;
using conf::as_bytes;

constexpr std::string_view id_hex = "2112a442000000000000000000000000";

/// A buffer full of something that must never leave.
std::array<std::byte, 512> poisoned() {
    std::array<std::byte, 512> memory;
    memory.fill(std::byte{0xA5});
    return memory;
}

template <class Add>
std::string hex_of(Add&& add) {
    auto memory = poisoned();
    message_builder out(memory, message_class::success_response, method::allocate, {});
    add(out);
    return vectors::to_hex(out.finish());
}

}  // namespace

TEST_CASE("each attribute is written as the RFC draws it", "[stun]") {
    struct build_case {
        std::string why;
        std::string built;
        std::string attributes;
    };
    const auto v4 = conf::endpoint::parse("192.0.2.1:3478").value();
    const auto v6 = conf::endpoint::parse("[2001:db8::1]:3478").value();
    const std::vector<build_case> cases{
        {"nothing", hex_of([](auto&) {}), ""},
        {"padding is zero", hex_of([](auto& out) { out.add(attribute_type::realm, as_bytes("a")); }),
         "0014000161000000"},
        {"an empty value", hex_of([](auto& out) { out.add(attribute_type::dont_fragment, {}); }), "001a0000"},
        {"a number", hex_of([](auto& out) { out.add_u32(attribute_type::lifetime, 600); }),
         "000d000400000258"},
        {"XOR IPv4", hex_of([&](auto& out) { out.add_xor_address(attribute_type::xor_mapped_address, v4); }),
         "002000080001"
         "2c84"
         "e112a643"},
        {"XOR IPv6", hex_of([&](auto& out) { out.add_xor_address(attribute_type::xor_relayed_address, v6); }),
         "001600140002"
         "2c84"
         "0113a9fa000000000000000000000001"},
        {"plain IPv4", hex_of([&](auto& out) { out.add_address(attribute_type::alternate_server, v4); }),
         "802300080001"
         "0d96"
         "c0000201"},
        {"plain IPv6", hex_of([&](auto& out) { out.add_address(attribute_type::alternate_server, v6); }),
         "802300140002"
         "0d96"
         "20010db8000000000000000000000001"},
        {"an error with an empty reason", hex_of([](auto& out) { out.add_error(error_code::stale_nonce); }),
         "0009000400000426"},
        {"an address error", hex_of([](auto& out) {
             out.add_address_error(conf::ip_family::v6, error_code::insufficient_capacity);
         }),
         "8001000402000508"},
        {"a family", hex_of([](auto& out) {
             out.add_family(attribute_type::additional_address_family, conf::ip_family::v6);
         }),
         "8000000402000000"},
    };
    for (const auto& c : cases) {
        INFO(c.why);
        auto length = vectors::from_hex("0000");
        conf::store_u16(length, 0, static_cast<std::uint16_t>(c.attributes.size() / 2));
        CHECK(c.built == "0103" + vectors::to_hex(length) + std::string(id_hex) + c.attributes);
    }
}

TEST_CASE("integrity and fingerprint verify as they were written", "[stun]") {
    const auto key = as_bytes("a key");
    auto memory = poisoned();
    message_builder out(memory, message_class::request, method::binding, {});
    const auto wire = out.add(attribute_type::username, as_bytes("a:b"))
                          .add_integrity(key)
                          .add_integrity_sha256(key)
                          .add_fingerprint()
                          .finish();
    const auto parsed = message::parse(wire);
    REQUIRE(parsed);
    CHECK(integrity_holds(*parsed, key));
    CHECK(integrity_sha256_holds(*parsed, key));
    CHECK(fingerprint_holds(*parsed));
    CHECK_FALSE(integrity_holds(*parsed, as_bytes("a kez")));
    CHECK_FALSE(integrity_sha256_holds(*parsed, as_bytes("a kez")));
}

TEST_CASE("a detached value counts in the header and is not in the buffer", "[stun]") {
    for (std::size_t size = 0; size <= 9; ++size) {
        INFO(size);
        auto memory = poisoned();
        message_builder out(memory, message_class::indication, method::data, {});
        out.add_u32(attribute_type::lifetime, 1).add_detached(attribute_type::data, size);
        const auto head = out.finish();
        vectors::buffer whole(head.begin(), head.end());
        const vectors::buffer payload(size, std::byte{0x77});
        whole.insert(whole.end(), payload.begin(), payload.end());
        whole.resize(header_bytes + 8 + 4 + conf::align4(size));
        const auto parsed = message::parse(whole);
        REQUIRE(parsed);
        const auto data = parsed->find(attribute_type::data);
        REQUIRE(data);
        CHECK(std::ranges::equal(*data, payload));
    }
}

TEST_CASE("a message may fill its buffer to the last byte", "[stun]") {
    std::array<std::byte, header_bytes + 4 + 8> memory{};
    message_builder out(memory, message_class::request, method::binding, {});
    CHECK(out.add(attribute_type::realm, as_bytes("12345")).finish().size() == memory.size());
}
