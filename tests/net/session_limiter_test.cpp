#include "libconf/net/session_limiter.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace conf;
using namespace std::chrono_literals;

namespace {

const auto alice = ip_address::v4(0xC0000201);
const auto bob = ip_address::v4(0xC0000202);

}  // namespace

TEST_CASE("a client gets its minute's worth at once, and then a share of it each second", "[net][http]") {
    net::session_limiter limiter(60, 7);
    instant now(1000s);
    for (int i = 0; i < 60; ++i) REQUIRE(limiter.admits(alice, now));
    CHECK_FALSE(limiter.admits(alice, now));
    CHECK(limiter.admits(bob, now));  // another client's is his own
    CHECK_FALSE(limiter.admits(alice, now + 900ms));
    CHECK(limiter.admits(alice, now + 1100ms));
    CHECK_FALSE(limiter.admits(alice, now + 1200ms));
    now += 10min;
    for (int i = 0; i < 60; ++i) REQUIRE(limiter.admits(alice, now));
    CHECK_FALSE(limiter.admits(alice, now));
}

TEST_CASE("a household with IPv6 is one client", "[net][http]") {
    net::session_limiter limiter(1, 7);
    CHECK(limiter.admits(ip_address::parse("2001:db8:0:1::1").value(), instant(0s)));
    CHECK_FALSE(limiter.admits(ip_address::parse("2001:db8:0:1::2").value(), instant(0s)));
    CHECK(limiter.admits(ip_address::parse("2001:db8:0:2::1").value(), instant(0s)));
}

TEST_CASE("whether there is one left can be asked without taking it", "[net][http]") {
    net::session_limiter limiter(2, 7);
    const instant now(1000s);
    for (int i = 0; i < 5; ++i) CHECK(limiter.would_admit(alice, now));
    REQUIRE(limiter.admits(alice, now));
    CHECK(limiter.would_admit(alice, now));
    REQUIRE(limiter.admits(alice, now));
    CHECK_FALSE(limiter.would_admit(alice, now));
    CHECK(limiter.would_admit(bob, now));
    CHECK_FALSE(limiter.would_admit(alice, now + 29s));
    CHECK(limiter.would_admit(alice, now + 31s));
}

TEST_CASE("a limit changes while it is used", "[net][http]") {
    net::session_limiter limiter(5, 7);
    const instant now(1000s);
    for (int i = 0; i < 5; ++i) REQUIRE(limiter.admits(alice, now));
    CHECK_FALSE(limiter.admits(alice, now));
    limiter.limit_to(0);
    CHECK(limiter.admits(alice, now));
    limiter.limit_to(6);
    CHECK(limiter.admits(alice, now));
    CHECK_FALSE(limiter.admits(alice, now));
}

TEST_CASE("0 is no limit", "[net][http]") {
    net::session_limiter limiter(0, 7);
    for (int i = 0; i < 10'000; ++i) REQUIRE(limiter.admits(alice, instant(0s)));
}
