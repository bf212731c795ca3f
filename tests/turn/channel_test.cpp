/// RFC 8656 §12: channels and ChannelData.
#include "libconf/turn/channel_data.hpp"
#include "tests/turn/fixture.hpp"

namespace conf::turn::test {
namespace {

endpoint public_peer(unsigned number) {
    return {ip_address::v4(0x09090000 + number), 4000};
}

}  // namespace

TEST_CASE("a channel carries data both ways", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    REQUIRE(fix.bind(alice, 0x4000, peer_a).success());
    const auto relay = fix.the_relay();
    const auto to_peer = fix.send_channel(alice, 0x4000, "hello");
    REQUIRE(to_peer.size() == 1);
    CHECK(to_peer[0].via == transmit::door::relay);
    CHECK(to_peer[0].socket == relay);
    CHECK(to_peer[0].destination == peer_a);
    CHECK(to_peer[0].text() == "hello");
    CHECK_FALSE(to_peer[0].dont_fragment);

    const auto to_client = fix.receive_peer(relay, peer_a, "world!");
    REQUIRE(to_client.size() == 1);
    CHECK(to_client[0].via == transmit::door::client);
    CHECK(to_client[0].destination == alice.remote);
    CHECK(to_client[0].text() == std::string_view("\x40\x00\x00\x06world!", 10));
    // Another port of that peer has the permission but not the channel.
    const auto indication = fix.receive_peer(relay, {peer_a.ip, 1}, "x");
    REQUIRE(indication.size() == 1);
    CHECK(indication[0].message().method() == method::data);
}

TEST_CASE("channel numbers are 0x4000 to 0x4FFF", "[turn]") {
    struct row {
        std::uint16_t number;
        bool good;
    };
    const auto c = GENERATE(values<row>({{0x0000, false},
                                         {0x3FFF, false},
                                         {0x4000, true},
                                         {0x4FFF, true},
                                         {0x5000, false},
                                         {0x7FFF, false},
                                         {0x8000, false},
                                         {0xFFFF, false}}));
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    const auto got = fix.bind(alice, c.number, peer_a);
    CHECK(got.success() == c.good);
    if (!c.good) CHECK(got.error() == 400);
}

TEST_CASE("what a ChannelBind request may not say", "[turn]") {
    struct row {
        std::string why;
        attributes with;
        int error;
    };
    const auto number = raw(attribute_type::channel_number, std::string_view("\x40\0\0\0", 4));
    const auto c = GENERATE_COPY(values<row>({
        {"nothing", {}, 400},
        {"no peer", number, 400},
        {"no number", xor_peer(peer_a), 400},
        {"a number of two bytes",
         both(raw(attribute_type::channel_number, std::string_view("\x40\0", 2)), xor_peer(peer_a)), 400},
        {"a malformed peer", both(number, raw(attribute_type::xor_peer_address, "ab")), 400},
        {"a peer of the other family", both(number, xor_peer(peer_v6)), 443},
        {"a denied peer", both(number, xor_peer(at("169.254.169.254:80"))), 403},
        {"a bad number and a denied peer",
         both(raw(attribute_type::channel_number, std::string_view("\x50\0\0\0", 4)),
              xor_peer(at("10.0.0.1:1"))),
         400},
    }));
    INFO(c.why);
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    CHECK(fix.ask(alice, method::channel_bind, c.with).error() == c.error);
    CHECK(fix.send(alice, peer_a, "x").empty());
}

TEST_CASE("a channel and its permission have lives of their own", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice, lifetime(3600)).success());
    REQUIRE(fix.bind(alice, 0x4000, peer_a).success());
    const auto relay = fix.the_relay();
    fix.advance(permission_lifetime);
    CHECK(fix.send_channel(alice, 0x4000, "x").empty());
    CHECK(fix.core.count().dropped_no_permission == 1);
    CHECK(fix.receive_peer(relay, peer_a, "x").empty());
    REQUIRE(fix.permit(alice, {peer_a}).success());
    CHECK(fix.send_channel(alice, 0x4000, "x").size() == 1);
    fix.advance(channel_lifetime - permission_lifetime - 1us);
    CHECK(fix.send_channel(alice, 0x4000, "x").size() == 1);
    CHECK(fix.receive_peer(relay, peer_a, "x").at(0).data.size() == 5);
    fix.advance(1us);
    REQUIRE(fix.permit(alice, {peer_a}).success());
    CHECK(fix.send_channel(alice, 0x4000, "x").empty());
    CHECK(fix.core.count().dropped_no_channel == 1);
    // The peer's data comes as an indication again.
    CHECK(fix.receive_peer(relay, peer_a, "x").at(0).message().method() == method::data);
}

TEST_CASE("binding again refreshes channel and permission", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice, lifetime(3600)).success());
    for (int i = 0; i < 8; ++i) {
        REQUIRE(fix.bind(alice, 0x4000, peer_a).success());
        if (fix.core.count().stale_nonce_responses != 0) break;
        CHECK(fix.send_channel(alice, 0x4000, "x").size() == 1);
        fix.advance(permission_lifetime - 1us);
        CHECK(fix.send_channel(alice, 0x4000, "x").size() == 1);
        alice.nonce.clear();
    }
    CHECK(fix.core.count().from_clients.packets == 16);
}

TEST_CASE("a bound number or peer finds no new partner for a while", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice, lifetime(3600)).success());
    REQUIRE(fix.bind(alice, 0x4000, peer_a).success());
    REQUIRE(fix.bind(alice, 0x4001, peer_b).success());
    const auto refused = [&] {
        alice.nonce.clear();
        CHECK(fix.bind(alice, 0x4000, at("9.9.9.99:1")).error() == 400);  // its number
        CHECK(fix.bind(alice, 0x4002, peer_a).error() == 400);            // its peer
        CHECK(fix.bind(alice, 0x4000, peer_b).error() == 400);            // crossed
        CHECK(fix.bind(alice, 0x4001, peer_a).error() == 400);
    };
    refused();
    SECTION("while it lives the same pair may be bound") {
        CHECK(fix.bind(alice, 0x4000, peer_a).success());
    }
    SECTION("nor in the five minutes after its end, when the old pair may come back") {
        fix.advance(channel_lifetime);
        refused();
        fix.advance(channel_quarantine - 1us);
        refused();
        CHECK(fix.bind(alice, 0x4000, peer_a).success());
        CHECK(fix.send_channel(alice, 0x4000, "x").size() == 1);
    }
    SECTION("after them all is free") {
        fix.advance(channel_lifetime + channel_quarantine);
        alice.nonce.clear();
        CHECK(fix.bind(alice, 0x4000, peer_b).success());
        CHECK(fix.bind(alice, 0x4001, peer_a).success());
        CHECK(fix.send_channel(alice, 0x4000, "x").at(0).destination == peer_b);
        CHECK(fix.send_channel(alice, 0x4001, "x").at(0).destination == peer_a);
    }
    SECTION("a peer's other port is another peer") {
        CHECK(fix.bind(alice, 0x4002, {peer_a.ip, 1}).success());
    }
}

TEST_CASE("an allocation has so many channels", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice, lifetime(3600)).success());
    const auto bind = [&](unsigned i) {
        alice.nonce.clear();
        // A few addresses with several ports each: channels are counted here, not permissions.
        const endpoint peer{public_peer(i % 8).ip, static_cast<std::uint16_t>(4000 + i / 8)};
        return fix.bind(alice, static_cast<std::uint16_t>(0x4000 + i), peer);
    };
    for (unsigned i = 0; i < channels_per_allocation_max; ++i) REQUIRE(bind(i).success());
    CHECK(bind(64).error() == 508);
    CHECK(fix.core.count().capacity_refusals == 1);
    CHECK(bind(5).success());
    SECTION("those in quarantine count") {
        fix.advance(channel_lifetime + channel_quarantine - 1us);
        CHECK(bind(64).error() == 508);
        fix.advance(1us);
        CHECK(bind(64).success());
    }
}

TEST_CASE("ChannelData that fits nowhere is dropped and counted", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    REQUIRE(fix.bind(alice, 0x4000, peer_a).success());
    const auto& count = fix.core.count();
    SECTION("a channel that is not bound") {
        CHECK(fix.send_channel(alice, 0x4001, "x").empty());
        CHECK(count.dropped_no_channel == 1);
    }
    SECTION("a client without an allocation") {
        CHECK(fix.send_channel({.remote = at("198.51.100.9:1")}, 0x4000, "x").empty());
        CHECK(count.dropped_no_allocation == 1);
    }
    SECTION("a number outside the range is no channel at all") {
        CHECK(fix.receive(alice, as_bytes(std::string_view("\x50\0\0\1x", 5))).empty());
        CHECK(fix.receive(alice, as_bytes("\x80")).empty());
        CHECK(fix.receive(alice, {}).empty());
        CHECK(count.dropped_unknown_protocol == 3);
    }
    SECTION("a length that reaches behind the end") {
        CHECK(fix.receive(alice, as_bytes(std::string_view("\x40\0\0\2x", 5))).empty());
        CHECK(fix.receive(alice, as_bytes(std::string_view("\x40\0\xFF\xFFx", 5))).empty());
        CHECK(fix.receive(alice, as_bytes(std::string_view("\x40\0\0", 3))).empty());
        CHECK(fix.receive(alice, as_bytes(std::string_view("\x40", 1))).empty());
        CHECK(count.dropped_malformed == 4);
    }
    SECTION("an empty one is relayed") {
        const auto got = fix.receive(alice, as_bytes(std::string_view("\x40\0\0\0", 4)));
        REQUIRE(got.size() == 1);
        CHECK(got[0].data.empty());
    }
    SECTION("what stands behind the length is padding") {
        const auto got = fix.receive(alice, as_bytes(std::string_view("\x40\0\0\1xyzzy", 9)));
        REQUIRE(got.size() == 1);
        CHECK(got[0].text() == "x");
    }
}

TEST_CASE("padding is for streams", "[turn]") {
    const auto protocol =
        GENERATE(client_protocol::udp, client_protocol::tcp, client_protocol::tls, client_protocol::dtls);
    const std::size_t size = GENERATE(0U, 1U, 2U, 3U, 4U, 5U, 1200U);
    const bool stream = protocol == client_protocol::tcp || protocol == client_protocol::tls;
    fixture fix;
    visitor alice{.protocol = protocol};
    REQUIRE(fix.allocate(alice).success());
    REQUIRE(fix.bind(alice, 0x4000, peer_a).success());
    const auto got = fix.receive_peer(fix.the_relay(), peer_a, std::string(size, 'x'));
    REQUIRE(got.size() == 1);
    CHECK(got[0].data.size() == 4 + (stream ? align4(size) : size));
    CHECK(load_u16(got[0].data, 2) == size);
    if (stream) CHECK(next_frame(got[0].data).bytes == got[0].data.size());
    // An indication is a STUN message, which is padded everywhere.
    const auto indication = fix.receive_peer(fix.the_relay(), {peer_a.ip, 1}, std::string(size, 'x'));
    CHECK(indication.at(0).message().find(attribute_type::data)->size() == size);
}

}  // namespace conf::turn::test
