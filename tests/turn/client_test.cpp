/// The TURN client against the server core, without a network between them.
#include "libconf/turn/client.hpp"
#include "libconf/turn/channel_data.hpp"
#include "libconf/turn/credentials.hpp"
#include "tests/turn/fixture.hpp"

#include <algorithm>

namespace conf::turn::test {
namespace {

using kind = client_event::kind;

struct owned_event {
    kind what;
    stun::method method;
    int error;
    endpoint address;
    std::string payload;
};

/// A client on a perfect wire; `cut` loses everything.
struct wired {
    explicit wired(client_options options = {.username = "alice", .password = "wonderland"}, setup how = {})
        : fix(std::move(how)), who{.protocol = options.protocol}, one(options, crypto::key_from_seed(5)) {}

    /// Carries what the client wants to send, and the answers, until nobody has anything to say.
    void settle() {
        while (!out.transmits.empty() || !out.events.empty()) {
            for (const auto& event : out.events) {
                events.push_back({event.what, event.method, event.error, event.address,
                                  std::string(as_text(event.payload))});
                icmp = event;
            }
            std::vector<std::vector<std::byte>> sent_by_client;
            for (const auto& one_transmit : out.transmits) {
                auto& joined = sent_by_client.emplace_back();
                joined.assign(one_transmit.head.begin(), one_transmit.head.end());
                joined.insert(joined.end(), one_transmit.body.begin(), one_transmit.body.end());
                joined.insert(joined.end(), one_transmit.padding, std::byte{0});
                sent_at.push_back(fix.now);
            }
            out.clear();
            for (const auto& joined : sent_by_client) {
                last = joined;
                if (cut) continue;
                for (const auto& answer_to_it : fix.receive(who, joined)) take(answer_to_it);
            }
        }
    }

    void take(const sent& datagram) {
        if (datagram.via == transmit::door::relay) {
            at_peer.push_back(datagram);
        } else {
            one.handle(datagram.data, fix.now, out);
            for (const auto& event : out.events) {
                events.push_back({event.what, event.method, event.error, event.address,
                                  std::string(as_text(event.payload))});
                icmp = event;
            }
            out.events.clear();
        }
    }

    void from_peer(const endpoint& peer, std::string_view payload, ip_family family = ip_family::v4) {
        for (const auto& got : fix.receive_peer(fix.the_relay(family), peer, payload)) take(got);
        settle();
    }

    void pass(duration by) {
        const auto until = fix.now + by;
        for (;;) {
            const auto next = one.deadline();
            if (!next || *next > until) break;
            fix.advance(std::max(*next - fix.now, duration{}));
            one.handle_timeout(fix.now, out);
            settle();
        }
        fix.advance(until - fix.now);
    }

    void allocate(const allocate_wish& wish = {}) {
        one.allocate(wish, fix.now, out);
        settle();
    }
    void permit(const endpoint& peer) {
        one.create_permission({peer}, fix.now, out);
        settle();
    }
    void bind(std::uint16_t number, const endpoint& peer) {
        one.bind_channel(number, peer, fix.now, out);
        settle();
    }
    void send(const endpoint& peer, std::string_view payload) {
        one.send(peer, as_bytes(payload), out);
        settle();
    }

    fixture fix;
    visitor who;
    client one;
    client_outputs out;
    std::vector<owned_event> events;
    client_event icmp;
    std::vector<sent> at_peer;
    std::vector<instant> sent_at;
    std::vector<std::byte> last;
    bool cut = false;
};

const client_options alice_options{.username = "alice", .password = "wonderland"};

}  // namespace

TEST_CASE("the client allocates, permits, binds and relays", "[turn]") {
    auto options = alice_options;
    options.strongest = GENERATE(stun::password_algorithm::md5, stun::password_algorithm::sha256);
    options.fingerprint = GENERATE(false, true);
    options.protocol = GENERATE(client_protocol::udp, client_protocol::tls);
    wired w(options);
    w.one.ask_mapped_address(w.fix.now, w.out);
    w.settle();
    CHECK(w.one.mapped() == w.who.remote);
    w.allocate();
    REQUIRE(w.one.allocated());
    REQUIRE(w.events.size() == 2);
    CHECK(w.events.back().what == kind::done);
    CHECK(w.events.back().method == method::allocate);
    CHECK(w.one.lifetime() == 600s);
    CHECK(w.one.relayed(ip_family::v4)->ip == relay_v4);
    CHECK(w.fix.core.count().unauthenticated_responses == 1);
    // It signed as it can: with SHA-256 the list is repeated.
    const auto signed_request = stun::message::parse(w.last).value();
    CHECK(signed_request.integrity_sha256_at().has_value() ==
          (options.strongest == stun::password_algorithm::sha256));
    CHECK(signed_request.fingerprint_at().has_value() == options.fingerprint);

    w.permit(peer_a);
    w.send(peer_a, "hello");
    REQUIRE(w.at_peer.size() == 1);
    CHECK(w.at_peer[0].text() == "hello");
    CHECK(looks_like_channel_data(w.last) == false);
    w.from_peer(peer_a, "hello yourself");
    CHECK(w.events.back().what == kind::data);
    CHECK(w.events.back().address == peer_a);
    CHECK(w.events.back().payload == "hello yourself");

    w.bind(0x4000, peer_a);
    CHECK(w.one.channel_to(peer_a) == 0x4000);
    w.send(peer_a, "by channel");
    CHECK(looks_like_channel_data(w.last));
    CHECK(w.last.size() == (options.protocol == client_protocol::tls ? 16 : 14));
    CHECK(w.at_peer.back().text() == "by channel");
    w.from_peer(peer_a, "by channel, too");
    CHECK(w.events.back().payload == "by channel, too");
    CHECK(w.events.back().address == peer_a);

    w.one.refresh(0s, std::nullopt, w.fix.now, w.out);
    w.settle();
    CHECK_FALSE(w.one.allocated());
    CHECK(w.fix.core.empty());
    CHECK_FALSE(w.one.deadline());
}

TEST_CASE("a request is sent seven times and given up after 39.5 seconds", "[turn]") {
    wired w;
    w.cut = true;
    const auto begin = w.fix.now;
    w.one.ask_mapped_address(w.fix.now, w.out);
    w.settle();
    w.pass(60s);
    std::vector<std::int64_t> milliseconds;
    for (const auto when : w.sent_at) milliseconds.push_back((when - begin) / 1ms);
    CHECK(milliseconds == std::vector<std::int64_t>{0, 500, 1500, 3500, 7500, 15500, 31500});
    REQUIRE(w.events.size() == 1);
    CHECK(w.events[0].what == kind::failed);
    CHECK(w.events[0].error == 0);
    CHECK(w.one.idle());
    CHECK_FALSE(w.one.deadline());
}

TEST_CASE("the last of the seven is waited for sixteen times the first pause", "[turn]") {
    wired w;
    w.cut = true;
    w.one.ask_mapped_address(w.fix.now, w.out);
    w.settle();
    w.pass(39'499ms);
    CHECK(w.events.empty());
    w.pass(1ms);
    CHECK(w.events.size() == 1);
}

TEST_CASE("over a stream a request is sent once", "[turn]") {
    auto options = alice_options;
    options.protocol = client_protocol::tcp;
    wired w(options);
    w.cut = true;
    w.one.ask_mapped_address(w.fix.now, w.out);
    w.settle();
    w.pass(39'499ms);
    CHECK(w.events.empty());
    w.pass(1ms);
    CHECK(w.events.size() == 1);
    CHECK(w.sent_at.size() == 1);
}

TEST_CASE("an answer to a retransmission ends it", "[turn]") {
    wired w;
    w.cut = true;
    w.allocate();
    w.pass(1s);
    w.cut = false;
    w.pass(30s);
    CHECK(w.one.allocated());
    CHECK(w.one.idle());
    CHECK(w.sent_at.size() == 4);  // two lost, the third, and the signed one
}

TEST_CASE("what the server refuses is an event with its number", "[turn]") {
    SECTION("a wrong password") {
        auto options = alice_options;
        options.password = "guess";
        wired w(options);
        w.allocate();
        REQUIRE(w.events.size() == 1);
        CHECK(w.events[0].what == kind::failed);
        CHECK(w.events[0].error == 401);
        CHECK(w.sent_at.size() == 2);
    }
    SECTION("a second allocation") {
        wired w;
        w.allocate();
        w.allocate();
        CHECK(w.events.back().error == 437);
        CHECK(w.one.allocated());
    }
    SECTION("a denied peer") {
        wired w;
        w.allocate();
        w.permit(at("10.0.0.1:1"));
        CHECK(w.events.back().error == 403);
        CHECK(w.events.back().address == at("10.0.0.1:1"));
    }
    SECTION("another server") {
        setup how;
        how.with.alternate_server = at("192.0.2.99:3478");
        wired w(alice_options, how);
        w.fix.core.drain();
        w.allocate();
        CHECK(w.events.back().error == 300);
        CHECK(w.events.back().address == at("192.0.2.99:3478"));
    }
    SECTION("a refresh of what is gone") {
        wired w;
        w.allocate();
        w.fix.core.handle_client_gone(w.who.socket, w.who.remote, w.fix.now, w.fix.out);
        w.fix.out.clear();
        w.fix.open.clear();
        w.one.refresh(600s, std::nullopt, w.fix.now, w.out);
        w.settle();
        CHECK(w.events.back().error == 437);
        CHECK_FALSE(w.one.allocated());
        CHECK_FALSE(w.one.deadline());
    }
}

TEST_CASE("a stale nonce is renewed unseen", "[turn]") {
    auto options = alice_options;
    options.keep_alive = false;
    wired w(options);
    w.allocate({.lifetime = 3600s});
    w.pass(nonce_lifetime + 1s);
    w.permit(peer_a);
    CHECK(w.events.back().what == kind::done);
    CHECK(w.events.back().method == method::create_permission);
    CHECK(w.fix.core.count().stale_nonce_responses == 1);
}

TEST_CASE("a server that finds every nonce stale is not asked for ever", "[turn]") {
    wired w;
    w.cut = true;
    w.allocate();
    for (int i = 0; i < 20 && w.events.empty(); ++i) {
        const auto asked = stun::message::parse(w.last).value();
        std::array<std::byte, 256> buffer;
        stun::message_builder stale(buffer, message_class::error_response, method::allocate,
                                    asked.transaction_id());
        stale.add_error(i == 0 ? error_code::unauthenticated : error_code::stale_nonce)
            .add(attribute_type::realm, as_bytes("r"))
            .add(attribute_type::nonce, as_bytes("n"));
        w.one.handle(stale.finish(), w.fix.now, w.out);
        w.settle();
    }
    REQUIRE(w.events.size() == 1);
    CHECK(w.events[0].error == 438);
    CHECK(w.sent_at.size() == 1 + client_challenges_max);
}

TEST_CASE("it keeps alive what it has", "[turn]") {
    wired w;
    w.allocate();
    w.permit(peer_b);
    w.bind(0x4000, peer_a);
    for (int minute = 0; minute < 120; ++minute) {
        w.pass(60s);
        w.send(peer_a, "x");
        w.send(peer_b, "x");
    }
    CHECK(w.at_peer.size() == 240);
    for (const auto& event : w.events) CHECK(event.what == kind::done);
    CHECK(w.fix.core.count().stale_nonce_responses >= 11);
    CHECK(w.fix.core.count().allocations_created == 1);
}

TEST_CASE("a peer that is denied by now does not take the others with it", "[turn]") {
    wired w;
    w.allocate();
    visitor neighbour{.remote = at("198.51.100.8:1"), .user = "bob", .password = "builder"};
    const auto his = w.fix.allocate(neighbour).relayed()[0];
    w.permit(his);
    w.permit(peer_a);
    REQUIRE(w.fix.refresh(neighbour, 0).success());
    w.pass(10min);
    w.send(peer_a, "x");
    CHECK(w.at_peer.size() == 1);
    REQUIRE(w.events.size() > 3);
    const auto refused = std::ranges::count(w.events, 403, &owned_event::error);
    CHECK(refused == 1);
}

TEST_CASE("many permissions go in several requests", "[turn]") {
    wired w;
    w.allocate();
    std::vector<endpoint> peers;
    for (std::uint32_t i = 0; i < permissions_per_allocation_max; ++i)
        peers.push_back({ip_address::v4(0x09090000 + i), 1});
    w.one.create_permission(peers, w.fix.now, w.out);
    w.settle();
    for (const auto& peer : peers) w.send(peer, "x");
    CHECK(w.at_peer.size() == peers.size());
}

TEST_CASE("families, pairs of ports and lifetimes as asked", "[turn]") {
    SECTION("both families, and one goes") {
        wired w;
        w.allocate({.also_v6 = true, .lifetime = 1800s, .dont_fragment = true});
        REQUIRE(w.one.relayed(ip_family::v4));
        REQUIRE(w.one.relayed(ip_family::v6));
        CHECK(w.one.lifetime() == 1800s);
        CHECK_FALSE(w.one.other_family_error());
        w.one.refresh(0s, ip_family::v4, w.fix.now, w.out);
        w.settle();
        CHECK_FALSE(w.one.relayed(ip_family::v4));
        CHECK(w.one.allocated());
        CHECK(w.fix.open.size() == 1);
        w.one.refresh(0s, ip_family::v6, w.fix.now, w.out);
        w.settle();
        CHECK_FALSE(w.one.allocated());
    }
    SECTION("IPv6 alone") {
        wired w;
        w.allocate({.family = ip_family::v6});
        CHECK(w.one.relayed(ip_family::v6));
        CHECK_FALSE(w.one.relayed(ip_family::v4));
    }
    SECTION("both where one is not there") {
        setup how;
        how.v6 = false;
        wired w(alice_options, how);
        w.allocate({.also_v6 = true});
        CHECK(w.one.other_family_error() == 440);
    }
    SECTION("a pair of ports") {
        wired w;
        w.allocate({.parity = port_parity::even_and_reserve_next});
        REQUIRE(w.one.reservation());
        const auto even = w.one.relayed(ip_family::v4)->port;
        CHECK(even % 2 == 0);
        const auto token = *w.one.reservation();
        // The second half from another 5-tuple.
        w.who.remote.port = 2000;
        client second(alice_options, crypto::key_from_seed(6));
        second.allocate({.token = token}, w.fix.now, w.out);
        for (int i = 0; i < 2; ++i) {
            std::vector<std::byte> request(w.out.transmits.at(0).head.begin(),
                                           w.out.transmits.at(0).head.end());
            w.out.clear();
            for (const auto& got : w.fix.receive(w.who, request)) second.handle(got.data, w.fix.now, w.out);
        }
        CHECK(second.relayed(ip_family::v4)->port == even + 1);
    }
}

TEST_CASE("ICMP reaches the application", "[turn]") {
    wired w;
    w.allocate();
    w.permit(peer_a);
    for (const auto& got : w.fix.icmp(w.fix.the_relay(), {peer_a, 3, 4, 1280})) w.take(got);
    CHECK(w.icmp.what == kind::icmp);
    CHECK(w.icmp.address == peer_a);
    CHECK(w.icmp.icmp_type == 3);
    CHECK(w.icmp.icmp_code == 4);
    CHECK(w.icmp.icmp_data == 1280);
}

TEST_CASE("DONT-FRAGMENT is asked for by datagram", "[turn]") {
    wired w;
    w.allocate();
    w.permit(peer_a);
    w.one.send_indication(peer_a, as_bytes("x"), true, w.out);
    w.settle();
    CHECK(w.at_peer.back().dont_fragment);
}

TEST_CASE("forged answers change nothing", "[turn]") {
    wired w;
    w.allocate();
    w.cut = true;
    w.one.refresh(0s, std::nullopt, w.fix.now, w.out);
    w.settle();
    const auto asked = stun::message::parse(w.last).value();
    const stun::long_term_key key(stun::password_algorithm::sha256, "alice", realm, "wonderland");
    const stun::long_term_key wrong(stun::password_algorithm::sha256, "alice", realm, "guess");
    std::array<std::byte, 256> buffer;
    const auto offer = [&](const std::function<bytes()>& make) {
        w.one.handle(make(), w.fix.now, w.out);
        REQUIRE(w.out.events.empty());
        REQUIRE(w.one.allocated());
        REQUIRE_FALSE(w.one.idle());
    };
    const auto built = [&](message_class type, method which, const stun::transaction_id& id, auto&& add) {
        stun::message_builder body(buffer, type, which, id);
        add(body);
        return body.finish();
    };
    const auto id = asked.transaction_id();
    auto other_id = id;
    other_id[0] ^= std::byte{1};
    const auto good = message_class::success_response;
    const auto bad = message_class::error_response;
    offer([&] { return built(good, method::refresh, id, [](auto&) {}); });
    offer([&] {
        return built(good, method::refresh, id, [&](auto& b) { b.add_integrity_sha256(wrong.raw()); });
    });
    offer([&] { return built(good, method::refresh, id, [&](auto& b) { b.add_integrity(key.raw()); }); });
    offer([&] {
        return built(good, method::refresh, other_id, [&](auto& b) { b.add_integrity_sha256(key.raw()); });
    });
    offer([&] {
        return built(good, method::allocate, id, [&](auto& b) { b.add_integrity_sha256(key.raw()); });
    });
    offer([&] {
        return built(bad, method::refresh, id, [](auto& b) { b.add_error(error_code::allocation_mismatch); });
    });
    offer([&] { return built(bad, method::refresh, id, [](auto&) {}); });
    offer([&] {
        // A fresh nonce that promises algorithms without naming them: somebody cut them out.
        return built(bad, method::refresh, id, [](auto& b) {
            b.add_error(error_code::stale_nonce)
                .add(attribute_type::realm, as_bytes(realm))
                .add(attribute_type::nonce, as_bytes("obMatJos2gAAAwhatever"));
        });
    });
    offer([&] { return as_bytes("no STUN at all"); });
    // The genuine one does.
    w.one.handle(built(good, method::refresh, id, [&](auto& b) { b.add_integrity_sha256(key.raw()); }),
                 w.fix.now, w.out);
    CHECK_FALSE(w.one.allocated());
}

TEST_CASE("operations that wait are bounded", "[turn]") {
    wired w;
    w.cut = true;
    for (std::size_t i = 0; i < client_transactions_max; ++i) w.one.ask_mapped_address(w.fix.now, w.out);
    w.settle();
    CHECK(w.events.empty());
    w.one.ask_mapped_address(w.fix.now, w.out);
    CHECK(w.out.events.size() == 1);
    CHECK(w.out.events[0].what == kind::failed);
}

}  // namespace conf::turn::test
