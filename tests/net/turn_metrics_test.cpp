#include <conf/turn.hpp>

#include "tests/net/test_client.hpp"
#include "tests/net/turn_relay.hpp"
#include "tests/net/udp_pair.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace conf;
using namespace std::chrono_literals;
using test::at;
using test::plain_receiver;
using test::relay_options;
using test::turn_client;
using test::turn_relay;

namespace {

std::string dropped(const std::string& reason) {
    return "conf_turn_dropped_total{reason=\"" + reason + "\"}";
}
std::string refused(const std::string& by) {
    return "conf_turn_refused_total{by=\"" + by + "\"}";
}

/// Counters move on the relay's own time.
void check_reaches(const turn_relay& relay, const std::string& sample, double value) {
    INFO(sample << " is " << relay.metric(sample));
    CHECK(test::eventually([&] { return relay.metric(sample) == value; }));
}

}  // namespace

TEST_CASE("the metrics are well formed from the first moment", "[net][turn_metrics]") {
    const test::temp_folder folder;
    auto options = relay_options();
    if (GENERATE(false, true)) {
        test::write_certificate(folder, "turn.example.org");
        options.listen = {"udp://127.0.0.1:0", "tls://127.0.0.1:0"};
        options.tls_certificate = folder.file("cert.pem");
        options.tls_key = folder.file("key.pem");
    }
    const turn_relay relay(options);
    std::string text = "# HELP before Something else.\n# TYPE before counter\nbefore 1\n";
    relay.server.write_metrics(text);
    CHECK(metrics::check_exposition(text) == std::vector<std::string>{});
    CHECK(text.starts_with("# HELP before"));  // appended
    CHECK(metrics::find_sample(text, "turn_total_allocations") == 0.0);
    CHECK(metrics::find_sample(text, "conf_turn_relay_ports") == 16384.0);
    const bool has_certificate = !options.tls_certificate.empty();
    CHECK(metrics::find_sample(text, "conf_turn_certificate_expiry_timestamp_seconds").has_value() ==
          has_certificate);
}

TEST_CASE("traffic counts once on each side", "[net][turn_metrics]") {
    const turn_relay relay;
    turn_client client(relay.url());
    (void)client.mapped_address();
    REQUIRE(client.allocate() == 0);
    plain_receiver peer(at("127.0.0.1:0"));
    REQUIRE(client.permit({peer.local()}) == 0);
    client.send(peer.local(), "twelve bytes");
    REQUIRE(peer.receive() == "twelve bytes");
    peer.send(client.relayed(), "five!");
    peer.send(client.relayed(), "more!");
    REQUIRE(client.receive().text == "five!");
    REQUIRE(client.receive().text == "more!");
    for (const auto& [sample, value] : std::vector<std::pair<std::string, double>>{
             {"stun_binding_request", 1},
             {"stun_binding_response", 1},
             {"stun_binding_error", 0},
             {"turn_total_allocations", 1},
             {"turn_unauthenticated_401_requests", 1},
             {"turn_unauthenticated_401_responses", 1},
             {"turn_traffic_rcvp", 0},
             {"turn_total_traffic_rcvp", 1},
             {"turn_total_traffic_rcvb", 12},
             {"turn_total_traffic_peer_sentp", 1},
             {"turn_total_traffic_peer_sentb", 12},
             {"turn_total_traffic_peer_rcvp", 2},
             {"turn_total_traffic_peer_rcvb", 10},
             {"turn_total_traffic_sentp", 2},
             {"turn_total_traffic_sentb", 10},
             {"turn_packet_processed", 3},
             {"turn_packet_dropped", 0},
             {"conf_turn_allocations_created_total", 1},
             {"conf_turn_requests_total", 3},
             {"conf_turn_relay_ports_in_use", 1},
         }) {
        INFO(sample);
        CHECK(relay.metric(sample) == value);
    }
    CHECK(client.refresh(0s) == 0);
    CHECK(relay.metric("turn_total_allocations") == 0);
    for (const auto& [sample, value] : std::vector<std::pair<std::string, double>>{
             {"turn_traffic_rcvp", 1},
             {"turn_traffic_rcvb", 12},
             {"turn_traffic_sentp", 2},
             {"turn_traffic_sentb", 10},
             {"turn_traffic_peer_rcvp", 2},
             {"turn_traffic_peer_rcvb", 10},
             {"turn_traffic_peer_sentp", 1},
             {"turn_traffic_peer_sentb", 12},
         }) {
        INFO(sample);
        CHECK(relay.metric(sample) == value);
    }
    CHECK(relay.metric("conf_turn_relay_ports_in_use") == 0);
    CHECK(relay.metric("conf_turn_allocations_created_total") == 1);
}

TEST_CASE("each drop is counted by its reason", "[net][turn_metrics]") {
    auto options = relay_options();
    options.relay_address = {"127.0.0.1"};
    const turn_relay relay(options);
    turn_client client(relay.url());
    plain_receiver stranger(at("127.0.0.1:0"));
    plain_receiver peer(at("127.0.0.1:0"));
    const auto to = at(relay.url().substr(6));

    stranger.send(to, "\x90 is neither STUN nor a channel");
    check_reaches(relay, dropped("unknown_protocol"), 1);
    stranger.send(to, std::string("\x00\x01\xff", 3));
    check_reaches(relay, dropped("malformed"), 1);
    stranger.send(to, std::string("\x40\x00\x00\x01x", 5));
    check_reaches(relay, dropped("no_allocation"), 1);

    REQUIRE(client.allocate() == 0);
    client.link().send(as_bytes(std::string("\x40\x00\x00\x01x", 5)));
    check_reaches(relay, dropped("no_channel"), 1);
    client.send(peer.local(), "no permission");
    check_reaches(relay, dropped("no_permission"), 1);
    stranger.send(client.relayed(), "none either");
    check_reaches(relay, dropped("no_permission"), 2);
    client.send(at("[2620:fe::9]:4000"), "no IPv6 here");
    check_reaches(relay, dropped("address_family"), 1);
    CHECK(relay.metric("turn_packet_dropped") == 7);
    CHECK(relay.server.status().packets_dropped == 7);
}

TEST_CASE("the policy is asked again for each port, and says so", "[net][turn_metrics]") {
    auto options = relay_options();
    options.peer_policy = turn_peer_policy::sfu_only;
    options.allow_peers.clear();
    plain_receiver sfu(at("127.0.0.1:0"));
    options.sfu_addresses = {sfu.local().to_string()};
    const turn_relay relay(options);
    turn_client client(relay.url());
    REQUIRE(client.allocate() == 0);
    CHECK(client.permit({at("9.9.9.9:4000")}) == 403);
    CHECK(relay.metric(refused("peer_policy")) == 1);
    REQUIRE(client.permit({sfu.local()}) == 0);
    client.send(sfu.local(), "media");
    CHECK(sfu.receive() == "media");
    client.send({sfu.local().ip, 9}, "not that port");
    check_reaches(relay, dropped("peer_denied"), 1);
}

TEST_CASE("each limit has a metric that moves one above it and not at it", "[net][turn_metrics]") {
    auto options = relay_options();
    SECTION("allocations_per_user") {
        options.limits.allocations_per_user = 2;
        const turn_relay relay(options);
        turn_client a(relay.url());
        turn_client b(relay.url());
        turn_client c(relay.url());
        CHECK(a.allocate() == 0);
        CHECK(b.allocate() == 0);
        CHECK(relay.metric(refused("quota")) == 0);
        CHECK(c.allocate() == 486);
        CHECK(relay.metric(refused("quota")) == 1);
    }
    SECTION("allocations_per_address") {
        options.limits.allocations_per_address = 1;
        const turn_relay relay(options);
        turn_client a(relay.url());
        turn_client b(relay.url());
        turn_client elsewhere(relay.url(), "alice", "wonderland", {.from = "127.0.0.9"});
        CHECK(a.allocate() == 0);
        CHECK(elsewhere.allocate() == 0);
        CHECK(relay.metric(refused("quota")) == 0);
        CHECK(b.allocate() == 486);
        CHECK(relay.metric(refused("quota")) == 1);
    }
    SECTION("allocations_total") {
        options.limits.allocations_total = 1;
        const turn_relay relay(options);
        turn_client a(relay.url());
        turn_client b(relay.url());
        CHECK(a.allocate() == 0);
        CHECK(relay.metric(refused("capacity")) == 0);
        CHECK(b.allocate() == 508);
        CHECK(relay.metric(refused("capacity")) == 1);
    }
    SECTION("allocation_bps") {
        options.limits.allocation_bps = 800'000;  // 100 000 bytes a second
        const turn_relay relay(options);
        turn_client loud(relay.url());
        turn_client quiet(relay.url());
        plain_receiver peer(at("127.0.0.1:0"));
        for (auto* client : {&loud, &quiet}) {
            REQUIRE(client->allocate() == 0);
            REQUIRE(client->permit({peer.local()}) == 0);
        }
        for (int i = 0; i < 400; ++i) loud.send(peer.local(), std::string(1000, 'l'));
        CHECK(test::eventually([&] { return relay.metric("turn_total_traffic_rcvp") == 400; }));
        CHECK(relay.metric(dropped("bandwidth_limit")) > 100);
        while (peer.receive(0)) continue;
        quiet.send(peer.local(), "mine is my own");
        CHECK(peer.receive() == "mine is my own");
    }
    SECTION("total_bps") {
        options.limits.total_bps = 800'000;
        const turn_relay relay(options);
        turn_client client(relay.url());
        plain_receiver peer(at("127.0.0.1:0"));
        REQUIRE(client.allocate() == 0);
        REQUIRE(client.permit({peer.local()}) == 0);
        for (int i = 0; i < 400; ++i) client.send(peer.local(), std::string(1000, 'l'));
        CHECK(test::eventually([&] { return relay.metric("turn_total_traffic_rcvp") == 400; }));
        CHECK(relay.metric(dropped("bandwidth_limit")) > 100);
    }
    SECTION("relay_ports") {
        // Four ports around one that was free a moment ago; the fifth allocation finds none.
        const auto first = plain_receiver(at("127.0.0.1:0")).local().port;
        options.relay_ports = std::to_string(first) + "-" + std::to_string(first + 3);
        const turn_relay relay(options);
        std::vector<std::unique_ptr<turn_client>> clients;
        int granted = 0;
        for (int i = 0; i < 5; ++i) {
            clients.push_back(std::make_unique<turn_client>(relay.url()));
            granted += clients.back()->allocate() == 0 ? 1 : 0;
        }
        CHECK(granted >= 1);
        CHECK(granted <= 4);
        CHECK(relay.metric(refused("capacity")) == 5 - granted);
        CHECK(relay.metric("conf_turn_relay_ports") == 4);
        CHECK(relay.metric("conf_turn_relay_ports_in_use") == granted);
    }
}

TEST_CASE("an answer with an error is counted", "[net][turn_metrics]") {
    const turn_relay relay;
    turn_client client(relay.url());
    REQUIRE(client.allocate() == 0);
    CHECK(relay.metric("conf_turn_error_responses_total") == 0);
    CHECK(client.bind_channel(0x5000, at("127.0.0.1:9")) == 400);
    CHECK(relay.metric("conf_turn_error_responses_total") == 1);
    CHECK(relay.metric("conf_turn_stale_nonce_responses_total") == 0);
}
