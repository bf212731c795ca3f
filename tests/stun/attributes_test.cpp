// The readers of attribute values: right values, wrong sizes, meanings that the RFC does not give.
#include "libconf/stun/attributes.hpp"
#include "tests/stun/vectors.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <functional>
#include <random>

namespace {

using namespace conf::stun;
using conf::bytes;

const transaction_id some_id = [] {
    transaction_id id{};
    for (std::size_t i = 0; i < id.size(); ++i) id[i] = static_cast<std::byte>(0xA0 + i);
    return id;
}();

}  // namespace

TEST_CASE("fixed-size readers answer for their size and no other", "[stun]") {
    struct reader_case {
        std::string name;
        std::size_t size;
        std::function<bool(bytes)> reads;
    };
    const std::vector<reader_case> cases{
        {"read_u32", 4, [](bytes v) { return read_u32(v).has_value(); }},
        {"read_channel_number", 4, [](bytes v) { return read_channel_number(v).has_value(); }},
        {"read_requested_transport", 4, [](bytes v) { return read_requested_transport(v).has_value(); }},
        {"read_address_family", 4, [](bytes v) { return read_address_family(v).has_value(); }},
        {"read_even_port", 1, [](bytes v) { return read_even_port(v).has_value(); }},
        {"read_password_algorithm", 4, [](bytes v) { return read_password_algorithm(v).has_value(); }},
    };
    for (const auto& c : cases) {
        for (std::size_t size = 0; size <= 24; ++size) {
            vectors::buffer value(size);
            if (size > 1) value[1] = std::byte{1};  // for PASSWORD-ALGORITHM: MD5
            INFO(c.name << " with " << size << " bytes");
            CHECK(c.reads(value) == (size == c.size));
        }
    }
}

TEST_CASE("what the readers answer", "[stun]") {
    CHECK(read_u32(vectors::from_hex("00000258")) == 600U);
    CHECK(read_u32(vectors::from_hex("ffffffff")) == 0xFFFFFFFFU);
    CHECK(read_channel_number(vectors::from_hex("4001ffff")) == 0x4001);
    CHECK(read_requested_transport(vectors::from_hex("11abcdef")) == 17);
    CHECK(read_address_family(vectors::from_hex("02000000")) == 2);
    CHECK(read_address_family(vectors::from_hex("09000000")) == 9);
    CHECK(read_even_port(vectors::from_hex("80")) == true);
    CHECK(read_even_port(vectors::from_hex("7f")) == false);
}

TEST_CASE("PASSWORD-ALGORITHM names an algorithm that we know, without parameters", "[stun]") {
    CHECK(read_password_algorithm(vectors::from_hex("00010000")) == password_algorithm::md5);
    CHECK(read_password_algorithm(vectors::from_hex("00020000")) == password_algorithm::sha256);
    CHECK_FALSE(read_password_algorithm(vectors::from_hex("00000000")));
    CHECK_FALSE(read_password_algorithm(vectors::from_hex("00030000")));
    CHECK_FALSE(read_password_algorithm(vectors::from_hex("00020004")));
    CHECK_FALSE(read_password_algorithm(vectors::from_hex("0002000400000000")));
}

TEST_CASE("ERROR-CODE is 300 to 699 and may carry a reason", "[stun]") {
    CHECK(read_error_code(vectors::from_hex("00000300")) == 300);
    CHECK(read_error_code(vectors::from_hex("00000401")) == 401);
    CHECK(read_error_code(vectors::from_hex("0000066361")) == 699);
    CHECK(read_error_code(vectors::from_hex("fffffc14")) == 420);  // the reserved bits do not count
    CHECK_FALSE(read_error_code(vectors::from_hex("00000263")));
    CHECK_FALSE(read_error_code(vectors::from_hex("00000700")));
    CHECK_FALSE(read_error_code(vectors::from_hex("00000464")));
    CHECK_FALSE(read_error_code(vectors::from_hex("000004")));
}

TEST_CASE("an address has a known family and that family's size", "[stun]") {
    for (unsigned family = 0; family < 256; ++family) {
        for (std::size_t size = 0; size <= 24; ++size) {
            vectors::buffer value(size);
            if (size > 1) value[1] = static_cast<std::byte>(family);
            const bool right = (family == 1 && size == 8) || (family == 2 && size == 20);
            if (read_address(value).has_value() != right ||
                read_xor_address(value, some_id).has_value() != right) {
                FAIL("family " << family << " with " << size << " bytes");
            }
        }
    }
    CHECK(read_address(vectors::from_hex("0001"
                                         "0d96"
                                         "c0000201"))
              ->to_string() == "192.0.2.1:3478");
    CHECK(read_address(vectors::from_hex("ff01"
                                         "0d96"
                                         "c0000201"))
              ->to_string() == "192.0.2.1:3478");
}

TEST_CASE("XOR addresses survive being written and read, and differ from the plain form", "[stun]") {
    std::mt19937_64 random(20260101);
    for (int round = 0; round < 2000; ++round) {
        std::array<std::byte, 16> raw{};
        for (auto& b : raw) b = static_cast<std::byte>(random() & 0xFF);
        transaction_id id{};
        for (auto& b : id) b = static_cast<std::byte>(random() & 0xFF);
        const conf::endpoint at{conf::ip_address::from_bytes(bytes(raw).first(round % 2 == 0 ? 4 : 16)),
                                static_cast<std::uint16_t>(random() & 0xFFFF)};
        std::array<std::byte, address_value_bytes_max> value{};
        const auto size = write_xor_address(value, at, id);
        REQUIRE(size == (at.ip.is_v4() ? 8 : 20));
        REQUIRE(read_xor_address(bytes(value).first(size), id) == at);
        REQUIRE(read_address(bytes(value).first(size)) != at);
    }
}
