#include "libconf/net/gather_rule.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace conf;
using namespace std::chrono_literals;
using net::thread_load;
using net::time_to_gather;

namespace {

/// A thread that is half asleep, and that each packet wakes.
thread_load scattered(int packets_a_second) {
    const auto in_window = packets_a_second / 500;
    return {.elapsed = 2ms, .idle = 1ms, .packets = in_window, .wake_ups = in_window};
}

}  // namespace

TEST_CASE("three scattered packets share a wake-up", "[net][gather_rule]") {
    CHECK(time_to_gather(scattered(50'000)) == 60us);
    CHECK(time_to_gather(scattered(25'000)) == 120us);
    CHECK(time_to_gather(scattered(20'000)) == 150us);
}

TEST_CASE("packets that come faster gather no shorter", "[net][gather_rule]") {
    CHECK(time_to_gather(scattered(150'000)) == 60us);
}

TEST_CASE("few packets are not kept waiting", "[net][gather_rule]") {
    CHECK(time_to_gather(scattered(19'500)) == 0us);
    CHECK(time_to_gather(scattered(500)) == 0us);
    CHECK(time_to_gather({.elapsed = 2ms, .idle = 2ms}) == 0us);
    CHECK(time_to_gather({}) == 0us);
}

TEST_CASE("bursts are not kept waiting: they gather by themselves", "[net][gather_rule]") {
    auto load = scattered(50'000);
    load.wake_ups = 3;  // one burst of 32 every 640 us
    CHECK(time_to_gather(load) == 0us);
    load.wake_ups = 11;  // three gatherings, 180 us, are still as far apart as the wake-ups
    CHECK(time_to_gather(load) == 0us);
    load.wake_ups = 12;
    CHECK(time_to_gather(load) == 60us);
}

TEST_CASE("once packets gather, they go on gathering", "[net][gather_rule]") {
    auto load = scattered(25'000);
    load.wake_ups = 15;  // one every 133 us
    CHECK(time_to_gather(load) == 120us);
}

TEST_CASE("a thread without time to spare gives none away", "[net][gather_rule]") {
    auto load = scattered(50'000);
    load.idle = 400us;
    CHECK(time_to_gather(load) == 60us);
    load.idle = 399us;
    CHECK(time_to_gather(load) == 0us);
}
