#include "libconf/base/bytes.hpp"
#include "libconf/base/hash.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <set>

namespace conf {

TEST_CASE("integers are stored in network byte order", "[base]") {
    std::array<std::byte, 8> buffer{};
    store_u16(buffer, 1, 0x1234);
    store_u32(buffer, 3, 0x89ABCDEF);
    const std::array<unsigned, 8> expected{0, 0x12, 0x34, 0x89, 0xAB, 0xCD, 0xEF, 0};
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(load_u8(buffer, i) == expected[i]);
    CHECK(load_u16(buffer, 1) == 0x1234);
    CHECK(load_u32(buffer, 3) == 0x89ABCDEF);
}

TEST_CASE("sizes are rounded up to four", "[base]") {
    CHECK(align4(0) == 0);
    CHECK(align4(1) == 4);
    CHECK(align4(4) == 4);
    CHECK(align4(5) == 8);
    CHECK(align4(65535) == 65536);
}

TEST_CASE("text and bytes are views of each other", "[base]") {
    CHECK(as_text(as_bytes("abc")) == "abc");
    CHECK(as_bytes("").empty());
}

TEST_CASE("a hash spreads neighbours and depends on its seed", "[base]") {
    std::set<std::uint64_t> low;
    for (std::uint64_t i = 0; i < 1000; ++i) low.insert(mix(i, 12345) & 0xFFF);
    CHECK(low.size() > 800);
    CHECK(mix(1, 2) != mix(1, 3));
    CHECK(mix(1, 2) != mix(2, 2));
}

}  // namespace conf
