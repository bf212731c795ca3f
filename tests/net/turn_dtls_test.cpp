#include <conf/turn.hpp>

#include "libconf/net/turn_client_link.hpp"
#include "tests/net/turn_relay.hpp"
#include "tests/net/udp_pair.hpp"

#include <catch2/catch.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <deque>
#include <memory>
#include <string>

using namespace conf;
using namespace std::chrono_literals;
using test::at;
using test::plain_receiver;
using test::relay_options;
using test::temp_folder;
using test::turn_client;
using test::turn_relay;

namespace {

turn_options dtls_options(const temp_folder& folder) {
    test::write_certificate(folder, "turn.example.org");
    auto options = relay_options();
    options.listen = {"dtls://127.0.0.1:0"};
    options.tls_certificate = folder.file("cert.pem");
    options.tls_key = folder.file("key.pem");
    return options;
}

/// A DTLS client that goes exactly as far as it is told.
class dtls_walker {
public:
    explicit dtls_walker(const endpoint& to) : to_(to), socket_(at("127.0.0.1:0")) {
        context_.reset(SSL_CTX_new(DTLS_client_method()), SSL_CTX_free);
        ssl_.reset(SSL_new(context_.get()), SSL_free);
        in_ = BIO_new(BIO_s_mem());
        out_ = BIO_new(BIO_s_mem());
        BIO_set_mem_eof_return(in_, -1);
        SSL_set_bio(ssl_.get(), in_, out_);
        SSL_set_options(ssl_.get(), SSL_OP_NO_QUERY_MTU);
        SSL_set_mtu(ssl_.get(), 1400);
        SSL_set_connect_state(ssl_.get());
    }

    /// What it sends next; everything that came before is taken in.
    std::string step() {
        ERR_clear_error();
        SSL_do_handshake(ssl_.get());
        ERR_clear_error();
        char* data = nullptr;
        const auto size = BIO_get_mem_data(out_, &data);
        std::string made(data, static_cast<std::size_t>(size));
        (void)BIO_reset(out_);
        return made;
    }
    void send(const std::string& datagram) { socket_.send(to_, datagram); }
    /// The next datagram of the server; "" when none comes.
    std::string receive(int milliseconds = 10'000) {
        const auto got = socket_.receive(milliseconds).value_or("");
        BIO_write(in_, got.data(), static_cast<int>(got.size()));
        return got;
    }

private:
    endpoint to_;
    plain_receiver socket_;
    std::shared_ptr<SSL_CTX> context_;
    std::shared_ptr<SSL> ssl_;
    BIO* in_ = nullptr;
    BIO* out_ = nullptr;
};

constexpr std::size_t record_header = 13;
constexpr char hello_verify_request = 3;
constexpr char server_hello = 2;

/// The type of the handshake message in a datagram.
char handshake_type(const std::string& datagram) {
    return datagram.size() > record_header && datagram[0] == 22 ? datagram[record_header] : '\0';
}

endpoint place_of(const turn_relay& relay) {
    return at(relay.url("dtls").substr(7));
}

}  // namespace

TEST_CASE("a hello without a cookie gets one, in few bytes, and leaves nothing behind", "[net][turn_dtls]") {
    const temp_folder folder;
    const turn_relay relay(dtls_options(folder));
    dtls_walker walker(place_of(relay));
    const auto hello = walker.step();
    REQUIRE(handshake_type(hello) == 1);
    for (int i = 0; i < 1000; ++i) {
        plain_receiver stranger(at("127.0.0.1:0"));
        stranger.send(place_of(relay), hello);
        const auto answer = stranger.receive();
        REQUIRE(answer);
        CHECK(handshake_type(*answer) == hello_verify_request);
        CHECK(answer->size() <= 160);
        CHECK(answer->size() < hello.size());
    }
    CHECK(relay.metric("conf_turn_dtls_sessions") == 0);
    // Had they left handshakes, all but 16 of these would have been pushed out.
    CHECK(relay.metric("conf_turn_dtls_refused_total") == 0);
    turn_client honest(relay.url("dtls"));
    CHECK(honest.allocate() == 0);
    CHECK(relay.metric("conf_turn_dtls_sessions") == 1);
}

TEST_CASE("a cookie is good for the address it was made for", "[net][turn_dtls]") {
    const temp_folder folder;
    const turn_relay relay(dtls_options(folder));
    dtls_walker owner(place_of(relay));
    owner.send(owner.step());
    REQUIRE(handshake_type(owner.receive()) == hello_verify_request);
    const auto with_cookie = owner.step();

    plain_receiver thief(at("127.0.0.1:0"));
    thief.send(place_of(relay), with_cookie);
    const auto answer = thief.receive();
    REQUIRE(answer);
    CHECK(handshake_type(*answer) == hello_verify_request);

    owner.send(with_cookie);
    CHECK(handshake_type(owner.receive()) == server_hello);
}

TEST_CASE("so many handshakes may be open and no more", "[net][turn_dtls]") {
    const temp_folder folder;
    const turn_relay relay(dtls_options(folder));
    std::deque<dtls_walker> walkers;
    const auto refused = [&] { return relay.metric("conf_turn_dtls_refused_total"); };
    for (std::size_t i = 0; i < net::dtls_half_open_max + 4; ++i) {
        auto& walker = walkers.emplace_back(place_of(relay));
        walker.send(walker.step());
        REQUIRE(handshake_type(walker.receive()) == hello_verify_request);
        walker.send(walker.step());
        REQUIRE(handshake_type(walker.receive()) == server_hello);
        const auto above = i + 1 > net::dtls_half_open_max ? i + 1 - net::dtls_half_open_max : 0;
        CHECK(refused() == static_cast<double>(above));
    }
    CHECK(relay.metric("conf_turn_dtls_sessions") == 0);
    // Nobody is locked out by them.
    turn_client honest(relay.url("dtls"));
    CHECK(honest.allocate() == 0);
    CHECK(refused() == 5);
}

TEST_CASE("garbage on a DTLS socket costs nothing", "[net][turn_dtls]") {
    const temp_folder folder;
    const turn_relay relay(dtls_options(folder));
    dtls_walker walker(place_of(relay));
    const auto hello = walker.step();
    plain_receiver stranger(at("127.0.0.1:0"));
    stranger.send(place_of(relay), "");
    stranger.send(place_of(relay), std::string(1500, '\0'));
    stranger.send(place_of(relay), std::string("\x16\xfe\xfd", 3));
    for (std::size_t size = 0; size < hello.size(); size += 5)
        stranger.send(place_of(relay), hello.substr(0, size));
    for (std::size_t i = 0; i < hello.size(); ++i) {
        auto spoilt = hello;
        spoilt[i] = static_cast<char>(~spoilt[i]);
        stranger.send(place_of(relay), spoilt);
    }
    turn_client honest(relay.url("dtls"));
    CHECK(honest.allocate() == 0);
    CHECK(relay.metric("conf_turn_dtls_sessions") == 1);
}

TEST_CASE("garbage in a client's name does not end its session", "[net][turn_dtls]") {
    const temp_folder folder;
    const turn_relay relay(dtls_options(folder));
    turn_client client(relay.url("dtls"));
    REQUIRE(client.allocate() == 0);
    // Whoever can write the client's address into his packets can send these: sealed with no key, or not
    // sealed at all.
    const std::string record("\x17\xfe\xfd\x00\x01\x00\x00\x00\x00\x00\x30\x00\x20", 13);
    const std::string alert("\x15\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x31\x00\x02\x02\x28", 15);
    for (int i = 0; i < 20; ++i) {
        client.link().send_raw(as_bytes(record + std::string(32, static_cast<char>(i))));
        client.link().send_raw(as_bytes(alert));
    }
    client.link().send(as_bytes("sealed, but no message"));
    CHECK(client.refresh(600s) == 0);
}

TEST_CASE("a session ends with its client's goodbye, and so does the allocation", "[net][turn_dtls]") {
    const temp_folder folder;
    const turn_relay relay(dtls_options(folder));
    {
        turn_client client(relay.url("dtls"));
        REQUIRE(client.allocate() == 0);
        client.link().say_goodbye();
    }
    CHECK(test::eventually([&] { return relay.server.status().allocations == 0; }));
    CHECK(relay.metric("conf_turn_dtls_sessions") == 0);
}

TEST_CASE("a client that starts anew from its old port is served", "[net][turn_dtls]") {
    const temp_folder folder;
    const turn_relay relay(dtls_options(folder));
    auto gone = std::make_unique<turn_client>(relay.url("dtls"), "alice", "wonderland",
                                              test::turn_link_options{.from = "127.0.0.1"});
    REQUIRE(gone->allocate() == 0);
    const auto port = gone->link().local().port;
    gone.reset();  // without a goodbye, as when a program is killed

    turn_client again(relay.url("dtls"), "alice", "wonderland", {.from = "127.0.0.1", .from_port = port});
    CHECK(again.allocate() == 0);
    CHECK(relay.metric("conf_turn_dtls_sessions") == 1);
    CHECK(relay.server.status().allocations == 1);
}

TEST_CASE("a hello in a client's name does not end its session before the cookie is right",
          "[net][turn_dtls]") {
    const temp_folder folder;
    const turn_relay relay(dtls_options(folder));
    turn_client client(relay.url("dtls"));
    REQUIRE(client.allocate() == 0);
    dtls_walker forger(place_of(relay));
    const auto hello = forger.step();
    client.link().send_raw(as_bytes(hello));
    // With a cookie, but one that was made for the forger's own address.
    forger.send(hello);
    REQUIRE(handshake_type(forger.receive()) == hello_verify_request);
    client.link().send_raw(as_bytes(forger.step()));
    CHECK(client.refresh(600s) == 0);
    CHECK(relay.server.status().allocations == 1);
}
