#include "libconf/net/gather_rule.hpp"

#include <algorithm>
#include <chrono>

namespace conf::net {
namespace {

using namespace std::chrono_literals;

/// So many packets should share a wake-up, if they come soon enough.
constexpr int packets_wanted = 3;
constexpr duration shortest = 60us;
constexpr duration longest = 150us;
// Wake-ups further apart than this many gatherings are few already: the packets come in bursts. Gathering
// those saves little CPU, and adds more than its time to their latency (tests/bench/RESULTS.md).
constexpr int spacing_max = 3;
/// A thread with less than a fifth of its time to spare has none to give away.
constexpr int idle_share = 5;

}  // namespace

duration time_to_gather(const thread_load& load) noexcept {
    if (load.packets == 0 || load.idle * idle_share < load.elapsed) return {};
    const auto wanted = load.elapsed * packets_wanted / load.packets;
    if (wanted > longest) return {};
    const auto time = std::max(wanted, shortest);
    return load.wake_ups * spacing_max * time > load.elapsed ? time : duration::zero();
}

}  // namespace conf::net
