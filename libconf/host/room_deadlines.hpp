/// When which room wants to be called, and one timer for all of them.
#pragma once

#include "libconf/net/loop_timer.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace conf::host {

/// Belongs to the loop.
class room_deadlines {
public:
    /// `ring` is called for each room whose time has come; its deadline is gone then, and to be set again.
    room_deadlines(net::event_loop& on, std::function<void(const std::string& room)> ring);

    /// Instead of the one there was; nothing: none.
    void set(const std::string& room, std::optional<instant> when);

private:
    void ring();
    void arm();

    std::function<void(const std::string& room)> ring_;
    std::map<std::string, instant, std::less<>> by_room_;
    std::set<std::pair<instant, std::string>> order_;
    net::loop_timer timer_;
};

}  // namespace conf::host
