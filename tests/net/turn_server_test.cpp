#include <conf/turn.hpp>

#include "libconf/net/send_batch.hpp"
#include "tests/net/turn_relay.hpp"
#include "tests/net/udp_pair.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

using namespace conf;
using namespace std::chrono_literals;
using test::at;
using test::plain_receiver;
using test::relay_options;
using test::temp_folder;
using test::turn_client;
using test::turn_relay;

namespace {

bool has_ipv6() {
    net::udp_socket probe;
    if (!net::udp_socket::open(at("[::1]:0"), {}, probe)) return true;
    WARN("no IPv6 here: only IPv4 is tested");
    return false;
}

}  // namespace

TEST_CASE("each option that is wrong is refused by its name", "[net][turn_server]") {
    struct refused_case {
        std::string why;
        std::function<void(turn_options&)> spoil;
        turn_errc expected;
        std::string context;
    };
    const auto c = GENERATE(values<refused_case>({
        {"unknown scheme", [](auto& o) { o.listen = {"sctp://127.0.0.1:0"}; }, turn_errc::bad_listen, "sctp"},
        {"no scheme", [](auto& o) { o.listen = {"127.0.0.1:0"}; }, turn_errc::bad_listen, "turn.listen"},
        {"no port", [](auto& o) { o.listen = {"udp://127.0.0.1"}; }, turn_errc::bad_listen, "turn.listen"},
        {"realm empty", [](auto& o) { o.realm = ""; }, turn_errc::bad_realm, "turn.realm"},
        {"realm of 65", [](auto& o) { o.realm = std::string(65, 'r'); }, turn_errc::bad_realm, "turn.realm"},
        {"realm with a quote", [](auto& o) { o.realm = "a\"b"; }, turn_errc::bad_realm, "turn.realm"},
        {"realm with a line end", [](auto& o) { o.realm = "a\nb"; }, turn_errc::bad_realm, "turn.realm"},
        {"nobody", [](auto& o) { o.users.clear(); }, turn_errc::no_credentials, "turn.users"},
        {"empty secret", [](auto& o) { o.secrets = {"good", ""}; }, turn_errc::bad_secret, "turn.secrets"},
        {"empty name", [](auto& o) { o.users = {{"", "p"}}; }, turn_errc::bad_user, "turn.users"},
        {"colon in a name", [](auto& o) { o.users = {{"a:b", "p"}}; }, turn_errc::bad_user, "turn.users.a:b"},
        {"empty password", [](auto& o) { o.users = {{"bob", ""}}; }, turn_errc::bad_user, "turn.users.bob"},
        {"name", [](auto& o) { o.relay_address = {"here"}; }, turn_errc::bad_relay_address, "here"},
        {"0.0.0.0", [](auto& o) { o.relay_address = {"0.0.0.0"}; }, turn_errc::bad_relay_address, "0.0.0.0"},
        {"two of a kind", [](auto& o) { o.relay_address = {"127.0.0.1", "127.0.0.2"}; },
         turn_errc::bad_relay_address, "127.0.0.2"},
        {"half", [](auto& o) { o.external_addresses = {"/127.0.0.1"}; }, turn_errc::bad_external_address,
         "/127"},
        {"two families", [](auto& o) { o.external_addresses = {"9.9.9.9/::1"}; },
         turn_errc::bad_external_address, "turn.external_addresses"},
        {"one number", [](auto& o) { o.relay_ports = "50000"; }, turn_errc::bad_relay_ports, "50000"},
        {"upside down", [](auto& o) { o.relay_ports = "50001-50000"; }, turn_errc::bad_relay_ports, "50001"},
        {"privileged", [](auto& o) { o.relay_ports = "1023-2000"; }, turn_errc::bad_relay_ports, "1023"},
        {"too high", [](auto& o) { o.relay_ports = "50000-65536"; }, turn_errc::bad_relay_ports, "65536"},
        {"fewer than threads", [](auto& o) { o.relay_ports = "50000-50000", o.threads = 2; },
         turn_errc::bad_relay_ports, "50000"},
        {"no prefix", [](auto& o) { o.allow_peers = {"10.0.0.0/33"}; }, turn_errc::bad_prefix, "10.0.0.0/33"},
        {"bits behind it", [](auto& o) { o.allow_peers = {"10.0.0.1/8"}; }, turn_errc::bad_prefix,
         "10.0.0.1/8"},
        {"port 0", [](auto& o) { o.sfu_addresses = {"9.9.9.9:0"}; }, turn_errc::bad_sfu_address, "9.9.9.9:0"},
        {"no address", [](auto& o) { o.sfu_addresses = {"sfu"}; }, turn_errc::bad_sfu_address, "sfu"},
        {"without a port", [](auto& o) { o.alternate_server = "9.9.9.9"; }, turn_errc::bad_alternate_server,
         "9.9.9.9"},
        {"no service", [](auto& o) { o.own_services = {"9.9.9.9"}; }, turn_errc::bad_own_service, "9.9.9.9"},
        {"no thread", [](auto& o) { o.threads = 0; }, turn_errc::bad_threads, "0"},
        {"65 threads", [](auto& o) { o.threads = 65; }, turn_errc::bad_threads, "65"},
        {"tls", [](auto& o) { o.listen = {"tls://127.0.0.1:0"}; }, turn_errc::certificate_missing,
         "turn.listen"},
        {"dtls", [](auto& o) { o.listen = {"dtls://127.0.0.1:0"}; }, turn_errc::certificate_missing,
         "turn.listen"},
    }));
    INFO(c.why);
    auto options = relay_options();
    c.spoil(options);
    const auto made = turn_server::create(options);
    REQUIRE_FALSE(made);
    CHECK(made.error() == make_error_code(c.expected));
    CHECK(made.error().message().find(c.context) != std::string::npos);
    CHECK(made.error().code().message().size() > 10);
}

TEST_CASE("files without a usable certificate are refused", "[net][turn_server]") {
    const temp_folder folder;
    auto options = relay_options();
    options.listen = {GENERATE(as<std::string>{}, "tls", "dtls") + "://127.0.0.1:0"};
    options.tls_certificate = folder.file("cert.pem");
    options.tls_key = folder.file("key.pem");
    SECTION("there are none") {}
    SECTION("they hold something else") {
        folder.write("cert.pem", "nothing");
        folder.write("key.pem", "nothing");
    }
    SECTION("the key is another certificate's") {
        folder.write("cert.pem", test::make_certificate("one").certificate_pem());
        folder.write("key.pem", test::make_certificate("other").key_pem());
    }
    const auto made = turn_server::create(options);
    REQUIRE_FALSE(made);
    CHECK(made.error().message().find(folder.file("")) != std::string::npos);
}

TEST_CASE("secrets and passwords stay out of error messages", "[net][turn_server]") {
    auto options = relay_options();
    options.secrets = {"hush-hush", ""};
    options.users = {{"bob", "pass-word"}, {"a:b", "pass-word"}};
    const auto made = turn_server::create(options);
    REQUIRE_FALSE(made);
    CHECK(made.error().message().find("hush") == std::string::npos);
    CHECK(made.error().message().find("pass-word") == std::string::npos);
}

TEST_CASE("an address that somebody else has is named, and nothing is left running", "[net][turn_server]") {
    const plain_receiver taken(at("127.0.0.1:0"));
    auto options = relay_options();
    options.threads = GENERATE(1U, 2U);
    options.listen.push_back("udp://" + taken.local().to_string());
    const auto made = turn_server::create(options);
    REQUIRE_FALSE(made);
    CHECK(made.error().code() == std::errc::address_in_use);
    CHECK(made.error().context().find(taken.local().to_string()) != std::string::npos);
}

TEST_CASE("a relay without listeners is possible", "[net][turn_server]") {
    auto options = relay_options();
    options.listen.clear();
    const turn_relay relay(options);
    CHECK(relay.server.status().listening.empty());
    CHECK(relay.server.status().allocations == 0);
}

TEST_CASE("a client over each transport relays to a peer and back", "[net][turn_server]") {
    const temp_folder folder;
    test::write_certificate(folder, "turn.example.org");
    auto options = relay_options();
    options.listen = {"udp://127.0.0.1:0", "tcp://127.0.0.1:0", "tls://127.0.0.1:0", "dtls://127.0.0.1:0"};
    options.tls_certificate = folder.file("cert.pem");
    options.tls_key = folder.file("key.pem");
    options.threads = GENERATE(1U, 2U);
    const turn_relay relay(options);
    const auto scheme = GENERATE(as<std::string>{}, "udp", "tcp", "tls", "dtls");
    INFO(scheme << " with " << options.threads << " threads");

    turn_client client(relay.url(scheme));
    CHECK(client.mapped_address() == client.link().local());
    REQUIRE(client.allocate() == 0);
    CHECK(relay.server.status().allocations == 1);
    plain_receiver peer(at("127.0.0.1:0"));
    REQUIRE(client.permit({peer.local()}) == 0);

    // Send and Data indications; then a channel. Sizes with and without padding, and nothing at all.
    for (const bool channel : {false, true}) {
        if (channel) REQUIRE(client.bind_channel(0x4000, peer.local()) == 0);
        for (const std::size_t size : {0U, 1U, 3U, 4U, 160U, 1200U, 1201U}) {
            INFO(size << " bytes, channel: " << channel);
            const std::string text(size, 'x');
            client.send(peer.local(), text);
            CHECK(peer.receive() == text);
            CHECK(peer.from() == client.relayed());
            peer.send(client.relayed(), text);
            const auto back = client.receive();
            CHECK(back.text == text);
            CHECK(back.from == peer.local());
        }
    }
    CHECK(relay.server.status().packets_relayed == 28);
    CHECK(relay.server.status().packets_dropped == 0);
    CHECK(client.refresh(0s) == 0);
    CHECK(relay.server.status().allocations == 0);
}

TEST_CASE("large datagrams pass whole", "[net][turn_server]") {
    auto options = relay_options();
    options.listen = {"udp://127.0.0.1:0", "tcp://127.0.0.1:0"};
    const turn_relay relay(options);
    turn_client client(relay.url(GENERATE(as<std::string>{}, "udp", "tcp")));
    REQUIRE(client.allocate() == 0);
    plain_receiver peer(at("127.0.0.1:0"));
    REQUIRE(client.bind_channel(0x4001, peer.local()) == 0);
    const std::string text(65'000, 'L');
    client.send(peer.local(), text);
    CHECK(peer.receive() == text);
    peer.send(client.relayed(), text);
    CHECK(client.receive().text == text);
}

TEST_CASE("bursts of one size keep their order and lose nothing", "[net][turn_server]") {
    const turn_relay relay;
    turn_client client(relay.url(), "alice", "wonderland", {.receive_buffer_bytes = 4 << 20});
    REQUIRE(client.allocate() == 0);
    plain_receiver peer(at("127.0.0.1:0"));
    REQUIRE(client.bind_channel(0x4002, peer.local()) == 0);
    // What leaves the peer as one run comes back to the client as one.
    const auto socket = test::open_socket(at("127.0.0.1:0"));
    REQUIRE(client.permit({socket.local()}) == 0);
    std::vector<std::string> texts;
    for (int i = 1000; i < 1200; ++i) texts.push_back(std::to_string(i));
    net::send_batch batch;
    for (const auto& text : texts) {
        batch.add({.fd = socket.native_handle(),
                   .destination = client.relayed(),
                   .head = {},
                   .body = as_bytes(text)});
    }
    batch.flush();
    for (const auto& text : texts) CHECK(client.receive().text == text);
    for (const auto& text : texts) client.send(peer.local(), text);
    for (const auto& text : texts) CHECK(peer.receive() == text);
    CHECK(relay.metric("conf_turn_received_in_runs_total") >= 200);
    CHECK(relay.server.status().packets_dropped == 0);
}

TEST_CASE("a relay on every address answers from the one that was hit", "[net][turn_server]") {
    auto options = relay_options();
    options.listen = {"udp://0.0.0.0:0"};
    options.threads = GENERATE(1U, 2U);
    const turn_relay relay(options);
    const auto port = at(relay.url().substr(6)).port;
    plain_receiver peer(at("127.0.0.1:0"));
    for (const std::string hit : {"127.0.0.1", "127.0.0.2", "127.9.9.9"}) {
        // Connected: what came from another address would never arrive.
        turn_client client("udp://" + hit + ":" + std::to_string(port));
        CHECK(client.mapped_address() == client.link().local());
        REQUIRE(client.allocate() == 0);
        REQUIRE(client.permit({peer.local()}) == 0);
        peer.send(client.relayed(), "to " + hit);
        CHECK(client.receive().text == "to " + hit);
    }
}

TEST_CASE("a host with thousands of addresses serves the first of them well", "[net][turn_server]") {
    auto options = relay_options();
    options.listen = {"udp://0.0.0.0:0"};
    const turn_relay relay(options);
    const auto port = at(relay.url().substr(6)).port;
    turn_client early("udp://127.0.0.1:" + std::to_string(port));
    REQUIRE(early.allocate() == 0);
    plain_receiver sender(at("127.0.0.1:0"));
    const std::string request("\x00\x01\x00\x00\x21\x12\xA4\x42twelve bytes", 20);
    std::size_t answers = 0;
    for (std::uint32_t i = 0; i < 2000; ++i) {
        sender.send({ip_address::v4(0x7F010000 + i), port}, request);
        answers += sender.receive().has_value() ? 1U : 0U;
    }
    CHECK(answers == 2000);
    CHECK(early.refresh(600s) == 0);
    CHECK(early.mapped_address() == early.link().local());
}

TEST_CASE("one client socket has an allocation with each address of the server", "[net][turn_server]") {
    auto options = relay_options();
    options.listen = {"udp://0.0.0.0:0"};
    const turn_relay relay(options);
    const auto port = at(relay.url().substr(6)).port;
    const std::string first = "udp://127.0.0.1:" + std::to_string(port);
    const std::string second = "udp://127.0.0.2:" + std::to_string(port);
    turn_client to_first(first, "alice", "wonderland", {.from = "127.0.0.1"});
    turn_client to_second(second, "alice", "wonderland", {.from = "127.0.0.1"});
    REQUIRE(to_first.allocate() == 0);
    REQUIRE(to_second.allocate() == 0);
    CHECK(to_first.relayed() != to_second.relayed());
}

TEST_CASE("IPv6 clients get IPv6 addresses, and both where they ask for both", "[net][turn_server]") {
    if (!has_ipv6()) return;
    auto options = relay_options();
    options.listen = {"udp://[::1]:0", "tcp://[::1]:0", "udp://127.0.0.1:0"};
    options.relay_address = {"127.0.0.1", "::1"};
    options.allow_peers = {"127.0.0.0/8", "::1"};
    const turn_relay relay(options);
    plain_receiver peer(at("[::1]:0"));
    for (const std::string scheme : {"udp", "tcp"}) {
        INFO(scheme);
        turn_client client(relay.url(scheme));
        CHECK(client.mapped_address() == client.link().local());
        REQUIRE(client.allocate({.family = ip_family::v6}) == 0);
        CHECK(client.relayed(ip_family::v6).ip == ip_address::parse("::1"));
        REQUIRE(client.permit({peer.local()}) == 0);
        client.send(peer.local(), "six");
        CHECK(peer.receive() == "six");
        CHECK(peer.from() == client.relayed(ip_family::v6));
        peer.send(client.relayed(ip_family::v6), "back");
        CHECK(client.receive().text == "back");
    }
    turn_client both("udp://" + at(relay.url().substr(6)).to_string());
    REQUIRE(both.allocate({.also_v6 = true}) == 0);
    CHECK(both.relayed(ip_family::v4).ip.is_v4());
    CHECK(both.relayed(ip_family::v6).ip.is_v6());
}

TEST_CASE("a closed port of a peer is told to the client", "[net][turn_server]") {
    const turn_relay relay;
    turn_client client(relay.url());
    REQUIRE(client.allocate() == 0);
    const auto closed_port = plain_receiver(at("127.0.0.1:0")).local();
    REQUIRE(client.permit({closed_port}) == 0);
    client.send(closed_port, "nobody");
    const auto told = client.receive();
    CHECK(told.icmp_type == 3);
    CHECK(told.from == closed_port);
    CHECK(relay.metric("conf_turn_icmp_errors_forwarded_total") == 1);
    // And the relay goes on.
    plain_receiver peer(at("127.0.0.1:0"));
    client.send(peer.local(), "somebody");
    CHECK(peer.receive() == "somebody");
}

TEST_CASE("two allocations of one relay reach each other inside the process", "[net][turn_server]") {
    auto options = relay_options();
    options.allow_peers.clear();  // the kernel would not be allowed to carry it
    const turn_relay relay(options);
    turn_client one(relay.url());
    turn_client other(relay.url());
    REQUIRE(one.allocate() == 0);
    REQUIRE(other.allocate() == 0);
    REQUIRE(one.permit({other.relayed()}) == 0);
    one.send(other.relayed(), "no permission there");
    REQUIRE(test::eventually(
        [&] { return relay.metric("conf_turn_dropped_total{reason=\"no_permission\"}") == 1; }));
    REQUIRE(other.permit({one.relayed()}) == 0);
    one.send(other.relayed(), "now");
    const auto got = other.receive();
    CHECK(got.text == "now");
    CHECK(got.from == one.relayed());
    // A neighbour on loopback that is no relayed address stays closed.
    CHECK(one.permit({at("127.0.0.3:9")}) == 403);
}

TEST_CASE("an allocation ends with its stream", "[net][turn_server]") {
    auto options = relay_options();
    options.listen = {"tcp://127.0.0.1:0"};
    const turn_relay relay(options);
    {
        turn_client client(relay.url("tcp"));
        REQUIRE(client.allocate() == 0);
        CHECK(relay.metric("conf_turn_stream_connections") == 1);
    }
    CHECK(test::eventually([&] { return relay.server.status().allocations == 0; }));
    CHECK(test::eventually([&] { return relay.metric("conf_turn_stream_connections") == 0; }));
}

TEST_CASE("stopping ends every client, and asking afterwards is harmless", "[net][turn_server]") {
    const temp_folder folder;
    test::write_certificate(folder, "turn.example.org");
    auto options = relay_options();
    options.listen = {"udp://127.0.0.1:0", "tcp://127.0.0.1:0", "tls://127.0.0.1:0", "dtls://127.0.0.1:0"};
    options.tls_certificate = folder.file("cert.pem");
    options.tls_key = folder.file("key.pem");
    options.threads = 2;
    turn_relay relay(options);
    turn_client plain(relay.url("tcp"));
    turn_client secure(relay.url("tls"));
    turn_client datagrams(relay.url("dtls"));
    turn_client udp(relay.url());
    for (auto* client : {&plain, &secure, &datagrams, &udp}) REQUIRE(client->allocate() == 0);
    relay.server.stop();
    relay.server.stop();
    CHECK_FALSE(plain.receive_within(30s));
    CHECK(plain.link().closed());
    CHECK_FALSE(secure.receive_within(30s));
    CHECK(secure.link().closed());
    CHECK_NOTHROW(relay.server.status());
    relay.server.drain();
    relay.server.wait_drained();
}

TEST_CASE("asking from many threads while it stops neither hangs nor races", "[net][turn_server]") {
    auto options = relay_options();
    options.threads = 2;
    for (int round = 0; round < 20; ++round) {
        turn_relay relay(options);
        std::vector<std::jthread> askers;
        for (int i = 0; i < 3; ++i) {
            askers.emplace_back([&relay, i] {
                for (int n = 0; n < 20; ++n) {
                    if (i == 0) (void)relay.server.status();
                    std::string text;
                    if (i == 1) relay.server.write_metrics(text);
                    if (i == 2) (void)relay.server.apply(relay.options);
                }
            });
        }
        relay.server.stop();
        askers.clear();  // joins
    }
    SUCCEED();
}

TEST_CASE("a peer that is never quiet does not keep others waiting", "[net][turn_server]") {
    const turn_relay relay;
    turn_client loud(relay.url());
    turn_client quiet(relay.url());
    REQUIRE(loud.allocate() == 0);
    REQUIRE(quiet.allocate() == 0);
    std::atomic<bool> enough{false};
    std::jthread flood([&enough, to = loud.relayed()] {
        const auto socket = test::open_socket(at("127.0.0.1:0"));
        const std::string text(16, 'f');
        net::send_batch batch;
        while (!enough) {
            for (int i = 0; i < 1024; ++i) {
                batch.add(
                    {.fd = socket.native_handle(), .destination = to, .head = {}, .body = as_bytes(text)});
            }
            batch.flush();
        }
    });
    REQUIRE(test::eventually([&] { return relay.metric("turn_total_traffic_peer_rcvp") > 10'000; }));
    for (int i = 0; i < 20; ++i) {
        const auto began = std::chrono::steady_clock::now();
        CHECK(quiet.refresh(600s) == 0);
        CHECK(std::chrono::steady_clock::now() - began < 2s);
    }
    enough = true;
}

TEST_CASE("a moved relay goes on", "[net][turn_server]") {
    turn_relay relay;
    turn_client client(relay.url());
    REQUIRE(client.allocate() == 0);
    turn_server moved = std::move(relay.server);
    CHECK(client.refresh(600s) == 0);
    CHECK(moved.status().allocations == 1);
}

TEST_CASE("events name no client unless that is asked for", "[net][turn_server]") {
    test::event_book events;
    auto options = relay_options();
    options.log = events.sink();
    options.log_least = log_level::debug;
    options.log_client_addresses = GENERATE(false, true);
    {
        const turn_relay relay(options);
        turn_client client(relay.url());
        REQUIRE(client.allocate() == 0);
        REQUIRE(client.refresh(0s) == 0);
        REQUIRE(test::eventually([&] { return events.count("turn.allocation_deleted") == 1; }));
        const auto own_port = std::to_string(client.link().local().port);
        std::size_t named = 0;
        for (const auto& event : events.all()) {
            for (const auto& field : event.fields)
                named += field.value.find(own_port) != std::string::npos ? 1U : 0U;
        }
        CHECK((named > 0) == options.log_client_addresses);
    }
    CHECK(events.count("turn.allocation_created") == 1);
    CHECK(events.count("turn.allocation_deleted") == 1);
    CHECK(events.count("turn.peers_opened") == 1);  // turn.allow_peers is said loudly
}
