/// RFC 8656 §11: Send and Data indications, ICMP; data between two relayed addresses; bandwidth.
#include "tests/turn/fixture.hpp"

namespace conf::turn::test {
namespace {

visitor client_bob() {
    return {.remote = at("198.51.100.8:1"), .user = "bob", .password = "builder"};
}

}  // namespace

TEST_CASE("a Send indication becomes a datagram, a datagram a Data indication", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice, family(attribute_type::additional_address_family, 2)).success());
    REQUIRE(fix.permit(alice, {peer_a, peer_v6}).success());
    const auto peer = GENERATE(peer_a, peer_v6);
    const auto size = GENERATE(0U, 1U, 3U, 4U, 160U, 1200U, 60000U);
    const std::string payload(size, 'p');
    const auto out = fix.send(alice, peer, payload);
    REQUIRE(out.size() == 1);
    CHECK(out[0].socket == fix.the_relay(peer.ip.family()));
    CHECK(out[0].destination == peer);
    CHECK(out[0].text() == payload);

    const auto in = fix.receive_peer(fix.the_relay(peer.ip.family()), peer, payload);
    REQUIRE(in.size() == 1);
    CHECK(in[0].destination == alice.remote);
    CHECK(in[0].socket == alice.socket);
    const auto message = in[0].message();
    CHECK(message.type() == message_class::indication);
    CHECK(message.method() == method::data);
    CHECK(stun::read_xor_address(message.find(attribute_type::xor_peer_address).value(),
                                 message.transaction_id()) == peer);
    CHECK(as_text(message.find(attribute_type::data).value()) == payload);
    CHECK_FALSE(message.find(attribute_type::icmp));
    const auto& count = fix.core.count();
    CHECK(count.from_clients.packets == 1);
    CHECK(count.from_clients.bytes == size);
    CHECK(count.to_peers.bytes == size);
    CHECK(count.from_peers.bytes == size);
    CHECK(count.to_clients.bytes == size);
}

TEST_CASE("Data indications have ids that differ", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    REQUIRE(fix.permit(alice, {peer_a}).success());
    const auto one = fix.receive_peer(fix.the_relay(), peer_a, "x").at(0);
    const auto two = fix.receive_peer(fix.the_relay(), peer_a, "x").at(0);
    CHECK(one.message().transaction_id() != two.message().transaction_id());
}

TEST_CASE("a Send indication that lacks something is dropped", "[turn]") {
    struct row {
        std::string why;
        attributes with;
    };
    const auto data = raw(attribute_type::data, "x");
    const auto c = GENERATE_COPY(values<row>({
        {"nothing", {}},
        {"no data", xor_peer(peer_a)},
        {"no peer", data},
        {"a malformed peer", both(raw(attribute_type::xor_peer_address, "123"), data)},
        {"a required attribute nobody knows",
         both(both(xor_peer(peer_a), data), raw(static_cast<attribute_type>(0x7777), ""))},
    }));
    INFO(c.why);
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    REQUIRE(fix.permit(alice, {peer_a}).success());
    std::array<std::byte, 256> buffer;
    stun::message_builder indication(buffer, message_class::indication, method::send, fix.next_id());
    if (c.with) c.with(indication);
    CHECK(fix.receive(alice, indication.finish()).empty());
    CHECK(fix.core.count().dropped_malformed == 1);
    CHECK(fix.core.count().from_clients.packets == 0);
}

TEST_CASE("an optional attribute in a Send indication is passed over", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    REQUIRE(fix.permit(alice, {peer_a}).success());
    CHECK(fix.send(alice, peer_a, "x", raw(attribute_type::software, "mine")).size() == 1);
}

TEST_CASE("data without an allocation is dropped", "[turn]") {
    fixture fix;
    CHECK(fix.send({}, peer_a, "x").empty());
    CHECK(fix.receive_peer(0, peer_a, "x").empty());
    CHECK(fix.receive_peer(1000, peer_a, "x").empty());
    CHECK(fix.core.count().dropped_no_allocation == 3);
    CHECK(fix.core.count().from_clients.packets == 0);
}

TEST_CASE("DONT-FRAGMENT goes with its datagram", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice, raw(attribute_type::dont_fragment, "")).success());
    REQUIRE(fix.permit(alice, {peer_a}).success());
    CHECK(fix.send(alice, peer_a, "x", raw(attribute_type::dont_fragment, "")).at(0).dont_fragment);
    CHECK_FALSE(fix.send(alice, peer_a, "x").at(0).dont_fragment);
}

TEST_CASE("a denied peer gets nothing by Send either", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    for (const auto* peer : {"127.0.0.1:80", "10.0.0.1:80", "0.0.0.0:80", "224.0.0.1:80"}) {
        CHECK(fix.send(alice, at(peer), "x").empty());
    }
    CHECK(fix.core.count().dropped_no_permission == 4);
    CHECK(fix.send(alice, peer_v6, "x").empty());
    CHECK(fix.core.count().dropped_family == 1);
}

TEST_CASE("a payload that fits no indication harms no stream", "[turn]") {
    // Two clients on TCP, one relays to the other: 65 535 bytes fit a ChannelData message, but not the Data
    // indication that the other would get, whose length would run over.
    fixture fix;
    visitor alice{.protocol = client_protocol::tcp};
    auto bob = client_bob();
    bob.protocol = client_protocol::tcp;
    const auto hers = fix.allocate(alice).relayed()[0];
    const auto his = fix.allocate(bob).relayed()[0];
    REQUIRE(fix.bind(alice, 0x4000, his).success());
    REQUIRE(fix.permit(bob, {hers}).success());
    const auto size = GENERATE(65000U, 65504U, 65505U, 65507U, 65508U, 65535U);
    const std::string payload(size, 'x');
    fix.send_channel(alice, 0x4000, payload);
    const auto got = fix.deliver(hers, his, payload);
    if (size <= 65504) REQUIRE(got.size() == 1);
    for (const auto& one : got) {
        CHECK(one.message().find(attribute_type::data)->size() == size);
    }
}

TEST_CASE("ICMP errors become Data indications", "[turn]") {
    struct row {
        endpoint peer;
        std::uint8_t type, code;
        std::uint32_t data;
        bool forwarded;
    };
    const auto c = GENERATE(values<row>({
        {peer_a, 3, 3, 0, true},     // port unreachable
        {peer_a, 3, 4, 1280, true},  // too big, with the MTU
        {peer_a, 11, 0, 0, true},    // time exceeded
        {peer_a, 0, 0, 0, false},    // an echo says nothing
        {peer_a, 8, 0, 0, false},
        {peer_a, 12, 0, 0, false},
        {peer_a, 1, 0, 0, false},  // ICMPv6's number
        {peer_v6, 1, 4, 0, true},
        {peer_v6, 2, 0, 1280, true},
        {peer_v6, 3, 0, 0, true},
        {peer_v6, 4, 0, 0, false},
        {peer_v6, 11, 0, 0, false},
        {peer_v6, 129, 0, 0, false},
        {peer_b, 3, 3, 0, false},  // no permission
    }));
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice, family(attribute_type::additional_address_family, 2)).success());
    REQUIRE(fix.permit(alice, {peer_a, peer_v6}).success());
    const auto got = fix.icmp(fix.the_relay(c.peer.ip.family()), {c.peer, c.type, c.code, c.data});
    CHECK(fix.core.count().icmp_errors_forwarded == (c.forwarded ? 1 : 0));
    REQUIRE(got.size() == (c.forwarded ? 1 : 0));
    if (!c.forwarded) return;
    const auto message = got[0].message();
    CHECK(message.method() == method::data);
    CHECK_FALSE(message.find(attribute_type::data));
    CHECK(stun::read_xor_address(message.find(attribute_type::xor_peer_address).value(),
                                 message.transaction_id()) == c.peer);
    const auto icmp = message.find(attribute_type::icmp).value();
    REQUIRE(icmp.size() == 8);
    CHECK(load_u16(icmp, 0) == 0);
    CHECK(load_u16(icmp, 2) >> 9 == c.type);
    CHECK((load_u16(icmp, 2) & 0x1FF) == c.code);
    CHECK(load_u32(icmp, 4) == c.data);
}

TEST_CASE("an ICMP error for nobody is nothing", "[turn]") {
    fixture fix;
    CHECK(fix.icmp(0, {peer_a, 3, 3, 0}).empty());
    CHECK(fix.icmp(77, {peer_a, 3, 3, 0}).empty());
}

TEST_CASE("two relayed addresses of one server", "[turn]") {
    fixture fix;
    visitor alice;
    auto bob = client_bob();
    const auto hers = fix.allocate(alice).relayed()[0];
    const auto his = fix.allocate(bob).relayed()[0];
    REQUIRE(fix.permit(alice, {his}).success());
    REQUIRE(fix.send(alice, his, "hello").empty());  // never through the kernel
    REQUIRE(fix.deliveries.size() == 1);
    CHECK(fix.deliveries[0].from == hers);
    CHECK(fix.deliveries[0].to == his);
    CHECK(fix.deliveries[0].shard == 0);
    CHECK(fix.delivered[0] == "hello");
    SECTION("without the other's permission nothing arrives") {
        CHECK(fix.deliver(hers, his, "hello").empty());
        CHECK(fix.core.count().dropped_no_permission == 1);
    }
    SECTION("with it, it does") {
        REQUIRE(fix.permit(bob, {hers}).success());
        const auto got = fix.deliver(hers, his, "hello");
        REQUIRE(got.size() == 1);
        CHECK(got[0].destination == bob.remote);
        const auto message = got[0].message();
        CHECK(stun::read_xor_address(message.find(attribute_type::xor_peer_address).value(),
                                     message.transaction_id()) == hers);
    }
    SECTION("and by channels") {
        REQUIRE(fix.bind(alice, 0x4001, his).success());
        REQUIRE(fix.bind(bob, 0x4002, hers).success());
        REQUIRE(fix.send_channel(alice, 0x4001, "hello").empty());
        REQUIRE(fix.delivered.size() == 1);
        CHECK(fix.deliver(hers, his, "hello").at(0).text() == std::string_view("\x40\x02\0\5hello", 9));
    }
    SECTION("what arrives after the other has gone is dropped") {
        REQUIRE(fix.refresh(bob, 0).success());
        CHECK(fix.deliver(hers, his, "hello").empty());
        CHECK(fix.core.count().dropped_no_allocation == 1);
        CHECK(fix.send(alice, his, "hello").empty());
        CHECK(fix.delivered.empty());
        CHECK(fix.core.count().dropped_peer_denied == 1);
    }
    SECTION("what is for somebody who has gone does not reach who came after") {
        REQUIRE(fix.permit(bob, {hers}).success());
        REQUIRE(fix.refresh(bob, 0).success());
        visitor carol{.remote = at("198.51.100.9:1"), .user = "bob", .password = "builder"};
        REQUIRE(fix.allocate(carol).success());  // in bob's slot, at another port
        REQUIRE(fix.permit(carol, {hers}).success());
        CHECK(fix.deliver(hers, his, "hello").empty());
        CHECK(fix.core.count().dropped_no_allocation == 1);
    }
    SECTION("a free port of ours is no peer") {
        CHECK(fix.permit(bob, {{relay_v4, 49999}}).error() == 403);
    }
}

TEST_CASE("behind 1:1 NAT both of our addresses lead inside", "[turn]") {
    setup how;
    how.announce_external = true;
    how.with.policy.own = {ip("10.1.1.1"), ip("203.0.113.1")};
    fixture fix(how);
    visitor alice;
    auto bob = client_bob();
    const auto hers = fix.allocate(alice).relayed()[0];
    const auto his = fix.allocate(bob).relayed()[0];
    REQUIRE(fix.permit(alice, {his}).success());
    CHECK(fix.send(alice, his, "x").empty());
    REQUIRE(fix.deliveries.size() == 1);
    CHECK(fix.deliveries[0].from == hers);
    REQUIRE(fix.permit(alice, {{ip("10.1.1.1"), his.port}}).success());
    CHECK(fix.send(alice, {ip("10.1.1.1"), his.port}, "x").empty());
    CHECK(fix.deliveries.size() == 1);
}

TEST_CASE("sfu-only lets clients not reach each other", "[turn]") {
    setup how;
    how.with.policy.mode = turn_peer_policy::sfu_only;
    how.with.policy.sfu = {{peer_a.ip, 0}};
    fixture fix(how);
    visitor alice;
    auto bob = client_bob();
    REQUIRE(fix.allocate(alice).success());
    const auto his = fix.allocate(bob).relayed()[0];
    CHECK(fix.permit(alice, {his}).error() == 403);
    CHECK(fix.bind(alice, 0x4000, his).error() == 403);
    CHECK(fix.send(alice, his, "x").empty());
    CHECK(fix.deliveries.empty());
}

TEST_CASE("a delivery names the relay thread of its destination", "[turn]") {
    fixture one;
    fixture two({.seed = 2, .shard = 1}, one);
    visitor alice;
    auto bob = client_bob();
    const auto hers = one.allocate(alice).relayed()[0];
    const auto his = two.allocate(bob).relayed()[0];
    CHECK(hers.port != his.port);
    REQUIRE(one.permit(alice, {his}).success());
    REQUIRE(two.permit(bob, {hers}).success());
    one.send(alice, his, "hello");
    REQUIRE(one.deliveries.size() == 1);
    CHECK(one.deliveries[0].shard == 1);
    CHECK(two.deliver(hers, his, "hello").size() == 1);
    // Given to the wrong thread it is dropped.
    CHECK(one.deliver(hers, his, "hello").empty());
    CHECK(one.core.count().dropped_no_allocation == 1);
}

TEST_CASE("an allocation relays so many bits a second, each way", "[turn]") {
    setup how;
    how.with.limits.allocation_bps = 80'000;  // ten packets of 1000 bytes
    fixture fix(how);
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    REQUIRE(fix.permit(alice, {peer_a}).success());
    const std::string kilobyte(1000, 'k');
    const auto up = [&] { return fix.send(alice, peer_a, kilobyte).size(); };
    const auto down = [&] { return fix.receive_peer(fix.the_relay(), peer_a, kilobyte).size(); };
    for (int i = 0; i < 10; ++i) REQUIRE(up() == 1);
    CHECK(up() == 0);
    CHECK(fix.core.count().dropped_bandwidth == 1);
    for (int i = 0; i < 10; ++i) REQUIRE(down() == 1);
    CHECK(down() == 0);
    CHECK(fix.core.count().dropped_bandwidth == 2);
    fix.advance(100ms - 1us);
    CHECK(up() == 0);
    fix.advance(1us);
    CHECK(up() == 1);
    CHECK(up() == 0);
    fix.advance(1h);
    REQUIRE(fix.allocate(alice).error() == 438);
    alice.nonce.clear();
    REQUIRE(fix.allocate(alice).success());
    REQUIRE(fix.permit(alice, {peer_a}).success());
    for (int i = 0; i < 10; ++i) REQUIRE(up() == 1);
    CHECK(up() == 0);
    // Another allocation has its own (SEC-TURN-11).
    visitor second{.remote = at("198.51.100.7:2")};
    REQUIRE(fix.allocate(second).success());
    REQUIRE(fix.permit(second, {peer_a}).success());
    CHECK(fix.send(second, peer_a, kilobyte).size() == 1);
}

TEST_CASE("the whole server relays so many bits a second", "[turn]") {
    setup how;
    how.with.limits.total_bps = 80'000;
    fixture fix(how);
    visitor alice;
    auto bob = client_bob();
    REQUIRE(fix.allocate(alice).success());
    const auto relay = fix.the_relay();
    REQUIRE(fix.allocate(bob).success());
    REQUIRE(fix.permit(alice, {peer_a}).success());
    REQUIRE(fix.permit(bob, {peer_a}).success());
    const std::string kilobyte(1000, 'k');
    for (int i = 0; i < 5; ++i) REQUIRE(fix.send(alice, peer_a, kilobyte).size() == 1);
    for (int i = 0; i < 3; ++i) REQUIRE(fix.receive_peer(relay, peer_a, kilobyte).size() == 1);
    for (int i = 0; i < 2; ++i) REQUIRE(fix.send(bob, peer_a, kilobyte).size() == 1);
    CHECK(fix.send(bob, peer_a, kilobyte).empty());
    CHECK(fix.receive_peer(relay, peer_a, kilobyte).empty());
    CHECK(fix.core.count().dropped_bandwidth == 2);
    fix.advance(1s);
    CHECK(fix.send(bob, peer_a, kilobyte).size() == 1);
}

}  // namespace conf::turn::test
