#include <conf/turn.hpp>

#include "tests/net/turn_relay.hpp"
#include "tests/net/udp_pair.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <deque>
#include <string>
#include <vector>

using namespace conf;
using namespace std::chrono_literals;
using test::at;
using test::relay_options;
using test::turn_client;
using test::turn_relay;

namespace {

/// A relay with two threads and sixteen clients with allocations and permissions for each other. The kernel
/// deals the clients out by their ports, so all on one thread happens once in 32 768 runs.
struct crowd {
    crowd() : relay(options()) {
        for (int i = 0; i < 16; ++i) {
            clients.emplace_back(relay.url());
            REQUIRE(clients.back().allocate() == 0);
        }
        for (auto& client : clients) REQUIRE(client.permit({at("127.0.0.1:1")}) == 0);
    }

    static turn_options options() {
        auto with = relay_options();
        with.threads = 2;
        return with;
    }

    double handed_over() const { return relay.metric("conf_turn_handed_over_total"); }

    /// Whether what `from` sends to `to` changes the thread.
    bool crosses(turn_client& from, turn_client& to) {
        const auto before = handed_over();
        from.send(to.relayed(), "where are you?");
        CHECK(to.receive().text == "where are you?");
        return handed_over() > before;
    }

    turn_relay relay;
    std::deque<turn_client> clients;
};

}  // namespace

TEST_CASE("allocations on two threads reach each other", "[net][turn_threads]") {
    crowd all;
    CHECK(all.relay.server.status().allocations == 16);
    std::size_t crossed = 0;
    auto& first = all.clients.front();
    for (std::size_t i = 1; i < all.clients.size(); ++i) {
        const bool there = all.crosses(first, all.clients[i]);
        CHECK(all.crosses(all.clients[i], first) == there);
        crossed += there ? 2U : 0U;
    }
    REQUIRE(crossed > 0);
    CHECK(all.handed_over() == static_cast<double>(crossed));
    CHECK(all.relay.server.status().packets_dropped == 0);
}

TEST_CASE("what crosses threads keeps its order and its bytes", "[net][turn_threads]") {
    crowd all;
    auto& from = all.clients.front();
    turn_client* to = nullptr;
    for (std::size_t i = 1; i < all.clients.size() && !to; ++i) {
        if (all.crosses(from, all.clients[i])) to = &all.clients[i];
    }
    REQUIRE(to);
    REQUIRE(from.bind_channel(0x4000, to->relayed()) == 0);
    for (int i = 0; i < 500; ++i) {
        from.send(to->relayed(), std::to_string(i) + std::string(static_cast<std::size_t>(i), '.'));
        if (i % 50 != 49) continue;
        for (int j = i - 49; j <= i; ++j) {
            CHECK(to->receive().text == std::to_string(j) + std::string(static_cast<std::size_t>(j), '.'));
        }
    }
}

TEST_CASE("a port reserved on one thread can be claimed on the other, once", "[net][turn_threads]") {
    crowd all;
    turn_client holder(all.relay.url());
    REQUIRE(holder.allocate({.parity = turn::port_parity::even_and_reserve_next}) == 0);
    REQUIRE(holder.permit({at("127.0.0.1:1")}) == 0);
    const auto token = holder.core().reservation();
    REQUIRE(token);
    CHECK(holder.relayed().port % 2 == 0);

    turn_client* stranger = nullptr;
    for (auto& client : all.clients) {
        if (!stranger && all.crosses(client, holder)) stranger = &client;
    }
    REQUIRE(stranger);
    REQUIRE(stranger->refresh(0s) == 0);
    REQUIRE(stranger->allocate({.token = token}) == 0);
    CHECK(stranger->relayed().port == holder.relayed().port + 1);
    REQUIRE(stranger->permit({at("127.0.0.1:1")}) == 0);
    CHECK(all.crosses(*stranger, holder));

    turn_client late(all.relay.url());
    CHECK(late.allocate({.token = token}) == 508);
}

TEST_CASE("quotas count over all threads", "[net][turn_threads]") {
    auto options = relay_options();
    options.threads = 2;
    options.limits.allocations_per_user = 5;
    turn_relay relay(options);
    std::deque<turn_client> clients;
    for (int i = 0; i < 12; ++i) {
        clients.emplace_back(relay.url());
        CHECK(clients.back().allocate() == (i < 5 ? 0 : 486));
    }
    CHECK(clients[2].refresh(0s) == 0);
    CHECK(clients[11].allocate() == 0);
}

TEST_CASE("every thread drains", "[net][turn_threads]") {
    crowd all;
    all.relay.server.drain();
    for (auto& client : all.clients) CHECK(client.refresh(0s) == 0);
    all.relay.server.wait_drained();
    CHECK(all.relay.server.status().allocations == 0);
}
