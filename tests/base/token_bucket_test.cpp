#include "libconf/base/token_bucket.hpp"

#include <catch2/catch.hpp>

namespace conf {

using namespace std::chrono_literals;

TEST_CASE("a bucket gives what it holds and fills with time", "[base]") {
    token_bucket bucket;
    const instant now{10s};
    CHECK(bucket.take(1000, 1000, now));
    CHECK_FALSE(bucket.take(1, 1000, now));
    CHECK_FALSE(bucket.take(1, 1000, now + 999us));
    CHECK(bucket.take(1, 1000, now + 1ms));
    CHECK_FALSE(bucket.take(1, 1000, now + 1ms));
    CHECK(bucket.take(500, 1000, now + 501ms));
    CHECK_FALSE(bucket.take(1, 1000, now + 501ms));
}

TEST_CASE("a bucket never holds more than a second's worth", "[base]") {
    token_bucket bucket;
    CHECK(bucket.take(1000, 1000, instant{1s}));
    CHECK(bucket.take(1000, 1000, instant{1h}));
    CHECK_FALSE(bucket.take(1, 1000, instant{1h}));
    CHECK_FALSE(bucket.take(1001, 1000, instant{2h}));
}

TEST_CASE("no limit gives everything", "[base]") {
    token_bucket bucket;
    for (int i = 0; i < 100; ++i) CHECK(bucket.take(1'000'000'000, 0, instant{}));
}

TEST_CASE("the rate is exact over a long time", "[base]") {
    token_bucket bucket;
    std::uint64_t given = 0;
    for (instant now{}; now < instant{100s}; now += 333us) given += bucket.take(7, 3000, now) ? 7 : 0;
    CHECK(given >= 3000 * 100);
    CHECK(given <= 3000 * 101);
}

TEST_CASE("a lowered rate holds at once", "[base]") {
    token_bucket bucket;
    CHECK(bucket.take(10'000, 10'000, instant{1s}));
    CHECK_FALSE(bucket.take(1, 100, instant{1s}));
    CHECK(bucket.take(100, 100, instant{2s}));
}

TEST_CASE("time that goes backwards gives nothing", "[base]") {
    token_bucket bucket;
    CHECK(bucket.take(1000, 1000, instant{10s}));
    CHECK_FALSE(bucket.take(1, 1000, instant{5s}));
}

TEST_CASE("gigabits are counted without overflow", "[base]") {
    token_bucket bucket;
    const std::uint64_t rate = 1'000'000'000'000;
    CHECK(bucket.take(rate, rate, instant{1s}));
    CHECK_FALSE(bucket.take(1, rate, instant{1s}));
    CHECK(bucket.take(rate / 2, rate, instant{1500ms}));
}

}  // namespace conf
