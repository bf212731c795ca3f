// Whom the relay sends to: the table of relay addresses, and every way to spell an IPv4 address in IPv6.
#include "libconf/turn/peer_policy.hpp"
#include "tests/stun/random_messages.hpp"
#include "tests/stun/vectors.hpp"
#include "tests/turn_verdicts/relay.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <functional>

namespace {

using namespace turn_verdicts;
using conf::ip_address;

struct row {
    ip_address ip;
    bool allowed = false;
    std::string why;
};

std::vector<row> read_rows() {
    std::vector<row> rows;
    for (const auto& columns : vectors::read_table("turn-peers/peer-addresses.tsv")) {
        const auto ip = ip_address::parse(columns.at(0));
        REQUIRE(ip);
        REQUIRE((columns.at(1) == "allow" || columns.at(1) == "deny"));
        rows.push_back({*ip, columns[1] == "allow", columns.at(0) + " " + columns.at(2)});
    }
    return rows;
}

/// The seven ways, security requirement SEC-TURN-2.
struct embedding {
    std::string name;
    std::function<ip_address(std::uint32_t v4, vectors::generator& random)> make;
};

ip_address made_of(std::string_view prefix, std::size_t at, std::uint32_t v4, bool inverted = false) {
    auto raw = ip_address::parse(prefix).value().storage();
    conf::store_u32(raw, at, inverted ? ~v4 : v4);
    return ip_address::from_bytes(raw);
}

const std::vector<embedding>& embeddings() {
    static const std::vector<embedding> list{
        {"mapped ::ffff:a.b.c.d", [](auto v4, auto&) { return made_of("::ffff:0:0", 12, v4); }},
        {"compatible ::a.b.c.d", [](auto v4, auto&) { return made_of("::", 12, v4); }},
        {"translated ::ffff:0:a.b.c.d", [](auto v4, auto&) { return made_of("::ffff:0:0:0", 12, v4); }},
        {"NAT64 64:ff9b::a.b.c.d", [](auto v4, auto&) { return made_of("64:ff9b::", 12, v4); }},
        {"local NAT64 64:ff9b:1::/48",
         [](auto v4, auto& random) {
             // RFC 6052 2.2: in a /48 the address stands on both sides of the zero octet 8.
             auto raw = ip_address::parse("64:ff9b:1::").value().storage();
             conf::store_u16(raw, 6, static_cast<std::uint16_t>(v4 >> 16));
             raw[9] = static_cast<std::byte>(v4 >> 8 & 0xFF);
             raw[10] = static_cast<std::byte>(v4 & 0xFF);
             raw[15] = static_cast<std::byte>(random() & 0xFF);
             return ip_address::from_bytes(raw);
         }},
        {"6to4 2002:aabb:ccdd::/48",
         [](auto v4, auto& random) {
             auto raw = made_of("2002::", 2, v4).storage();
             conf::store_u32(raw, 12, static_cast<std::uint32_t>(random()));
             return ip_address::from_bytes(raw);
         }},
        {"Teredo 2001:0::/32, inverted",
         [](auto v4, auto& random) {
             auto raw = made_of("2001::", 12, v4, true).storage();
             conf::store_u32(raw, 4, static_cast<std::uint32_t>(random()));
             return ip_address::from_bytes(raw);
         }},
    };
    return list;
}

constexpr std::uint16_t peer_port = 4000;

}  // namespace

TEST_CASE("56 of 56 relay addresses are judged right by the table of denied ranges", "[turn][vectors]") {
    const auto rows = read_rows();
    REQUIRE(rows.size() == 56);
    int right = 0;
    for (const auto& [ip, allowed, why] : rows) {
        INFO(why);
        CHECK(turn::is_denied_address(ip) == !allowed);
        const turn::peer_policy policy(deny_list());
        CHECK(policy.allows({ip, peer_port}) == allowed);
        CHECK(policy.allows_any_port(ip) == allowed);
        ++right;
    }
    INFO(right << " of 56");
    CHECK(right == 56);
}

// SEC-TURN-1: the same verdict through every door.
TEST_CASE("56 of 56 relay addresses are right through CreatePermission and Send", "[turn][vectors]") {
    relay server(usual_settings(deny_list()));
    client ada("ada", "198.51.100.7:40000");
    REQUIRE(ada.allocate(server) == 0);
    for (const auto& [ip, allowed, why] : read_rows()) {
        INFO(why);
        const endpoint peer{ip, peer_port};
        CHECK(ada.create_permission(server, peer) == (allowed ? 0 : 403));
        CHECK(sent_to_peers(server).empty());
        ada.send(server, peer, "hello");
        CHECK(sent_to_peers(server) == (allowed ? std::vector{peer} : std::vector<endpoint>{}));
        // A permission has no port, so all ports are as the one it was asked for.
        ada.send(server, {ip, 65535}, "hello");
        CHECK(sent_to_peers(server).size() == (allowed ? 1U : 0U));
    }
    CHECK(server.core.count().peer_refusals == 48);
    CHECK(server.core.count().to_peers.packets == 16);
}

TEST_CASE("56 of 56 relay addresses are right through ChannelBind and ChannelData", "[turn][vectors]") {
    relay server(usual_settings(deny_list()));
    client ada("ada", "198.51.100.7:40000");
    REQUIRE(ada.allocate(server) == 0);
    std::uint16_t channel = turn::channel_first;
    for (const auto& [ip, allowed, why] : read_rows()) {
        INFO(why);
        const endpoint peer{ip, peer_port};
        CHECK(ada.bind_channel(server, channel, peer) == (allowed ? 0 : 403));
        ada.send_on_channel(server, channel, "hello");
        CHECK(sent_to_peers(server) == (allowed ? std::vector{peer} : std::vector<endpoint>{}));
        ++channel;
    }
}

TEST_CASE("56 of 56 relay addresses get nothing from a Send indication without a permission",
          "[turn][vectors]") {
    relay server(usual_settings(deny_list()));
    client ada("ada", "198.51.100.7:40000");
    REQUIRE(ada.allocate(server) == 0);
    for (const auto& [ip, allowed, why] : read_rows()) {
        INFO(why);
        ada.send(server, {ip, peer_port}, "hello");
        CHECK(sent_to_peers(server).empty());
    }
    CHECK(server.core.count().dropped_no_permission == 56);
}

TEST_CASE("a denied peer gets nothing although the permission was granted under an older policy", "[turn]") {
    auto open = deny_list();
    open.allowed = {conf::ip_prefix::parse("10.0.0.0/8").value()};
    relay server(usual_settings(open));
    client ada("ada", "198.51.100.7:40000");
    REQUIRE(ada.allocate(server) == 0);
    const auto peer = endpoint::parse("10.0.0.1:4000").value();
    REQUIRE(ada.bind_channel(server, 0x4000, peer) == 0);
    ada.send(server, peer, "hello");
    REQUIRE(sent_to_peers(server).size() == 1);
    server.core.reconfigure(usual_settings(deny_list()));
    ada.send(server, peer, "hello");
    CHECK(sent_to_peers(server).empty());
    ada.send_on_channel(server, 0x4000, "hello");
    CHECK(sent_to_peers(server).empty());
}

TEST_CASE("70 000 of 70 000 IPv6 spellings of random IPv4 addresses are denied", "[turn][property]") {
    REQUIRE(embeddings().size() == 7);
    constexpr std::uint64_t seed = 26262;
    vectors::generator random(seed);
    const turn::peer_policy policy(deny_list());
    int denied = 0;
    for (const auto& way : embeddings()) {
        for (int i = 0; i < 10'000; ++i) {
            const auto ip = way.make(static_cast<std::uint32_t>(random()), random);
            const bool refused =
                turn::is_denied_address(ip) && !policy.allows({ip, peer_port}) && !policy.allows_any_port(ip);
            if (!refused) FAIL("seed " << seed << ": " << way.name << " " << ip.to_string());
            ++denied;
        }
    }
    CHECK(denied == 70'000);
}

TEST_CASE("70 000 of 70 000 IPv6 spellings are denied even where ::/0 is allowed by name",
          "[turn][property]") {
    constexpr std::uint64_t seed = 27624;
    vectors::generator random(seed);
    auto wide = deny_list();
    wide.allowed = {conf::ip_prefix::parse("::/0").value(), conf::ip_prefix::parse("0.0.0.0/0").value()};
    const turn::peer_policy policy(wide);
    int denied = 0;
    for (const auto& way : embeddings()) {
        for (int i = 0; i < 10'000; ++i) {
            const auto ip = way.make(static_cast<std::uint32_t>(random()), random);
            if (policy.allows({ip, peer_port}) || policy.allows_any_port(ip)) {
                FAIL("seed " << seed << ": " << way.name << " " << ip.to_string());
            }
            ++denied;
        }
    }
    CHECK(denied == 70'000);
}

TEST_CASE("700 IPv6 spellings are denied through the three doors of the server", "[turn][property]") {
    constexpr std::uint64_t seed = 73212;
    vectors::generator random(seed);
    relay server(usual_settings(deny_list()));
    client ada("ada", "198.51.100.7:40000");
    REQUIRE(ada.allocate(server) == 0);
    for (const auto& way : embeddings()) {
        for (int i = 0; i < 100; ++i) {
            const endpoint peer{way.make(static_cast<std::uint32_t>(random()), random), peer_port};
            INFO("seed " << seed << ": " << way.name << " " << peer.to_string());
            REQUIRE(ada.create_permission(server, peer) == 403);
            REQUIRE(ada.bind_channel(server, 0x4000, peer) == 403);
            ada.send(server, peer, "hello");
            REQUIRE(sent_to_peers(server).empty());
        }
    }
}
