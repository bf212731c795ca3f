/// Quotas: each limit at its value and one above it (SEC-TURN-5); and what a flood costs (SEC-TURN-6).
#include "libconf/turn/credentials.hpp"
#include "tests/turn/fixture.hpp"

namespace conf::turn::test {
namespace {

visitor numbered(std::uint16_t port) {
    return {.remote = {ip("198.51.100.7"), port}};
}

visitor time_limited(std::string_view user, std::uint16_t port) {
    visitor made{
        .remote = {ip("198.51.100.7"), port},
        .user = std::to_string((birthday + 1h).time_since_epoch().count()) + ":" + std::string(user)};
    made.password = rest_password(secret, made.user);
    return made;
}

}  // namespace

TEST_CASE("a time-limited credential has so many allocations", "[turn]") {
    setup how;
    how.with.limits.allocations_per_credential = 12;
    fixture fix(how);
    std::vector<visitor> all;
    for (std::uint16_t i = 1; i <= 13; ++i) all.push_back(time_limited("dodo", i));
    for (std::size_t i = 0; i < 12; ++i) REQUIRE(fix.allocate(all[i]).success());
    CHECK(fix.allocate(all[12]).error() == 486);
    CHECK(fix.core.count().quota_refusals == 1);
    CHECK(fix.events.at(0).why == error_code::allocation_quota_reached);
    // Another credential of the same person, and static users, have their own.
    auto other = time_limited("dodo2", 100);
    CHECK(fix.allocate(other).success());
    auto alice = numbered(101);
    CHECK(fix.allocate(alice).success());
    // A retransmission or a refresh costs nothing; a deletion makes room for one.
    CHECK(fix.refresh(all[0], 600).success());
    CHECK(fix.refresh(all[0], 0).success());
    CHECK(fix.allocate(all[12]).success());
    CHECK(fix.allocate(all[0]).error() == 486);
    fix.advance(600s);
    all[0].nonce.clear();
    CHECK(fix.allocate(all[0]).success());
    CHECK(fix.quotas.total() == 1);
}

TEST_CASE("a static user has so many allocations", "[turn]") {
    setup how;
    how.with.limits.allocations_per_user = 2;
    how.with.limits.allocations_per_credential = 1;
    fixture fix(how);
    auto one = numbered(1);
    auto two = numbered(2);
    auto three = numbered(3);
    CHECK(fix.allocate(one).success());
    CHECK(fix.allocate(two).success());
    CHECK(fix.allocate(three).error() == 486);
    visitor bob{.remote = at("198.51.100.7:4"), .user = "bob", .password = "builder"};
    CHECK(fix.allocate(bob).success());
}

TEST_CASE("an address has so many allocations", "[turn]") {
    setup how;
    how.with.limits.allocations_per_address = 2;
    fixture fix(how);
    auto one = numbered(1);
    visitor bob{.remote = at("198.51.100.7:2"), .user = "bob", .password = "builder"};
    auto three = numbered(3);
    CHECK(fix.allocate(one).success());
    CHECK(fix.allocate(bob).success());
    CHECK(fix.allocate(three).error() == 486);
    visitor elsewhere{.remote = at("198.51.100.8:1")};
    CHECK(fix.allocate(elsewhere).success());
    // An IPv6 household is its /64.
    visitor six_a{.remote = at("[2620:fe::1]:1")};
    visitor six_b{.remote = at("[2620:fe::ffff:0:0:2]:1")};
    visitor six_c{.remote = at("[2620:fe::3]:1")};
    visitor six_d{.remote = at("[2620:fe:0:1::3]:1")};
    CHECK(fix.allocate(six_a).success());
    CHECK(fix.allocate(six_b).success());
    CHECK(fix.allocate(six_c).error() == 486);
    CHECK(fix.allocate(six_d).success());
    CHECK(fix.refresh(bob, 0).success());
    CHECK(fix.allocate(three).success());
}

TEST_CASE("the server has so many allocations", "[turn]") {
    setup how;
    how.with.limits.allocations_total = 3;
    fixture one(how);
    how.seed = 2;
    how.shard = 1;
    fixture two(how, one);
    auto first = numbered(1);
    auto second = numbered(2);
    auto third = numbered(3);
    auto fourth = numbered(4);
    CHECK(one.allocate(first).success());
    CHECK(two.allocate(second).success());
    CHECK(one.allocate(third).success());
    // Over all relay threads together.
    CHECK(one.allocate(fourth).error() == 508);
    CHECK(two.allocate(fourth).error() == 508);
    CHECK(one.core.count().capacity_refusals == 1);
    CHECK(one.refresh(first, 0).success());
    CHECK(two.allocate(fourth).success());
    CHECK(one.quotas.total() == 3);
}

TEST_CASE("limits of zero are none", "[turn]") {
    fixture fix;
    for (std::uint16_t i = 1; i <= 200; ++i) {
        auto one = time_limited("dodo", i);
        REQUIRE(fix.allocate(one).success());
    }
}

TEST_CASE("a lowered limit refuses the next, not those who are in", "[turn]") {
    fixture fix;
    std::vector<visitor> all;
    for (std::uint16_t i = 1; i <= 5; ++i) all.push_back(numbered(i));
    for (std::size_t i = 0; i < 4; ++i) REQUIRE(fix.allocate(all[i]).success());
    auto tight = plain_settings();
    tight.limits.allocations_per_user = 2;
    fix.core.reconfigure(tight);
    CHECK(fix.allocate(all[4]).error() == 486);
    for (std::size_t i = 0; i < 4; ++i) CHECK(fix.refresh(all[i], 600).success());
}

TEST_CASE("a dual allocation is one", "[turn]") {
    setup how;
    how.with.limits.allocations_per_user = 1;
    fixture fix(how);
    auto one = numbered(1);
    CHECK(fix.allocate(one, family(attribute_type::additional_address_family, 2)).relayed().size() == 2);
    CHECK(fix.quotas.total() == 1);
    CHECK(fix.ports.in_use() == 2);
}

TEST_CASE("a flood of strangers leaves no trace", "[turn]") {
    setup how;
    how.with.limits.unauthenticated_rps = 10;
    fixture fix(how);
    // A million sources: requests without and with a signature, junk, data. What is kept afterwards must be
    // nothing: the limiter's table is of fixed size and the core's other tables are empty.
    std::array<std::byte, 128> buffer;
    stun::message_builder request(buffer, message_class::request, method::allocate, fix.next_id());
    requested_transport()(request);
    const auto plain = request.finish();
    const auto channel = as_bytes(std::string_view("\x40\0\0\1x", 5));
    std::uint64_t answered = 0;
    outputs out;
    for (std::uint32_t i = 0; i < 1'000'000; ++i) {
        const client_datagram in{
            .socket = 1,
            .protocol = client_protocol::udp,
            .remote = {ip_address::v4(0x30000000 + i * 97), static_cast<std::uint16_t>(i)},
            .payload = i % 4 == 0   ? plain
                       : i % 4 == 1 ? channel
                                    : bytes{}};
        fix.core.handle(in, fix.now + i * 1us, out);
        answered += out.transmits.size();
        out.clear();
    }
    CHECK(answered == 250'000);
    CHECK(fix.core.empty());
    CHECK_FALSE(fix.core.deadline());
    CHECK(fix.quotas.users() == 0);
    CHECK(fix.ports.in_use() == 0);
    CHECK(sizeof(source_limiter) < 64);
    CHECK(source_limiter::slots * 12 < 1'000'000);
}

}  // namespace conf::turn::test
