#include <conf/turn.hpp>

#include "libconf/net/turn_client_link.hpp"
#include "tests/net/test_client.hpp"
#include "tests/net/turn_relay.hpp"
#include "tests/net/udp_pair.hpp"

#include <catch2/catch.hpp>

#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

using namespace conf;
using namespace std::chrono_literals;
using test::at;
using test::plain_receiver;
using test::relay_options;
using test::temp_folder;
using test::test_client;
using test::turn_client;
using test::turn_relay;

namespace {

/// Listens for UDP, TCP and TLS.
turn_options stream_options(const temp_folder& folder) {
    test::write_certificate(folder, "turn.example.org");
    auto options = relay_options();
    options.listen = {"udp://127.0.0.1:0", "tcp://127.0.0.1:0", "tls://127.0.0.1:0"};
    options.tls_certificate = folder.file("cert.pem");
    options.tls_key = folder.file("key.pem");
    return options;
}

endpoint place_of(const std::string& url) {
    return at(url.substr(url.find("//") + 2));
}

}  // namespace

TEST_CASE("a stream may be cut anywhere", "[net][turn_stream]") {
    const temp_folder folder;
    const turn_relay relay(stream_options(folder));
    const auto scheme = GENERATE(as<std::string>{}, "tcp", "tls");
    const auto piece = GENERATE(std::size_t{1}, std::size_t{3}, std::size_t{7});
    INFO(scheme << " in pieces of " << piece);
    turn_client client(relay.url(scheme), "alice", "wonderland", {.piece_bytes = piece});
    REQUIRE(client.allocate() == 0);
    plain_receiver peer(at("127.0.0.1:0"));
    REQUIRE(client.permit({peer.local()}) == 0);
    client.send(peer.local(), "indication");
    CHECK(peer.receive() == "indication");
    REQUIRE(client.bind_channel(0x4000, peer.local()) == 0);
    for (std::size_t size = 0; size < 9; ++size) {
        client.send(peer.local(), std::string(size, 'c'));
        CHECK(peer.receive() == std::string(size, 'c'));
    }
    peer.send(client.relayed(), "back");
    CHECK(client.receive().text == "back");
}

TEST_CASE("many messages may come in one piece", "[net][turn_stream]") {
    const temp_folder folder;
    const turn_relay relay(stream_options(folder));
    turn_client client(relay.url("tcp"));
    REQUIRE(client.allocate() == 0);
    plain_receiver peer(at("127.0.0.1:0"));
    REQUIRE(client.bind_channel(0x4000, peer.local()) == 0);
    std::vector<std::byte> all;
    for (int i = 0; i < 300; ++i) {
        const auto text = std::to_string(i);
        all.insert(all.end(),
                   {std::byte{0x40}, std::byte{0}, std::byte{0}, static_cast<std::byte>(text.size())});
        for (const char c : text) all.push_back(static_cast<std::byte>(c));
        all.resize(align4(all.size()), std::byte{0});
    }
    client.link().send(all);
    for (int i = 0; i < 300; ++i) CHECK(peer.receive() == std::to_string(i));
}

TEST_CASE("what is no TURN is closed and counted", "[net][turn_stream]") {
    const temp_folder folder;
    const turn_relay relay(stream_options(folder));
    struct stranger_case {
        std::string why;
        std::string scheme;
        std::string data;
    };
    const auto c = GENERATE(values<stranger_case>({
        {"HTTP", "tcp", "GET / HTTP/1.1\r\n\r\n"},
        {"first byte", "tcp", std::string(64, '\xFF')},
        {"a TLS hello", "tcp", std::string("\x16\x03\x01\x00\x05hello", 10)},
        {"plain text where TLS belongs", "tls", "GET / HTTP/1.1\r\n\r\n"},
        {"half a record where TLS belongs", "tls", std::string("\x16\x03\x01\xFF\xFF\xFF", 6)},
    }));
    INFO(c.why);
    test_client stranger(place_of(relay.url(c.scheme)));
    stranger.send(c.data);
    stranger.finish_sending();
    (void)stranger.read_all();  // until the relay closes
    CHECK(test::eventually([&] { return relay.metric("conf_turn_stream_refused_total") == 1; }));
    CHECK(test::eventually([&] { return relay.metric("conf_turn_stream_connections") == 0; }));
    turn_client honest(relay.url(c.scheme));
    CHECK(honest.allocate() == 0);
}

TEST_CASE("TLS is told apart from HTTPS by ALPN", "[net][turn_stream]") {
    const temp_folder folder;
    const turn_relay relay(stream_options(folder));
    const auto to = place_of(relay.url("tls"));
    const auto turn = test_client(to).start_tls("stun.turn");
    CHECK(turn.done);
    CHECK(turn.alpn == "stun.turn");
    CHECK(test_client(to).start_tls("stun.nat-discovery").done);
    CHECK(test_client(to).start_tls("").done);
    CHECK_FALSE(test_client(to).start_tls("http/1.1").done);
    CHECK_FALSE(test_client(to).start_tls("turn.tls", TLS1_1_VERSION).done);
}

TEST_CASE("a client that does not read loses data, holds little memory, and disturbs nobody",
          "[net][turn_stream]") {
    const temp_folder folder;
    const turn_relay relay(stream_options(folder));
    const auto scheme = GENERATE(as<std::string>{}, "tcp", "tls");
    INFO(scheme);
    turn_client slow(relay.url(scheme), "alice", "wonderland", {.receive_buffer_bytes = 8192});
    REQUIRE(slow.allocate() == 0);
    plain_receiver peer(at("127.0.0.1:0"));
    REQUIRE(slow.permit({peer.local()}) == 0);
    turn_client quick(relay.url());
    REQUIRE(quick.allocate() == 0);
    REQUIRE(quick.permit({peer.local()}) == 0);

    // The kernel's buffers take some MB, ours 256 KiB; one of a thousand goes to the quick one, who gets it
    // at once.
    std::size_t sent = 0;
    const auto dropped = [&] { return relay.metric("conf_turn_dropped_total{reason=\"slow_stream\"}"); };
    while (dropped() < 1000 && sent < 100'000) {
        for (int i = 0; i < 250; ++i, ++sent) peer.send(slow.relayed(), std::string(1200, 's'));
        peer.send(quick.relayed(), std::to_string(sent));
        CHECK(quick.receive().text == std::to_string(sent));
    }
    CHECK(dropped() >= 1000);
    CHECK(relay.server.status().allocations == 2);

    // Once it reads again it gets whole messages, and new ones.
    std::size_t got = 0;
    while (const auto next = slow.receive_within(500ms)) {
        CHECK(next->text.size() == 1200);
        ++got;
    }
    CHECK(got > 0);
    CHECK(static_cast<double>(got) + dropped() <= static_cast<double>(sent));
    peer.send(slow.relayed(), "after");
    CHECK(slow.receive().text == "after");
    CHECK(slow.refresh(600s) == 0);
}

TEST_CASE("a stream that is never quiet does not keep datagrams waiting", "[net][turn_stream]") {
    const temp_folder folder;
    const turn_relay relay(stream_options(folder));
    plain_receiver sink(at("127.0.0.1:0"));
    turn_client loud(relay.url("tcp"));
    REQUIRE(loud.allocate() == 0);
    REQUIRE(loud.bind_channel(0x4000, sink.local()) == 0);
    turn_client quiet(relay.url());
    REQUIRE(quiet.allocate() == 0);

    std::atomic<bool> enough{false};
    std::jthread flood([&] {
        // 64 KiB of small messages at a time: reading them takes the relay longer than sending takes us.
        std::vector<std::byte> block;
        for (int i = 0; i < 8192; ++i) {
            block.insert(block.end(), {std::byte{0x40}, std::byte{0x00}, std::byte{0}, std::byte{4}});
            block.resize(block.size() + 4, std::byte{'x'});
        }
        while (!enough) loud.link().send(block);
    });
    REQUIRE(test::eventually([&] { return relay.metric("turn_total_traffic_rcvp") > 10'000; }));
    for (int i = 0; i < 20; ++i) {
        const auto began = std::chrono::steady_clock::now();
        CHECK(quiet.refresh(600s) == 0);
        CHECK(std::chrono::steady_clock::now() - began < 2s);
    }
    enough = true;
}
