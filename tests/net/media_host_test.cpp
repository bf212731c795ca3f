// Media threads on loopback: sessions by SDP, packets over UDP and ICE-TCP, what strangers may hold open.
#include "libconf/net/media_host.hpp"

#include "libconf/net/clock.hpp"
#include "libconf/net/interfaces.hpp"
#include "libconf/net/media_stream.hpp"
#include "tests/engine/peer.hpp"
#include "tests/net/udp_pair.hpp"
#include "tests/net/wired_peer.hpp"

#include <asio/ip/tcp.hpp>
#include <catch2/catch.hpp>

#include <future>
#include <thread>

namespace {

using namespace conf;
using namespace conf::net;
using namespace std::chrono_literals;
using conf::test::wired_peer;
using engine_test::offer_of;

/// Waits for what a host answers; its `post_back` runs where it is called.
class host {
public:
    explicit host(std::uint32_t shards = 1, std::uint32_t participants = 500) {
        room_options rooms;
        rooms.limits.participants = participants;
        auto made =
            media_host::create({.listen = {"127.0.0.1:0"}, .public_addresses = {}, .shards = shards}, rooms,
                               {.post_back = [](std::function<void()> task) { task(); }, .log = {}});
        REQUIRE(made);
        media = std::move(*made);
    }
    template <class Ask>
    media_reply ask(Ask&& question) {
        std::promise<media_reply> answer;
        question([&](media_reply reply) { answer.set_value(std::move(reply)); });
        return answer.get_future().get();
    }
    media_reply publish(std::string room, std::string name,
                        std::string offer = offer_of(sdp_test::publisher)) {
        return ask([&](auto done) {
            media->publish(std::move(room), std::move(name), std::move(offer), takeover, done);
        });
    }
    media_reply play(std::string room, std::optional<std::string> only = {}) {
        return ask([&](auto done) {
            media->play(std::move(room), std::move(only), {}, offer_of(sdp_test::player()), done);
        });
    }
    media_reply close(std::string session) {
        return ask([&](auto done) { media->close(std::move(session), done); });
    }
    media_reply patch(std::string session) {
        return ask([&](auto done) { media->patch(std::move(session), "", "a=ice-lite\r\n", done); });
    }
    std::unique_ptr<media_host> media;
    engine::takeover takeover = engine::takeover::of_silent;
};

}  // namespace

TEST_CASE("media host: what one publishes over UDP or TCP another one gets over TCP or UDP") {
    const bool publisher_tcp = GENERATE(false, true);
    const bool player_tcp = GENERATE(false, true);
    INFO("publisher over " << (publisher_tcp ? "TCP" : "UDP") << ", player over "
                           << (player_tcp ? "TCP" : "UDP"));
    host server;
    const auto at = server.media->addresses().at(0);
    const auto published = server.publish("algebra", "ann");
    REQUIRE(published.status == 201);
    const auto played = server.play("algebra", "ann");
    REQUIRE(played.status == 201);
    wired_peer ann(at, publisher_tcp, published.body);
    wired_peer ben(at, player_tcp, played.body);
    for (std::uint16_t i = 0; i < 20; ++i) ann.self.send_rtp(engine_test::audio_packet(i), i);
    REQUIRE(ann.turn_until([] { return true; }));
    CHECK(ben.turn_until([&] { return ben.self.rtp.size() == 20; }));
    const auto got = rtp::parse_packet(ben.self.rtp.at(7));
    REQUIRE(got);
    CHECK(std::ranges::equal(got->payload(), rtp::parse_packet(engine_test::audio_packet(7))->payload()));
    const auto sum = server.media->totals();
    CHECK(sum.now.connected == 2);
    CHECK(sum.shell.stream_connections ==
          static_cast<unsigned>(publisher_tcp) + static_cast<unsigned>(player_tcp));
    CHECK(sum.media.packets_out == 20);
    std::string metrics;
    server.media->write_metrics(metrics);
    CHECK(metrics.find("conf_media_packets_forwarded_total 20\n") != std::string::npos);
    CHECK(server.close(played.session).status == 200);
    CHECK(server.close(published.session).status == 200);
    CHECK(server.media->totals().now.rooms == 0);
}

TEST_CASE("media host: SEC-DTLS-1 100 of 100 join while a stranger floods the port with ClientHellos") {
    host server;
    const auto at = server.media->addresses().at(0);
    // A thousand in a second, or what a slow machine makes of it; it ends with the test.
    const std::jthread stranger([at](const std::stop_token& enough) {
        const auto from = conf::test::open_socket(conf::test::at("127.0.0.1:0"));
        socket_address to{};
        const auto size = to_kernel(at, to);
        std::array<std::byte, 200> hello{};
        hello[0] = std::byte{22};
        store_u16(hello, 1, 0xFEFD);
        store_u16(hello, 11, hello.size() - 13);
        while (!enough.stop_requested()) {
            for (int i = 0; i < 10; ++i) {
                static_cast<void>(
                    ::sendto(from.native_handle(), hello.data(), hello.size(), MSG_DONTWAIT, &to.any, size));
            }
            ::poll(nullptr, 0, 10);
        }
    });
    // They stay, or the next one might get the port of one who is gone and still counts as connected.
    std::vector<std::unique_ptr<wired_peer>> peers;
    for (int i = 0; i < 100; ++i) {
        INFO(i);
        const auto published = server.publish("algebra", "p" + std::to_string(i));
        REQUIRE(published.status == 201);
        peers.push_back(
            std::make_unique<wired_peer>(at, false, published.body));  // requires that it connects
    }
    const auto sum = server.media->totals();
    CHECK(sum.engine.connected == 100);
    CHECK(sum.engine.unknown_path > 0);
    CHECK(sum.now.paths <= 100);  // nothing is kept for a stranger
}

TEST_CASE("media host: a room stays with one thread, and sessions are found again") {
    host server(4);
    CHECK(server.media->addresses().size() == 4);
    for (int i = 0; i < 8; ++i) {
        const auto room = "room-" + std::to_string(i);
        const auto published = server.publish(room, "ann");
        REQUIRE(published.status == 201);
        CHECK(server.publish(room, "ann").status == 409);
        CHECK(server.play(room, "ann").status == 201);  // it knows her: the same thread
        CHECK(server.play(room, "ben").status == 409);
        CHECK(server.patch(published.session).status == 428);
    }
    CHECK(server.media->totals().now.rooms == 8);
}

TEST_CASE("media host: what cannot be answered is refused") {
    host server(1, 1);
    CHECK(server.publish("a", "ann", "v=1\r\n").status == 400);
    CHECK(server.publish("a", "ann").status == 201);
    CHECK(server.publish("a", "ben").status == 503);
    server.takeover = engine::takeover::at_once;
    CHECK(server.publish("a", "ann").status == 201);
    conf::room_options wider;
    wider.limits.participants = 2;
    server.media->set_limits(wider);
    CHECK(server.publish("a", "ben").status == 201);
    CHECK(server.close("").status == 404);
    CHECK(server.close("~").status == 404);
    CHECK(server.close(std::string(32, 'A')).status == 404);
    CHECK(server.patch("").status == 404);
    CHECK(server.patch(std::string(32, '9')).status == 404);
    server.media->drain();
    CHECK(server.publish("b", "ann").status == 503);
    CHECK(server.play("b").status == 503);
}

TEST_CASE("media host: localhost means every address of this machine, and says so") {
    const auto made =
        media_host::create({.listen = {"localhost:0"}, .shards = 1}, {}, {.post_back = {}, .log = {}})
            .value();
    const auto& addresses = made->addresses();
    REQUIRE(made->listening() == std::vector{"media://localhost:" + std::to_string(addresses.front().port)});
    auto expected = conf::net::reachable_addresses(conf::ip_family::v4);
    const auto loopback = conf::ip_address::parse("127.0.0.1").value();
    if (expected.front() != loopback) expected.push_back(loopback);
    REQUIRE(addresses.size() == expected.size());
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        CHECK(addresses[i] == conf::endpoint{expected[i], addresses.front().port});
        asio::io_context context;
        asio::ip::tcp::socket connection(context);
        asio::error_code error;
        connection.connect({asio::ip::make_address(addresses[i].ip.to_string()), addresses[i].port}, error);
        CHECK_FALSE(error);
    }
}

TEST_CASE("media host: options that mean nothing are refused with the key's name") {
    struct row {
        media_options options;
        std::string_view says;
    };
    const auto busy = conf::test::open_socket(conf::test::at("127.0.0.1:0"));
    const auto rows = std::vector<row>{
        {{.listen = {"here:1"}}, "media.listen: \"here:1\""},
        {{.listen = {"127.0.0.1:0"}, .public_addresses = {"example.org"}},
         "media.public_addresses: \"example.org\""},
        {{.listen = {"127.0.0.1:0"}, .protector = "rot13"}, "media.protector: \"rot13\""},
        {{.listen = {busy.local().to_string()}, .shards = 1}, "media.listen: "},
    };
    for (const auto& [options, says] : rows) {
        const auto made = media_host::create(options, {}, {.post_back = {}, .log = {}});
        REQUIRE_FALSE(made);
        CHECK(made.error().message().find(says) != std::string::npos);
    }
}

TEST_CASE("media host: a TCP connection that says no good check is closed") {
    host server;
    const auto at = server.media->addresses().at(0);
    const auto published = server.publish("a", "ann");
    const auto closed_after = [&](std::string_view sent) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        socket_address address{};
        const auto size = to_kernel(at, address);
        REQUIRE(::connect(fd, &address.any, size) == 0);
        REQUIRE(::send(fd, sent.data(), sent.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(sent.size()));
        char octet = 0;
        const bool closed = conf::test::wait_for(fd, POLLIN, 5000) && ::recv(fd, &octet, 1, 0) <= 0;
        ::close(fd);
        return closed;
    };
    CHECK(closed_after("GET / HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(20'000, 'x')));
    CHECK(closed_after(std::string("\0\4\x80\0\0\0", 6)));
    // A check that is not signed.
    engine_test::peer stranger(engine_test::path_of(1));
    stranger.take_answer(published.body, clock_now());
    auto check = stranger.make_check(true, "a-password-that-nobody-gave-out!");
    std::string frame{'\0', static_cast<char>(check.size())};
    frame.append(reinterpret_cast<const char*>(check.data()), check.size());
    CHECK(closed_after(frame));
    for (int i = 0; i < 100 && server.media->totals().shell.stream_connections > 0; ++i)
        std::this_thread::yield();
    CHECK(server.media->totals().shell.stream_refused == 3);
}
