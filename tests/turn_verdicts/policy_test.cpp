// The two modes of the peer policy, and the order of its rules.
#include "libconf/turn/peer_policy.hpp"
#include "tests/stun/vectors.hpp"
#include "tests/turn_verdicts/relay.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace turn_verdicts;
using conf::ip_address;
using conf::ip_prefix;

endpoint at(std::string_view text) {
    return endpoint::parse(text).value();
}

turn::policy_options sfu_only() {
    return {.mode = conf::turn_peer_policy::sfu_only,
            .sfu = {{at("10.0.0.5:0").ip, 5000}, {at("10.0.0.6:0").ip, 0}, {at("[2001:db8::5]:0").ip, 5000}},
            .allowed = {},
            .own = {},
            .own_services = {}};
}

}  // namespace

// SEC-TURN-3: the default reaches the media addresses and nothing else.
TEST_CASE("sfu-only: 403 for every public address, the SFU's port works, another port of it does not",
          "[turn]") {
    relay server(usual_settings(sfu_only()));
    client ada("ada", "198.51.100.7:40000");
    REQUIRE(ada.allocate(server) == 0);

    int refused = 0;
    for (const auto& columns : vectors::read_table("turn-peers/peer-addresses.tsv")) {
        INFO(columns[0]);
        const endpoint peer{ip_address::parse(columns[0]).value(), 5000};
        CHECK(ada.create_permission(server, peer) == 403);
        CHECK(ada.bind_channel(server, 0x4000, peer) == 403);
        ada.send(server, peer, "hello");
        CHECK(sent_to_peers(server).empty());
        ++refused;
    }
    CHECK(refused == 56);

    struct sfu_case {
        std::string peer;
        bool permission, works;
    };
    for (const auto& c : std::vector<sfu_case>{
             {"10.0.0.5:5000", true, true},
             {"10.0.0.5:5001", true, false},  // a permission has no port, the datagram has
             {"10.0.0.5:22", true, false},
             {"10.0.0.6:1", true, true},  // no port given: every port
             {"10.0.0.6:65535", true, true},
             {"10.0.0.7:5000", false, false},
             {"[2001:db8::5]:5000", true, true},
             {"[2001:db8::5]:5001", true, false},
             {"[2001:db8::6]:5000", false, false},
             {"[::ffff:10.0.0.5]:5000", false, false},
         }) {
        INFO(c.peer);
        const auto peer = at(c.peer);
        CHECK(ada.create_permission(server, peer) == (c.permission ? 0 : 403));
        ada.send(server, peer, "hello");
        CHECK(sent_to_peers(server) == (c.works ? std::vector{peer} : std::vector<endpoint>{}));
        client bob("bob", "198.51.100.8:40000");
        REQUIRE(bob.allocate(server) == 0);
        CHECK(bob.bind_channel(server, 0x4000, peer) == (c.works ? 0 : 403));
        bob.send_on_channel(server, 0x4000, "hello");
        CHECK(sent_to_peers(server) == (c.works ? std::vector{peer} : std::vector<endpoint>{}));
        REQUIRE(bob.ask(server, stun::method::refresh,
                        [](auto& out) { out.add_u32(stun::attribute_type::lifetime, 0); }) == 0);
    }
}

TEST_CASE("sfu-only: one client's relayed address is no peer of another's", "[turn]") {
    relay server(usual_settings(sfu_only()));
    client ada("ada", "198.51.100.7:40000");
    client bob("bob", "198.51.100.8:40000");
    REQUIRE(ada.allocate(server) == 0);
    REQUIRE(bob.allocate(server) == 0);
    for (std::uint32_t port = first_port; port <= last_port; ++port) {
        CHECK(ada.create_permission(server, {relay_v4.ip, static_cast<std::uint16_t>(port)}) == 403);
    }
}

TEST_CASE("deny-list: what allow_peers opens, and what nothing opens", "[turn]") {
    struct rule_case {
        std::string why;
        std::string allow;  // the one prefix of turn.allow_peers; empty: none
        std::string peer;
        bool works;
    };
    const auto c = GENERATE(values<rule_case>({
        {"private without a word", "", "10.1.2.3:4000", false},
        {"private by its prefix", "10.0.0.0/8", "10.1.2.3:4000", true},
        {"private by its address", "10.1.2.3/32", "10.1.2.3:4000", true},
        {"the neighbour of that address", "10.1.2.3/32", "10.1.2.4:4000", false},
        {"private by everything", "0.0.0.0/0", "10.1.2.3:4000", true},
        {"loopback is not in everything", "0.0.0.0/0", "127.0.0.1:4000", false},
        {"loopback is not in half of everything", "0.0.0.0/1", "127.0.0.1:4000", false},
        {"loopback is not in the pair of ranges around it", "126.0.0.0/7", "127.0.0.1:4000", false},
        {"loopback by its range", "127.0.0.0/8", "127.0.0.1:4000", true},
        {"loopback by a part of its range", "127.0.0.0/24", "127.0.0.1:4000", true},
        {"loopback by another part of its range", "127.1.0.0/16", "127.0.0.1:4000", false},
        {"loopback IPv6 is not in everything", "::/0", "[::1]:4000", false},
        {"loopback IPv6 by its address", "::1/128", "[::1]:4000", true},
        {"loopback IPv6 is not in a range that begins before it", "::/127", "[::1]:4000", false},
        {"unspecified never", "0.0.0.0/0", "0.0.0.0:4000", false},
        {"unspecified never, by its address", "0.0.0.0/32", "0.0.0.0:4000", false},
        {"unspecified IPv6 never", "::/128", "[::]:4000", false},
        {"multicast never", "224.0.0.0/4", "224.0.0.1:4000", false},
        {"multicast never, at the end", "224.0.0.0/4", "239.255.255.255:4000", false},
        {"multicast IPv6 never", "ff00::/8", "[ff02::1]:4000", false},
        {"link-local never", "169.254.0.0/16", "169.254.169.254:80", false},
        {"link-local IPv6 never", "fe80::/10", "[fe80::1]:4000", false},
        {"unique local by its prefix", "fc00::/7", "[fd00::1]:4000", true},
        {"a prefix of the other family says nothing", "::/0", "10.1.2.3:4000", false},
        {"mapped never, by its prefix", "::ffff:0:0/96", "[::ffff:10.1.2.3]:4000", false},
        {"NAT64 never, by its prefix", "64:ff9b::/96", "[64:ff9b::a01:203]:4000", false},
        {"6to4 never, by its prefix", "2002::/16", "[2002:a01:203::1]:4000", false},
        {"public without a word", "", "8.8.8.8:4000", true},
        {"public IPv6 without a word", "", "[2606:4700::1111]:4000", true},
        {"port 0 never", "", "8.8.8.8:0", false},
    }));
    INFO(c.why << ": " << c.peer << " with allow_peers " << c.allow);
    auto options = deny_list();
    if (!c.allow.empty()) options.allowed = {ip_prefix::parse(c.allow).value()};
    const turn::peer_policy policy(options);
    const auto peer = at(c.peer);
    CHECK(policy.allows(peer) == c.works);

    relay server(usual_settings(options));
    client ada("ada", "198.51.100.7:40000");
    REQUIRE(ada.allocate(server) == 0);
    CHECK(ada.bind_channel(server, 0x4000, peer) == (c.works ? 0 : 403));
    static_cast<void>(ada.create_permission(server, peer));
    ada.send(server, peer, "hello");
    CHECK(sent_to_peers(server) == (c.works ? std::vector{peer} : std::vector<endpoint>{}));
}

TEST_CASE("the server's own addresses are denied unless they are named, its own services always", "[turn]") {
    struct own_case {
        std::string why;
        std::string allow;
        std::string peer;
        bool works;
    };
    const auto c = GENERATE(values<own_case>({
        {"an own public address", "", "9.9.9.1:4000", false},
        {"an own address that is named", "9.9.9.1/32", "9.9.9.1:4000", true},
        {"an own address inside a named range", "9.0.0.0/8", "9.9.9.1:4000", true},
        {"its listener although it is named", "9.9.9.1/32", "9.9.9.1:3478", false},
        {"the database although private is open", "10.0.0.0/8", "10.0.0.9:5432", false},
        {"another port of the database's host", "10.0.0.0/8", "10.0.0.9:5433", true},
        {"metrics on loopback although loopback is open", "127.0.0.0/8", "127.0.0.1:9090", false},
        {"another port on loopback", "127.0.0.0/8", "127.0.0.1:9091", true},
        {"a service on every address, over a named address", "9.9.9.1/32", "9.9.9.1:8443", false},
        {"a service on every address, over loopback", "127.0.0.0/8", "127.0.0.1:8443", false},
    }));
    INFO(c.why);
    auto options = deny_list();
    options.own = {at("9.9.9.1:0").ip};
    options.own_services = {at("9.9.9.1:3478"), at("10.0.0.9:5432"), at("127.0.0.1:9090"),
                            at("0.0.0.0:8443")};
    if (!c.allow.empty()) options.allowed = {ip_prefix::parse(c.allow).value()};
    const auto peer = at(c.peer);
    CHECK(turn::peer_policy(options).allows(peer) == c.works);

    relay server(usual_settings(options));
    client ada("ada", "198.51.100.7:40000");
    REQUIRE(ada.allocate(server) == 0);
    CHECK(ada.bind_channel(server, 0x4000, peer) == (c.works ? 0 : 403));
    static_cast<void>(ada.create_permission(server, peer));
    ada.send(server, peer, "hello");
    CHECK(sent_to_peers(server) == (c.works ? std::vector{peer} : std::vector<endpoint>{}));
}

TEST_CASE("deny-list: the media port of an SFU on a denied address opens that port and no other", "[turn]") {
    auto options = deny_list();
    options.sfu = {{at("10.0.0.5:0").ip, 5000}};
    relay server(usual_settings(options));
    client ada("ada", "198.51.100.7:40000");
    REQUIRE(ada.allocate(server) == 0);
    REQUIRE(ada.create_permission(server, at("10.0.0.5:5000")) == 0);
    ada.send(server, at("10.0.0.5:5000"), "hello");
    CHECK(sent_to_peers(server) == std::vector{at("10.0.0.5:5000")});
    ada.send(server, at("10.0.0.5:22"), "hello");
    CHECK(sent_to_peers(server).empty());
    CHECK(ada.bind_channel(server, 0x4000, at("10.0.0.5:22")) == 403);
}

TEST_CASE("deny-list: a permission for another client's relayed address opens nothing else of that host",
          "[turn]") {
    auto options = deny_list();
    options.own = {relay_v4.ip, relay_v6.ip};
    relay server(usual_settings(options));
    client ada("ada", "198.51.100.7:40000");
    client bob("bob", "198.51.100.8:40000");
    REQUIRE(ada.allocate(server) == 0);
    REQUIRE(bob.allocate(server) == 0);
    const auto relayed = [&](conf::ip_family family) {
        const auto ip = family == conf::ip_family::v4 ? relay_v4.ip : relay_v6.ip;
        const auto answer = stun::message::parse(server.out.transmits.at(0).head);
        std::optional<endpoint> found;
        answer->for_each([&](const stun::attribute& a) {
            if (a.type != stun::attribute_type::xor_relayed_address) return;
            const auto read = stun::read_xor_address(a.value, answer->transaction_id());
            if (read && read->ip == ip) found = read;
        });
        return found.value();
    };
    const auto bob_v4 = relayed(conf::ip_family::v4);
    const auto bob_v6 = relayed(conf::ip_family::v6);
    for (const auto& peer : {bob_v4, bob_v6}) {
        INFO(peer.to_string());
        REQUIRE(ada.create_permission(server, peer) == 0);
        ada.send(server, peer, "hello");
        CHECK(server.out.deliveries.size() == 1);  // inside the process
        CHECK(server.out.transmits.empty());
        ada.send(server, {peer.ip, 22}, "hello");
        CHECK(sent_to_peers(server).empty());
    }
    // The other allocation ends; its port is any port now.
    REQUIRE(bob.ask(server, stun::method::refresh,
                    [](auto& out) { out.add_u32(stun::attribute_type::lifetime, 0); }) == 0);
    for (const auto& peer : {bob_v4, bob_v6}) {
        ada.send(server, peer, "hello");
        CHECK(sent_to_peers(server).empty());
    }
}
