#include <conf/turn.hpp>

#include "tests/net/turn_relay.hpp"
#include "tests/net/udp_pair.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <future>
#include <string>

using namespace conf;
using namespace std::chrono_literals;
using test::at;
using test::plain_receiver;
using test::relay_options;
using test::turn_client;
using test::turn_relay;

TEST_CASE("a draining relay serves who is there and nobody new", "[net][turn_drain]") {
    auto options = relay_options();
    options.alternate_server = GENERATE(as<std::string>{}, "", "9.9.9.9:3478");
    turn_relay relay(options);
    turn_client early(relay.url());
    REQUIRE(early.allocate() == 0);
    CHECK_FALSE(relay.server.status().draining);
    CHECK(relay.metric("conf_turn_draining") == 0);

    relay.server.drain();
    relay.server.drain();
    CHECK(relay.server.status().draining);
    CHECK(relay.metric("conf_turn_draining") == 1);
    turn_client late(relay.url());
    if (options.alternate_server.empty()) {
        CHECK(late.allocate() == 508);
    } else {
        CHECK(late.allocate() == 300);
        CHECK(late.alternate() == at(options.alternate_server));
    }
    CHECK(late.mapped_address() == late.link().local());  // Binding is no allocation

    plain_receiver peer(at("127.0.0.1:0"));
    CHECK(early.refresh(600s) == 0);
    CHECK(early.permit({peer.local()}) == 0);
    early.send(peer.local(), "still here");
    CHECK(peer.receive() == "still here");

    auto drained = std::async(std::launch::async, [&] { relay.server.wait_drained(); });
    CHECK(drained.wait_for(50ms) == std::future_status::timeout);
    CHECK(early.refresh(0s) == 0);
    CHECK(drained.wait_for(test::patience) == std::future_status::ready);
}

TEST_CASE("an empty relay has drained at once", "[net][turn_drain]") {
    turn_relay relay;
    relay.server.drain();
    relay.server.wait_drained();
    CHECK(relay.server.status().allocations == 0);
}

TEST_CASE("draining ends after its limit, with whoever is still there", "[net][turn_drain]") {
    auto options = relay_options();
    options.drain_limit = 1s;
    turn_relay relay(options);
    turn_client client(relay.url());
    REQUIRE(client.allocate() == 0);
    relay.server.drain();
    const auto began = std::chrono::steady_clock::now();
    relay.server.wait_drained();
    CHECK(std::chrono::steady_clock::now() - began >= 1s);
    CHECK(relay.server.status().allocations == 1);
}

TEST_CASE("stopping ends a drain that somebody waits for", "[net][turn_drain]") {
    turn_relay relay;
    turn_client client(relay.url());
    REQUIRE(client.allocate() == 0);
    relay.server.drain();
    auto drained = std::async(std::launch::async, [&] { relay.server.wait_drained(); });
    CHECK(drained.wait_for(20ms) == std::future_status::timeout);
    relay.server.stop();
    CHECK(drained.wait_for(test::patience) == std::future_status::ready);
}
