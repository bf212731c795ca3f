#include "libconf/host/room_deadlines.hpp"

#include "libconf/net/clock.hpp"

#include <vector>

namespace conf::host {

room_deadlines::room_deadlines(net::event_loop& on, std::function<void(const std::string& room)> ring)
    : ring_(std::move(ring)), timer_(on, [this] { this->ring(); }) {}

void room_deadlines::set(const std::string& room, std::optional<instant> when) {
    const auto known = by_room_.find(room);
    if (known == by_room_.end() ? !when : when == known->second) return;
    if (known != by_room_.end()) {
        order_.erase({known->second, room});
        by_room_.erase(known);
    }
    if (when) {
        by_room_.emplace(room, *when);
        order_.emplace(*when, room);
    }
    arm();
}

void room_deadlines::ring() {
    // One that is due at once again waits for the next turn of the loop.
    const auto now = net::clock_now();
    std::vector<std::string> due;
    while (!order_.empty() && order_.begin()->first <= now) {
        due.push_back(order_.begin()->second);
        by_room_.erase(due.back());
        order_.erase(order_.begin());
    }
    for (const auto& room : due) ring_(room);
    arm();
}

void room_deadlines::arm() {
    timer_.set(order_.empty() ? std::nullopt : std::optional(order_.begin()->first));
}

}  // namespace conf::host
