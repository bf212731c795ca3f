/// SEC-TURN-5: nothing is left when all have gone. SEC-TURN-7: nothing of what was in a buffer before leaves
/// the server.
#include "tests/turn/fixture.hpp"

#include <random>

namespace conf::turn::test {
namespace {

std::size_t free_ports(port_table& ports, ip_family of) {
    crypto::keyed_random random(crypto::key_from_seed(9));
    std::size_t count = 0;
    while (ports.take(of, port_parity::any, 0, random)) ++count;
    return count;
}

/// Fills the arena that the core will write its answers to.
void poison(outputs& out, std::byte with) {
    out.clear();
    for (int i = 0; i < 4; ++i) std::ranges::fill(out.memory.take(arena::chunk_bytes), with);
    out.clear();
}

}  // namespace

TEST_CASE("ten thousand allocations of every kind leave nothing", "[turn]") {
    setup how;
    how.last_port = 50099;
    how.with.limits.allocations_per_user = 60;
    fixture fix(how);
    std::mt19937_64 dice(GENERATE(1U, 2U));
    std::vector<visitor> inside;
    std::vector<reservation_token> tokens;
    std::uint16_t next_port = 1;
    int cycles = 0;
    while (cycles < 5000) {
        const auto what = dice() % 10;
        if (what < 5) {
            visitor one{.remote = {ip("198.51.100.7"), next_port++}};
            if (dice() % 8 == 0) fix.binds_that_fail = static_cast<int>(dice() % 40);
            attributes more;
            const auto kind = dice() % 6;
            if (kind == 1) more = family(attribute_type::requested_address_family, 2);
            if (kind == 2) more = family(attribute_type::additional_address_family, 2);
            if (kind == 3) more = even_port(true);
            if (kind == 4) more = both(even_port(true), family(attribute_type::requested_address_family, 2));
            if (kind == 5 && !tokens.empty()) more = reservation(tokens[dice() % tokens.size()]);
            const auto got = fix.allocate(one, more);
            fix.binds_that_fail = 0;
            ++cycles;
            if (got.success()) {
                if (got.find(attribute_type::reservation_token)) tokens.push_back(token_of(got));
                inside.push_back(one);
            }
        } else if (what < 8 && !inside.empty()) {
            const auto at = dice() % inside.size();
            auto& one = inside[at];
            const auto got = fix.refresh(one, dice() % 3 == 0 ? 600 : 0);
            if (got.error() == 438 || got.error() == 437) one.nonce.clear();
            if (dice() % 2 == 0) inside.erase(inside.begin() + static_cast<std::ptrdiff_t>(at));  // abandoned
        } else {
            fix.advance(std::chrono::microseconds(dice() % 20'000'000));
        }
        REQUIRE(fix.quotas.total() == fix.core.count().allocations);
        REQUIRE(fix.ports.in_use() == fix.open.size());
    }
    fix.advance(allocation_lifetime_max);
    CHECK(fix.core.empty());
    CHECK(fix.core.count().allocations == 0);
    CHECK(fix.open.empty());
    CHECK(fix.quotas.total() == 0);
    CHECK(fix.quotas.users() == 0);
    CHECK(fix.ports.in_use() == 0);
    CHECK_FALSE(fix.core.deadline());
    CHECK(free_ports(fix.ports, ip_family::v4) == fix.ports.size());
    CHECK(free_ports(fix.ports, ip_family::v6) == fix.ports.size());
}

TEST_CASE("timers do not pile up", "[turn]") {
    fixture fix;
    visitor alice;
    const auto timers_left = [&] {
        // What is left in the queue shows as calls that find nothing to do.
        int calls = 0;
        while (const auto next = fix.core.deadline()) {
            fix.now = std::max(fix.now, *next);
            fix.core.handle_timeout(fix.now, fix.out);
            fix.out.clear();
            ++calls;
        }
        fix.open.clear();
        return calls;
    };
    SECTION("by refreshing") {
        REQUIRE(fix.allocate(alice).success());
        for (int i = 0; i < 10'000; ++i) REQUIRE(fix.refresh(alice, i % 2 == 0 ? 3600 : 600).success());
        CHECK(timers_left() <= 2);
    }
    SECTION("by coming and going") {
        for (int i = 0; i < 10'000; ++i) {
            REQUIRE(fix.allocate(alice, lifetime(i % 2 == 0 ? 3600 : 600)).success());
            REQUIRE(fix.refresh(alice, 0).success());
        }
        CHECK(timers_left() <= 2);
    }
    SECTION("by coming and going for hours") {
        for (int i = 0; i < 2'000; ++i) {
            alice.nonce.clear();
            REQUIRE(fix.allocate(alice, lifetime(i % 2 == 0 ? 3600 : 600)).success());
            REQUIRE(fix.refresh(alice, 0).success());
            fix.advance(i * 1ms + 5s);
        }
        CHECK(timers_left() <= 8);
    }
}

TEST_CASE("slots are used again", "[turn]") {
    fixture fix;
    relay_id highest = 0;
    for (std::uint16_t i = 1; i <= 1000; ++i) {
        visitor one{.remote = {ip("198.51.100.7"), i}};
        REQUIRE(fix.allocate(one).success());
        highest = std::max(highest, fix.open.rbegin()->first);
        REQUIRE(fix.refresh(one, 0).success());
    }
    CHECK(highest <= 1);
}

TEST_CASE("answers contain nothing of what was in the buffer", "[turn]") {
    // Two servers with the same keys, whose buffers held different bytes before, must say the same, byte for
    // byte.
    fixture one;
    fixture two;
    visitor alice{.user = "bob", .password = "builder", .fingerprint = GENERATE(false, true)};
    alice.names_algorithms = alice.sha256 = GENERATE(false, true);
    if (alice.sha256) alice.algorithm = stun::password_algorithm::sha256;
    auto twin = alice;
    int compared = 0;
    const auto same = [&](const std::function<std::vector<sent>(fixture&, visitor&)>& act) {
        poison(one.out, std::byte{0xA5});
        poison(two.out, std::byte{0x5A});
        const auto a = act(one, alice);
        const auto b = act(two, twin);
        REQUIRE(a.size() == b.size());
        for (std::size_t i = 0; i < a.size(); ++i) {
            CHECK(a[i].data == b[i].data);
            ++compared;
        }
    };
    const auto asked = [&](method which, const attributes& more) {
        same([&](fixture& fix, visitor& who) {
            const auto got = fix.ask(who, which, more);
            return got.silent() ? std::vector<sent>{} : std::vector{*got.datagram};
        });
    };
    same([&](fixture& fix, visitor& who) {
        return std::vector{*fix.ask_unsigned(who, method::allocate).datagram};
    });
    same([&](fixture& fix, visitor& who) {
        return std::vector{*fix.ask_unsigned(who, method::binding).datagram};
    });
    asked(method::allocate, both(requested_transport(6), {}));
    asked(method::allocate, both(requested_transport(), raw(static_cast<attribute_type>(0x7123), "abc")));
    asked(method::allocate, both(requested_transport(), both(even_port(true), {})));
    asked(method::allocate, both(requested_transport(), {}));
    asked(method::create_permission, xor_peer(peer_a));
    asked(method::create_permission, xor_peer(at("10.0.0.1:1")));
    asked(method::channel_bind,
          both(raw(attribute_type::channel_number, std::string_view("\x40\0\0\0", 4)), xor_peer(peer_a)));
    asked(method::refresh, lifetime(600));
    for (std::size_t size = 0; size < 9; ++size) {
        const std::string payload(size, 'x');
        same([&](fixture& fix, visitor&) { return fix.receive_peer(fix.the_relay(), peer_a, payload); });
        same([&](fixture& fix, visitor&) {
            return fix.receive_peer(fix.the_relay(), {peer_a.ip, 1}, payload);
        });
    }
    same([&](fixture& fix, visitor&) { return fix.icmp(fix.the_relay(), {peer_a, 3, 4, 1280}); });
    asked(method::refresh, lifetime(0));
    asked(method::refresh, lifetime(0));
    CHECK(compared == 31);
}

}  // namespace conf::turn::test
