/// Callbacks of our own program that are given media packets on their shard's thread.
#pragma once

#include "libconf/engine/taps.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace conf::net {

/// Written by the shard, read by anybody.
struct tap_counters {
    std::atomic<std::uint64_t> packets{0};
    std::atomic<std::uint64_t> bytes{0};
    std::atomic<std::uint64_t> slow_calls{0};  ///< longer than `slow_call`
    std::atomic<std::int64_t> longest_us{0};

    static constexpr std::chrono::milliseconds slow_call{1};
};

/// What listens behind one tap. Shared between the shard, which calls it, and the tap's owner, who reads the
/// counters.
struct tap_listener {
    std::function<void(const engine::tapped_packet&)> call;
    tap_counters count;
    // Each side sets its own and then looks at the other's: a call is never begun and waited for in vain.
    std::atomic<bool> running{false};  ///< written by the shard
    std::atomic<bool> ended{false};    ///< written by the owner
};

/// Belongs to its shard. A callback may add and remove taps.
class tap_list {
public:
    void add(std::uint32_t id, std::shared_ptr<tap_listener> listener) {
        listeners_.emplace(id, std::move(listener));
    }
    void remove(std::uint32_t id) { listeners_.erase(id); }
    /// Every packet to its listener; those of taps that are gone to nobody.
    void deliver(const std::vector<engine::tapped_packet>& packets);

private:
    std::unordered_map<std::uint32_t, std::shared_ptr<tap_listener>> listeners_;
};

}  // namespace conf::net
