/// RFC 8656 §9, §10: permissions.
#include "tests/turn/fixture.hpp"

namespace conf::turn::test {
namespace {

endpoint public_peer(unsigned number) {
    return {ip_address::v4(0x09090000 + number), 4000};
}

}  // namespace

TEST_CASE("a permission opens both directions, for every port of an address", "[turn]") {
    fixture fix;
    visitor alice;
    const auto relayed = fix.allocate(alice).relayed()[0];
    const auto relay = fix.the_relay();
    CHECK(fix.send(alice, peer_a, "too early").empty());
    CHECK(fix.receive_peer(relay, peer_a, "too early").empty());
    CHECK(fix.core.count().dropped_no_permission == 2);

    REQUIRE(fix.permit(alice, {peer_a}).success());
    const auto out = fix.send(alice, {peer_a.ip, 9}, "hello");
    REQUIRE(out.size() == 1);
    CHECK(out[0].via == transmit::door::relay);
    CHECK(out[0].socket == relay);
    CHECK(out[0].destination == endpoint{peer_a.ip, 9});
    CHECK(out[0].text() == "hello");
    CHECK(fix.receive_peer(relay, {peer_a.ip, 9}, "hello").size() == 1);
    CHECK(fix.send(alice, peer_b, "not he").empty());
    CHECK(fix.receive_peer(relay, peer_b, "not he").empty());
    CHECK(relayed.port != 0);
}

TEST_CASE("a permission lives 300 seconds", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    REQUIRE(fix.permit(alice, {peer_a}).success());
    const auto relay = fix.the_relay();
    fix.advance(permission_lifetime - 1us);
    CHECK(fix.send(alice, peer_a, "x").size() == 1);
    CHECK(fix.receive_peer(relay, peer_a, "x").size() == 1);
    SECTION("and no longer") {
        fix.advance(1us);
        CHECK(fix.send(alice, peer_a, "x").empty());
        CHECK(fix.receive_peer(relay, peer_a, "x").empty());
        REQUIRE(fix.permit(alice, {peer_a}).success());
        CHECK(fix.send(alice, peer_a, "x").size() == 1);
    }
    SECTION("data does not prolong it, a request does") {
        REQUIRE(fix.permit(alice, {peer_a}).success());
        fix.advance(permission_lifetime - 1us);
        CHECK(fix.send(alice, peer_a, "x").size() == 1);
        fix.advance(1us);
        CHECK(fix.send(alice, peer_a, "x").empty());
    }
    SECTION("a refresh of the allocation does not prolong it") {
        REQUIRE(fix.refresh(alice, 3600).success());
        fix.advance(1us);
        CHECK(fix.send(alice, peer_a, "x").empty());
    }
}

TEST_CASE("what a CreatePermission request may not say", "[turn]") {
    struct row {
        std::string why;
        attributes with;
        int error;
    };
    const auto peer = attribute_type::xor_peer_address;
    const auto c = GENERATE_COPY(values<row>({
        {"no peer", {}, 400},
        {"a peer of three bytes", raw(peer, "\0\1\2"), 400},
        {"a peer of an unknown family", raw(peer, std::string_view("\0\3\0\1abcd", 8)), 400},
        {"an IPv4 family with an IPv6 address", raw(peer, std::string_view("\0\1\0\1abcdefghijklmnop", 20)),
         400},
        {"a peer of the other family", xor_peer(peer_v6), 443},
        {"a peer that is denied", xor_peer(at("127.0.0.1:80")), 403},
        {"a denied peer behind a good one", both(xor_peer(peer_a), xor_peer(at("10.0.0.1:80"))), 403},
        {"a foreign family behind a good one", both(xor_peer(peer_a), xor_peer(peer_v6)), 443},
        {"the first wrong peer decides", both(xor_peer(peer_v6), xor_peer(at("10.0.0.1:80"))), 443},
        {"the server's own address", xor_peer({relay_v4, 22}), 403},
    }));
    INFO(c.why);
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    CHECK(fix.ask(alice, method::create_permission, c.with).error() == c.error);
    CHECK(fix.core.count().peer_refusals == (c.error == 403 ? 1 : 0));
    // All or none.
    CHECK(fix.send(alice, peer_a, "x").empty());
}

TEST_CASE("several peers at once", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice, family(attribute_type::additional_address_family, 2)).success());
    REQUIRE(fix.permit(alice, {peer_a, peer_v6, peer_b, peer_a}).success());
    for (const auto& peer : {peer_a, peer_b, peer_v6}) CHECK(fix.send(alice, peer, "x").size() == 1);
}

TEST_CASE("an allocation has so many permissions", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    for (unsigned i = 0; i < permissions_per_allocation_max; ++i)
        REQUIRE(fix.permit(alice, {public_peer(i)}).success());
    CHECK(fix.permit(alice, {public_peer(1000)}).error() == 508);
    CHECK(fix.core.count().capacity_refusals == 1);
    CHECK(fix.send(alice, public_peer(1000), "x").empty());
    // What is there can be refreshed.
    CHECK(fix.permit(alice, {public_peer(0)}).success());
    SECTION("a request that does not fit whole changes nothing") {
        CHECK(fix.permit(alice, {public_peer(1), public_peer(1001)}).error() == 508);
        CHECK(fix.send(alice, public_peer(1), "x").size() == 1);
        fix.advance(permission_lifetime);
        CHECK(fix.send(alice, public_peer(1), "x").empty());
    }
    SECTION("expired ones make room") {
        fix.advance(permission_lifetime);
        for (unsigned i = 0; i < permissions_per_allocation_max; ++i) {
            REQUIRE(fix.permit(alice, {public_peer(2000 + i)}).success());
        }
        CHECK(fix.permit(alice, {public_peer(1000)}).error() == 508);
    }
    SECTION("a channel needs a permission too") {
        CHECK(fix.bind(alice, 0x4000, public_peer(1000)).error() == 508);
        CHECK(fix.send_channel(alice, 0x4000, "x").empty());
        CHECK(fix.bind(alice, 0x4000, public_peer(3)).success());
        CHECK(fix.send_channel(alice, 0x4000, "x").size() == 1);
    }
    SECTION("another allocation has its own") {
        visitor second{.remote = at("198.51.100.7:2")};
        REQUIRE(fix.allocate(second).success());
        CHECK(fix.permit(second, {public_peer(1000)}).success());
    }
}

TEST_CASE("a permission of one allocation is none of another", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    const auto hers = fix.the_relay();
    REQUIRE(fix.permit(alice, {peer_a}).success());
    visitor bob{.remote = at("198.51.100.8:1"), .user = "bob", .password = "builder"};
    REQUIRE(fix.allocate(bob).success());
    CHECK(fix.send(bob, peer_a, "x").empty());
    for (const auto& [relay, bound] : fix.open) {
        const auto got = fix.receive_peer(relay, peer_a, "x");
        CHECK(got.size() == (relay == hers ? 1 : 0));
        if (!got.empty()) CHECK(got[0].destination == alice.remote);
    }
    // A new allocation in the same slot begins empty.
    REQUIRE(fix.refresh(alice, 0).success());
    REQUIRE(fix.allocate(alice).success());
    CHECK(fix.send(alice, peer_a, "x").empty());
}

TEST_CASE("sfu-only knows addresses and ports", "[turn]") {
    setup how;
    how.with.policy.mode = turn_peer_policy::sfu_only;
    how.with.policy.sfu = {{ip("10.0.0.5"), 7000}, {ip("9.9.9.9"), 0}};
    fixture fix(how);
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    CHECK(fix.permit(alice, {peer_b}).error() == 403);
    // Permissions have no port (RFC 8656 §9), so each packet is judged.
    REQUIRE(fix.permit(alice, {at("10.0.0.5:9999")}).success());
    CHECK(fix.send(alice, at("10.0.0.5:7000"), "x").size() == 1);
    CHECK(fix.send(alice, at("10.0.0.5:7001"), "x").empty());
    CHECK(fix.core.count().dropped_peer_denied == 1);
    CHECK(fix.bind(alice, 0x4000, at("10.0.0.5:7001")).error() == 403);
    CHECK(fix.bind(alice, 0x4000, at("10.0.0.5:7000")).success());
    REQUIRE(fix.permit(alice, {at("9.9.9.9:1")}).success());
    CHECK(fix.send(alice, at("9.9.9.9:1234"), "x").size() == 1);
}

TEST_CASE("a new policy holds for permissions that were given before", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    REQUIRE(fix.permit(alice, {peer_a, peer_b}).success());
    REQUIRE(fix.bind(alice, 0x4000, peer_a).success());
    auto stricter = plain_settings();
    stricter.policy.mode = turn_peer_policy::sfu_only;
    stricter.policy.sfu = {{peer_b.ip, 0}};
    fix.core.reconfigure(stricter);
    CHECK(fix.send(alice, peer_a, "x").empty());
    CHECK(fix.send_channel(alice, 0x4000, "x").empty());
    CHECK(fix.core.count().dropped_peer_denied == 2);
    CHECK(fix.send(alice, peer_b, "x").size() == 1);
    CHECK(fix.bind(alice, 0x4000, peer_a).error() == 403);
}

TEST_CASE("an SFU's port on an address of ours opens that port only", "[turn]") {
    // conf-server as a whole: the media port stands on the host's own address, in either mode.
    setup how;
    how.with.policy.mode = GENERATE(turn_peer_policy::sfu_only, turn_peer_policy::deny_list);
    how.with.policy.own = {relay_v4, ip("9.9.9.9")};
    how.with.policy.sfu = {{ip("9.9.9.9"), 7000}, {ip("10.0.0.5"), 7000}};
    fixture fix(how);
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    const auto host = GENERATE(ip("9.9.9.9"), ip("10.0.0.5"));
    REQUIRE(fix.permit(alice, {{host, 7000}}).success());
    CHECK(fix.send(alice, {host, 7000}, "x").size() == 1);
    CHECK(fix.send(alice, {host, 22}, "x").empty());
    CHECK(fix.bind(alice, 0x4000, {host, 22}).error() == 403);
    CHECK(fix.core.count().dropped_peer_denied == 1);
}

TEST_CASE("a neighbour's relay opens no other port of ours", "[turn]") {
    fixture fix;
    visitor alice;
    visitor bob{.remote = at("198.51.100.8:1"), .user = "bob", .password = "builder"};
    REQUIRE(fix.allocate(alice).success());
    const auto relayed = fix.allocate(bob).relayed()[0];
    REQUIRE(fix.permit(alice, {relayed}).success());
    CHECK(fix.send(alice, {relay_v4, 22}, "x").empty());
    CHECK(fix.send(alice, {relay_v4, 3478}, "x").empty());
    CHECK(fix.core.count().dropped_peer_denied == 2);
    CHECK(fix.core.count().to_peers.packets == 0);
    REQUIRE(fix.bind(alice, 0x4000, relayed).success());
    REQUIRE(fix.refresh(bob, 0).success());
    CHECK(fix.send_channel(alice, 0x4000, "x").empty());
    CHECK(fix.core.count().dropped_peer_denied == 3);
}

TEST_CASE("nothing goes to port 0", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    REQUIRE(fix.permit(alice, {{peer_a.ip, 0}}).success());  // a permission has no port
    CHECK(fix.send(alice, {peer_a.ip, 0}, "x").empty());
    CHECK(fix.core.count().dropped_peer_denied == 1);
    CHECK(fix.bind(alice, 0x4000, {peer_a.ip, 0}).error() == 403);
}

}  // namespace conf::turn::test
