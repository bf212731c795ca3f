#include "libconf/net/readiness_set.hpp"
#include "tests/net/udp_pair.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <thread>

using namespace conf;
using namespace std::chrono_literals;
using net::readiness_set;
using test::at;
using test::open_socket;
using test::plain_receiver;

TEST_CASE("a socket is reported with its tag, once for what has arrived", "[net][readiness_set]") {
    const auto socket = open_socket(at("127.0.0.1:0"));
    plain_receiver sender(at("127.0.0.1:0"));
    readiness_set ready;
    REQUIRE(ready.add(socket.native_handle(), 42));
    CHECK(ready.wait(0us).empty());

    sender.send(socket.local(), "first");
    const auto events = ready.wait(10s);
    REQUIRE(events.size() == 1);
    CHECK(std::uint64_t{events[0].data.u64} == 42);
    CHECK((events[0].events & EPOLLIN) != 0);
    CHECK(ready.wait(0us).empty());  // edge-triggered, although nobody has read it

    sender.send(socket.local(), "second");
    REQUIRE(ready.wait(10s).size() == 1);
}

TEST_CASE("what is already waiting when a socket is added is reported", "[net][readiness_set]") {
    const auto socket = open_socket(at("127.0.0.1:0"));
    plain_receiver sender(at("127.0.0.1:0"));
    sender.send(socket.local(), "early");
    readiness_set ready;
    REQUIRE(ready.add(socket.native_handle(), 7));
    REQUIRE(ready.wait(10s).size() == 1);
}

TEST_CASE("a socket leaves by being closed", "[net][readiness_set]") {
    readiness_set ready;
    auto socket = open_socket(at("127.0.0.1:0"));
    const auto where = socket.local();
    REQUIRE(ready.add(socket.native_handle(), 1));
    CHECK_FALSE(ready.add(socket.native_handle(), 2));  // it is there already
    socket = {};
    plain_receiver sender(at("127.0.0.1:0"));
    sender.send(where, "nobody");
    CHECK(ready.wait(0us).empty());
    CHECK_FALSE(ready.add(-1, 3));
}

TEST_CASE("wake ends a wait, from another thread and before it began", "[net][readiness_set]") {
    readiness_set ready;
    ready.wake();
    ready.wake();
    const auto early = ready.wait(std::nullopt);
    REQUIRE(early.size() == 1);
    CHECK(std::uint64_t{early[0].data.u64} == readiness_set::wake_tag);
    CHECK(ready.wait(0us).empty());

    for (int round = 0; round < 100; ++round) {
        const std::jthread other([&ready] { ready.wake(); });
        const auto events = ready.wait(std::nullopt);
        REQUIRE(events.size() == 1);
        CHECK(std::uint64_t{events[0].data.u64} == readiness_set::wake_tag);
    }
}

TEST_CASE("a wait ends when its time is over, and not before", "[net][readiness_set]") {
    readiness_set ready;
    const auto began = std::chrono::steady_clock::now();
    CHECK(ready.wait(1500us).empty());
    CHECK(std::chrono::steady_clock::now() - began >= 1500us);
}

TEST_CASE("more sockets than one wait can report are reported by the next", "[net][readiness_set]") {
    readiness_set ready;
    constexpr std::size_t count = 300;
    std::vector<net::udp_socket> sockets;
    plain_receiver sender(at("127.0.0.1:0"));
    for (std::size_t i = 0; i < count; ++i) {
        sockets.push_back(open_socket(at("127.0.0.1:0")));
        REQUIRE(ready.add(sockets.back().native_handle(), i));
        sender.send(sockets.back().local(), "x");
    }
    std::vector<int> seen(count);
    for (std::size_t total = 0; total < count;) {
        const auto events = ready.wait(10s);
        REQUIRE_FALSE(events.empty());
        for (const auto& event : events) ++seen.at(std::uint64_t{event.data.u64});
        total += events.size();
    }
    CHECK(seen == std::vector<int>(count, 1));
}
