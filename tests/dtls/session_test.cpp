#include "libconf/dtls/session.hpp"

#include "libconf/crypto/random.hpp"

#include <catch2/catch.hpp>

#include <openssl/ssl.h>

#include <deque>
#include <functional>
#include <thread>

using namespace conf;
using namespace std::chrono_literals;
using dtls::failure;
using dtls::role;
using dtls::state;

namespace {

constexpr std::chrono::sys_seconds calendar(1'790'000'000s);

const dtls::certificate& certificate_of(std::string_view who) {
    static const auto server = dtls::certificate::generate(calendar);
    static const auto client = dtls::certificate::generate(calendar);
    return who == "server" ? server : client;
}

std::vector<dtls::fingerprint> fingerprints_of(std::string_view who,
                                               dtls::hash_function hash = dtls::hash_function::sha256) {
    return {certificate_of(who).fingerprint_with(hash)};
}

using datagram = std::vector<std::byte>;

/// A client and a server, and a path between them that tests can spoil.
class pair_of_ends {
public:
    explicit pair_of_ends(std::vector<srtp::profile> of_server = dtls::context::default_profiles(),
                          std::vector<srtp::profile> of_client = dtls::context::default_profiles(),
                          std::vector<dtls::fingerprint> expected_of_server = fingerprints_of("server"),
                          std::vector<dtls::fingerprint> expected_of_client = fingerprints_of("client"))
        : server(dtls::context(certificate_of("server"), of_server), role::passive, expected_of_client, now),
          client(dtls::context(certificate_of("client"), of_client), role::active, expected_of_server, now) {}

    void start() {
        client.start(now, out_);
        take(to_server);
    }

    /// Carries datagrams until both are quiet.
    void carry() {
        while (!to_server.empty() || !to_client.empty()) {
            while (!to_server.empty()) give(server, to_server, to_client);
            while (!to_client.empty()) give(client, to_client, to_server);
        }
    }

    /// Time passes up to the next deadline; OpenSSL sees it pass on the system's clock alone.
    bool wait() {
        const auto a = server.deadline();
        const auto b = client.deadline();
        if (!a && !b) return false;
        const auto next = std::max(now, std::min(a.value_or(instant::max()), b.value_or(instant::max())));
        const auto until = std::chrono::steady_clock::now() + (next - now);
        while (std::chrono::steady_clock::now() < until) std::this_thread::yield();  // its timer has no event
        now = next;
        server.handle_timeout(now, out_);
        take(to_client);
        client.handle_timeout(now, out_);
        take(to_server);
        return true;
    }

    void take(std::deque<datagram>& into) {
        out_.for_each_datagram([&](bytes one) {
            if (!loses || !loses(one)) into.emplace_back(one.begin(), one.end());
        });
        out_.clear();
    }

    void give(dtls::session& to, std::deque<datagram>& from, std::deque<datagram>& answers) {
        const auto next = from.front();
        from.pop_front();
        to.handle(next, now, out_);
        take(answers);
    }

    [[nodiscard]] bool connected() const {
        return server.state() == state::connected && client.state() == state::connected;
    }

    instant now{1h};
    dtls::session server;
    dtls::session client;
    std::deque<datagram> to_server;
    std::deque<datagram> to_client;
    std::function<bool(bytes)> loses;

private:
    dtls::outputs out_;
};

constexpr std::size_t cipher_list = 13 + 12 + 2 + 32 + 1 + 1;  // of a hello without session id and cookie

/// The hello with that cipher suite alone, as often as there were others.
datagram with_ciphers(datagram hello, std::uint16_t only) {
    const auto size = load_u16(hello, cipher_list);
    REQUIRE(size > 2);
    for (std::size_t at = 0; at < size; at += 2) store_u16(hello, cipher_list + 2 + at, only);
    return hello;
}

/// The hello with a length in it that OpenSSL finds to be a lie.
datagram spoiled(datagram hello) {
    auto at = cipher_list + 2 + load_u16(hello, cipher_list);
    at += 1U + load_u8(hello, at);  // compression methods
    store_u16(hello, at, static_cast<std::uint16_t>(load_u16(hello, at) - 1));
    return hello;
}

bool same(const srtp::master_key& a, const srtp::master_key& b) {
    return a.profile() == b.profile() && std::ranges::equal(a.key(), b.key()) &&
           std::ranges::equal(a.salt(), b.salt());
}

}  // namespace

TEST_CASE("a handshake gives both ends the same keys", "[dtls]") {
    pair_of_ends on;
    CHECK_FALSE(on.connected());
    on.start();
    on.carry();
    REQUIRE(on.connected());
    CHECK(on.server.profile() == srtp::profile::aead_aes_128_gcm);
    CHECK(same(on.server.keys().inbound, on.client.keys().outbound));
    CHECK(same(on.server.keys().outbound, on.client.keys().inbound));
    CHECK_FALSE(same(on.server.keys().outbound, on.server.keys().inbound));
    CHECK_FALSE(on.server.deadline());
}

TEST_CASE("the passive side chooses the profile", "[dtls]") {
    using enum srtp::profile;
    struct choice {
        std::vector<srtp::profile> server, client;
        std::optional<srtp::profile> expected;
    };
    for (const auto& [of_server, of_client, expected] : std::vector<choice>{
             {{aead_aes_128_gcm, aes128_cm_sha1_80}, {aes128_cm_sha1_80, aead_aes_128_gcm}, aead_aes_128_gcm},
             {{aead_aes_256_gcm, aead_aes_128_gcm}, {aead_aes_128_gcm, aead_aes_256_gcm}, aead_aes_256_gcm},
             {{aead_aes_128_gcm, aes128_cm_sha1_80}, {aes128_cm_sha1_80}, aes128_cm_sha1_80},
             {{aead_aes_128_gcm}, {aes128_cm_sha1_80}, std::nullopt},
         }) {
        pair_of_ends on(of_server, of_client);
        on.start();
        on.carry();
        if (expected) {
            REQUIRE(on.connected());
            CHECK(on.server.profile() == *expected);
            CHECK(on.client.profile() == *expected);
        } else {
            CHECK_FALSE(on.connected());
            CHECK(on.client.failure() == failure::no_srtp_profile);
        }
    }
}

TEST_CASE("SEC-DTLS-3 another certificate than the one that was announced", "[dtls]") {
    const auto hash =
        GENERATE(dtls::hash_function::sha256, dtls::hash_function::sha384, dtls::hash_function::sha512);
    const auto all = dtls::context::default_profiles();
    pair_of_ends right(all, all, fingerprints_of("server", hash), fingerprints_of("client", hash));
    right.start();
    right.carry();
    CHECK(right.connected());
    pair_of_ends wrong(all, all, fingerprints_of("server", hash), fingerprints_of("server", hash));
    wrong.start();
    wrong.carry();
    CHECK(wrong.server.state() == state::failed);
    CHECK(wrong.server.failure() == failure::wrong_fingerprint);
    CHECK_FALSE(wrong.server.deadline());
}

TEST_CASE("every single lost datagram is repeated", "[dtls]") {
    for (int lost = 0; lost < 8; ++lost) {
        INFO(lost);
        pair_of_ends on;
        int count = 0;
        on.loses = [&](bytes) { return count++ == lost; };
        on.start();
        on.carry();
        for (int i = 0; i < 20 && !on.connected(); ++i) {
            REQUIRE(on.wait());
            on.carry();
        }
        CHECK(on.connected());
        CHECK(on.now - instant(1h) < 1s);
    }
}

TEST_CASE("a third of everything is lost", "[dtls]") {
    crypto::keyed_random random(crypto::key_from_seed(5));
    int connected = 0;
    constexpr int rounds = 3;
    for (int round = 0; round < rounds; ++round) {
        pair_of_ends on;
        on.loses = [&](bytes) { return random.below(3) == 0; };
        on.start();
        on.carry();
        while (!on.connected() && on.wait()) on.carry();
        connected += on.connected() ? 1 : 0;
    }
    CHECK(connected == rounds);
}

TEST_CASE("nobody there for 30 s", "[dtls]") {
    pair_of_ends on;
    on.loses = [](bytes) { return true; };
    on.start();
    REQUIRE(on.client.deadline());
    // The first repetition, as OpenSSL counts: a few milliseconds may have passed.
    CHECK(*on.client.deadline() > on.now + dtls::session::first_timeout / 2);
    CHECK(*on.client.deadline() <= on.now + dtls::session::first_timeout);
    CHECK(on.server.deadline() == on.now + dtls::session::handshake_time);
    dtls::outputs out;
    for (auto* end : {&on.server, &on.client}) {
        end->handle_timeout(on.now + dtls::session::handshake_time - 1us, out);
        CHECK(end->state() == state::connecting);
        end->handle_timeout(on.now + dtls::session::handshake_time, out);
        CHECK(end->failure() == failure::timed_out);
        CHECK_FALSE(end->deadline());
    }
}

TEST_CASE("a ClientHello in pieces", "[dtls]") {
    pair_of_ends on;
    on.start();
    REQUIRE(on.to_server.size() == 1);
    const auto hello = on.to_server.front();
    on.to_server.clear();
    // The same message in three records, the last first.
    bytes whole(hello);
    const auto one = dtls::record::take(whole);
    const auto message = dtls::handshake_fragment::parse(one->fragment);
    REQUIRE(message);
    const auto size = message->body.size();
    const std::array<std::size_t, 4> cuts{0, size / 3, size / 2, size};
    for (const auto i : {2U, 0U, 1U}) {
        const auto length = cuts.at(i + 1) - cuts.at(i);
        datagram piece(hello.begin(), hello.begin() + 25);
        piece.insert(piece.end(), message->body.begin() + static_cast<std::ptrdiff_t>(cuts.at(i)),
                     message->body.begin() + static_cast<std::ptrdiff_t>(cuts.at(i + 1)));
        store_u16(piece, 9, static_cast<std::uint16_t>(i * 20));  // the client's own next record has number 1
        store_u16(piece, 11, static_cast<std::uint16_t>(12 + length));
        store_u16(piece, 13 + 7, static_cast<std::uint16_t>(cuts.at(i)));
        store_u16(piece, 13 + 10, static_cast<std::uint16_t>(length));
        on.to_server.push_back(piece);
    }
    on.carry();
    CHECK(on.connected());
}

TEST_CASE("SEC-DTLS-1 what cannot begin a handshake costs nothing, before it and within it", "[dtls]") {
    pair_of_ends on;
    on.start();
    const auto hello = on.to_server.front();
    auto fixed = hello;
    fixed[13] = std::byte{20};  // a Finished
    auto changed = hello;
    changed[0] = std::byte{20};  // ChangeCipherSpec
    std::vector<datagram> strangers{with_ciphers(hello, 0), with_ciphers(hello, 0x003C), fixed, changed};
    // With the highest record number, a message that is taken makes all others look like repetitions.
    for (auto& one : std::vector(strangers)) {
        store_u16(one, 5, 0xFFFF);
        store_u32(one, 7, 0xFFFFFFFF);
        strangers.push_back(one);
    }
    dtls::outputs out;
    const auto flood = [&] {
        for (int i = 0; i < 100; ++i) {
            for (const auto& one : strangers) on.server.handle(one, on.now, out);
        }
        CHECK(out.ends.empty());
    };
    flood();
    on.give(on.server, on.to_server, on.to_client);
    REQUIRE_FALSE(on.to_client.empty());
    strangers.pop_back();  // what is no hello may belong to the peer from now on
    strangers.pop_back();
    strangers.erase(strangers.begin() + 2, strangers.begin() + 4);
    strangers.push_back(hello);
    flood();
    CHECK(on.server.restarts() == 0);
    on.carry();
    CHECK(on.connected());
}

TEST_CASE("SEC-DTLS-1 one bad datagram does not end a handshake, and nobody is told of it", "[dtls]") {
    pair_of_ends on;
    on.start();
    on.to_server.push_front(spoiled(on.to_server.front()));
    on.give(on.server, on.to_server, on.to_client);
    CHECK(on.server.restarts() == 1);
    CHECK(on.server.state() == state::connecting);
    CHECK(on.to_client.empty());
    on.carry();
    CHECK(on.connected());
}

TEST_CASE("SEC-DTLS-1 new beginnings are limited", "[dtls]") {
    pair_of_ends on;
    on.start();
    const auto bad = spoiled(on.to_server.front());
    dtls::outputs out;
    for (int i = 0; i < 1000; ++i) on.server.handle(bad, on.now, out);
    CHECK(on.server.restarts() == dtls::session::restarts_per_second);
    CHECK(out.ends.empty());
    on.now += 1s;
    on.carry();
    CHECK(on.connected());
}

TEST_CASE("SEC-DTLS-4 old versions and weak ciphers", "[dtls]") {
    struct weak_client {
        std::string why;
        void (*weaken)(SSL_CTX*);
    };
    for (const auto& [why, weaken] : std::vector<weak_client>{
             {"DTLS 1.0",
              [](SSL_CTX* of) {
                  SSL_CTX_set_min_proto_version(of, DTLS1_VERSION);
                  SSL_CTX_set_max_proto_version(of, DTLS1_VERSION);
              }},
             {"no forward secrecy", [](SSL_CTX* of) { SSL_CTX_set_cipher_list(of, "AES128-GCM-SHA256"); }},
             {"no AEAD", [](SSL_CTX* of) { SSL_CTX_set_cipher_list(of, "ECDHE-ECDSA-AES128-SHA"); }},
         }) {
        INFO(why);
        const dtls::context strong(certificate_of("server"));
        const dtls::context weak(certificate_of("client"));
        weaken(weak.get());
        const instant now(1h);
        dtls::session server(strong, role::passive, fingerprints_of("client"), now);
        dtls::session client(weak, role::active, fingerprints_of("server"), now);
        dtls::outputs there;
        dtls::outputs back;
        client.start(now, there);
        for (int i = 0; i < 4; ++i) {
            there.for_each_datagram([&](bytes one) { server.handle(one, now, back); });
            there.clear();
            back.for_each_datagram([&](bytes one) { client.handle(one, now, there); });
            back.clear();
        }
        CHECK(server.state() != state::connected);
        CHECK(client.state() != state::connected);
    }
}

TEST_CASE("SEC-DTLS-2 what handshake messages may claim", "[dtls]") {
    pair_of_ends on;
    const auto claim = [&](std::uint16_t seq, std::uint32_t size) {
        datagram piece(13 + 12 + 1);
        piece[0] = std::byte{22};
        store_u16(piece, 1, 0xFEFD);
        store_u16(piece, 9, seq);
        store_u16(piece, 11, 13);
        store_u32(piece, 13, 11U << 24 | size);
        store_u16(piece, 17, seq);
        store_u32(piece, 21, 1);  // offset 0, one byte
        return piece;
    };
    dtls::outputs out;
    for (std::uint16_t seq = 0; seq < 2000; ++seq) on.server.handle(claim(seq, 0xFFFFFF), on.now, out);
    for (std::uint16_t seq = 1; seq < 2000; ++seq) on.server.handle(claim(seq, 16'000), on.now, out);
    CHECK(on.server.state() == state::connecting);
    CHECK(out.ends.empty());
}

TEST_CASE("SEC-DTLS-6 nothing in the clear counts after the handshake, and no alert before it", "[dtls]") {
    const datagram alert{std::byte{21}, std::byte{0xFE}, std::byte{0xFD}, std::byte{0}, std::byte{0},
                         std::byte{0},  std::byte{0},    std::byte{0},    std::byte{0}, std::byte{0},
                         std::byte{9},  std::byte{0},    std::byte{2},    std::byte{2}, std::byte{40}};
    pair_of_ends on;
    dtls::outputs out;
    on.start();
    const auto hello = on.to_server.front();
    on.server.handle(alert, on.now, out);
    on.carry();
    REQUIRE(on.connected());
    for (const auto& one : {alert, hello}) {
        on.server.handle(one, on.now, out);
        on.client.handle(one, on.now, out);
    }
    CHECK(on.connected());
    CHECK(out.ends.empty());
}

TEST_CASE("an end that says goodbye", "[dtls]") {
    pair_of_ends on;
    on.start();
    on.carry();
    REQUIRE(on.connected());
    dtls::outputs out;
    on.client.close(out);
    REQUIRE(out.ends.size() == 1);
    dtls::outputs none;
    on.server.handle(out.data, on.now, none);
    CHECK(on.server.state() == state::closed);
    CHECK(on.client.state() == state::closed);
}

TEST_CASE("noise in every state", "[dtls]") {
    crypto::keyed_random random(crypto::key_from_seed(11));
    for (int round = 0; round < 300; ++round) {
        pair_of_ends on;
        on.start();
        dtls::outputs out;
        const auto spoil = [&](datagram one) {
            for (int i = 0; i < 3; ++i)
                one[random.below(one.size())] ^= static_cast<std::byte>(random.below(256));
            return one;
        };
        for (int step = 0; step < 6; ++step) {
            if (!on.to_server.empty()) {
                on.server.handle(spoil(on.to_server.front()), on.now, out);
                out.clear();
            }
            if (!on.to_server.empty()) on.give(on.server, on.to_server, on.to_client);
            if (!on.to_client.empty()) on.give(on.client, on.to_client, on.to_server);
        }
        CHECK(on.server.state() != state::failed);
    }
}
