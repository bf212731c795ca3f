/// RFC 8656 §7.2 and §18.6: EVEN-PORT with its R bit, and RESERVATION-TOKEN.
#include "tests/turn/fixture.hpp"

namespace conf::turn::test {
namespace {

/// Takes everything that can be taken, and so counts what is free. Destroys the table's usefulness.
std::size_t free_ports(fixture& fix, ip_family of = ip_family::v4) {
    crypto::keyed_random random(crypto::key_from_seed(9));
    std::size_t count = 0;
    while (fix.ports.take(of, port_parity::any, 0, random)) ++count;
    return count;
}

visitor numbered(std::uint16_t port) {
    return {.remote = {ip("198.51.100.7"), port}};
}

}  // namespace

TEST_CASE("a pair of ports", "[turn]") {
    fixture fix;
    auto first = numbered(1);
    auto second = numbered(2);
    const auto got = fix.allocate(first, even_port(true));
    REQUIRE(got.success());
    const auto even = got.relayed()[0].port;
    CHECK(even % 2 == 0);
    const auto token = token_of(got);
    CHECK_FALSE(fix.ports.owner(ip_family::v4, static_cast<std::uint16_t>(even + 1)));

    const auto other = fix.allocate(second, reservation(token));
    REQUIRE(other.success());
    CHECK(other.relayed()[0].port == even + 1);
    CHECK(other.relayed()[0].ip == relay_v4);
    // A token is good once.
    auto third = numbered(3);
    CHECK(fix.allocate(third, reservation(token)).error() == 508);
    CHECK(fix.quotas.total() == 2);
}

TEST_CASE("the answer to a retransmission has the same token", "[turn]") {
    fixture fix;
    visitor alice;
    fix.fetch_nonce(alice);
    const auto request = fix.signed_request(alice, method::allocate,
                                            both(requested_transport(), even_port(true)), fix.next_id());
    const auto first = fix.receive(alice, request);
    CHECK(first.at(0).data == fix.receive(alice, request).at(0).data);
}

TEST_CASE("a pair of IPv6 ports", "[turn]") {
    fixture fix;
    auto first = numbered(1);
    auto second = numbered(2);
    const auto got =
        fix.allocate(first, both(even_port(true), family(attribute_type::requested_address_family, 2)));
    REQUIRE(got.success());
    const auto other = fix.allocate(second, reservation(token_of(got)));
    REQUIRE(other.success());
    CHECK(other.relayed()[0] == endpoint{relay_v6, static_cast<std::uint16_t>(got.relayed()[0].port + 1)});
}

TEST_CASE("a reservation ends after 30 seconds", "[turn]") {
    setup how;
    how.last_port = 50001;
    fixture fix(how);
    auto first = numbered(1);
    auto second = numbered(2);
    const auto token = token_of(fix.allocate(first, even_port(true)));
    CHECK(fix.allocate(second).error() == 508);  // the only other port is reserved
    SECTION("just before it is good") {
        fix.advance(reservation_lifetime - 1us);
        CHECK(fix.allocate(second, reservation(token)).success());
        fix.advance(10s);
        CHECK(fix.ports.in_use() == 2);  // its end no longer matters
    }
    SECTION("then it is not, and the port is free") {
        fix.advance(reservation_lifetime);
        CHECK(fix.allocate(second, reservation(token)).error() == 508);
        CHECK(fix.allocate(second).success());
    }
    SECTION("also when its allocation has gone before") {
        REQUIRE(fix.refresh(first, 0).success());
        fix.advance(reservation_lifetime);
        CHECK(fix.ports.in_use() == 0);
        CHECK(free_ports(fix) == 2);
    }
    SECTION("the second allocation outlives the first") {
        CHECK(fix.allocate(second, reservation(token)).success());
        REQUIRE(fix.refresh(first, 0).success());
        fix.advance(31s);
        CHECK(fix.ports.in_use() == 1);
        CHECK(fix.refresh(second, 600).success());
    }
}

TEST_CASE("a reservation is claimed at another relay thread", "[turn]") {
    fixture one;
    fixture two({.seed = 2, .shard = 1}, one);
    auto first = numbered(1);
    auto second = numbered(2);
    const auto got = one.allocate(first, even_port(true));
    const auto other = two.allocate(second, reservation(token_of(got)));
    REQUIRE(other.success());
    const auto odd = static_cast<std::uint16_t>(got.relayed()[0].port + 1);
    CHECK(other.relayed()[0].port == odd);
    CHECK(one.ports.owner(ip_family::v4, odd) == 1);
    one.advance(31s);
    CHECK(one.ports.owner(ip_family::v4, odd) == 1);
    REQUIRE(two.refresh(second, 0).success());
    REQUIRE(one.refresh(first, 0).success());
    CHECK(free_ports(one) == one.ports.size());
}

TEST_CASE("a claimed port that cannot be bound is refused and freed", "[turn]") {
    fixture fix;
    auto first = numbered(1);
    auto second = numbered(2);
    const auto got = fix.allocate(first, even_port(true));
    fix.binds_that_fail = 1;
    CHECK(fix.allocate(second, reservation(token_of(got))).error() == 508);
    CHECK(fix.binds_that_fail == 0);
    CHECK(fix.ports.in_use() == 1);
    CHECK(fix.quotas.total() == 1);
    REQUIRE(fix.refresh(first, 0).success());
    CHECK(free_ports(fix) == fix.ports.size());
}

TEST_CASE("a pair needs two free neighbours", "[turn]") {
    setup how;
    SECTION("the last port of the range has none") {
        how.first_port = how.last_port = 50000;
        fixture fix(how);
        visitor alice;
        CHECK(fix.allocate(alice, even_port(true)).error() == 508);
        CHECK(fix.allocate(alice, even_port(false)).success());
    }
    SECTION("an odd first port is no beginning of a pair") {
        how.first_port = 50001;
        how.last_port = 50002;
        fixture fix(how);
        visitor alice;
        CHECK(fix.allocate(alice, even_port(true)).error() == 508);
        CHECK(fix.ports.in_use() == 0);
    }
    SECTION("pairs fill the range exactly") {
        how.last_port = 50019;
        fixture fix(how);
        for (std::uint16_t i = 1; i <= 10; ++i) {
            auto one = numbered(i);
            REQUIRE(fix.allocate(one, even_port(true)).success());
        }
        auto late = numbered(11);
        CHECK(fix.allocate(late, even_port(true)).error() == 508);
        CHECK(fix.allocate(late).error() == 508);
        fix.advance(31s);
        CHECK(fix.allocate(late).success());
    }
}

TEST_CASE("tokens cannot be guessed from a port", "[turn]") {
    fixture fix;
    auto first = numbered(1);
    auto second = numbered(2);
    auto token = token_of(fix.allocate(first, even_port(true)));
    for (std::size_t bit = 0; bit < 64; ++bit) {
        auto wrong = token;
        wrong[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
        REQUIRE(fix.allocate(second, reservation(wrong)).error() == 508);
    }
    CHECK(fix.allocate(second, reservation(token)).success());
}

}  // namespace conf::turn::test
