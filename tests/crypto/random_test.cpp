#include "libconf/crypto/random.hpp"
#include "libconf/crypto/digest.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace conf::crypto {

TEST_CASE("the same key gives the same numbers, another key others", "[crypto]") {
    keyed_random a(key_from_seed(1));
    keyed_random b(key_from_seed(1));
    keyed_random c(key_from_seed(2));
    bool differs = false;
    for (int i = 0; i < 100; ++i) {
        const auto drawn = a();
        REQUIRE(drawn == b());
        differs = differs || drawn != c();
    }
    CHECK(differs);
}

TEST_CASE("the stream is SHA-256 of key and counter, however it is read", "[crypto]") {
    const auto key = key_from_seed(3);
    std::array<std::byte, 64> expected{};
    const std::array<std::byte, 8> zero{};
    std::array<std::byte, 8> one{};
    one[7] = std::byte{1};
    std::ranges::copy(sha256({key, zero}), expected.begin());
    std::ranges::copy(sha256({key, one}), expected.begin() + 32);
    std::array<std::byte, 64> got{};
    keyed_random random(key);
    random.fill(mutable_bytes(got).first(5));
    random.fill(mutable_bytes(got).subspan(5, 30));
    random.fill(mutable_bytes(got).subspan(35));
    CHECK(got == expected);
}

TEST_CASE("numbers below a bound are all hit about equally", "[crypto]") {
    keyed_random random(key_from_seed(4));
    for (const std::uint64_t bound : {1U, 2U, 3U, 10U}) {
        std::vector<int> hits(bound);
        for (std::uint64_t i = 0; i < bound * 1000; ++i) ++hits.at(random.below(bound));
        for (const auto count : hits) CHECK(std::abs(count - 1000) < 200);
    }
    CHECK(random.below(~std::uint64_t{0}) < ~std::uint64_t{0});
}

TEST_CASE("the system's keys differ", "[crypto]") {
    std::set<random_key> keys;
    for (int i = 0; i < 100; ++i) keys.insert(system_random_key());
    CHECK(keys.size() == 100);
}

}  // namespace conf::crypto
