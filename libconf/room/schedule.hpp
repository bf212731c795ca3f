/// Timers of a meeting: one of each kind for each person or connection.
#pragma once

#include "libconf/base/time.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace conf::rooms {

enum class timer_kind : std::uint8_t {
    greeting,   ///< a connection: until it says `hello`, then until it joins
    place,      ///< a person without a connection: until the place is lost
    typing,     ///< a person: until he is taken to have stopped
    ice,        ///< a person: when new credentials are due
    memory,     ///< a person: until his resume token is worthless
    door,       ///< the room: when those outside are told
    emptiness,  ///< the room: until the meeting is over
};

struct timer {
    timer_kind what{};
    std::uint64_t whose = 0;

    friend auto operator<=>(const timer&, const timer&) = default;
};

/// Belongs to its meeting.
class schedule {
public:
    /// Instead of an earlier one of the same name.
    void set(timer which, instant due) {
        stop(which);
        due_.emplace(which, due);
        order_.emplace(due, which);
    }
    void stop(timer which) {
        const auto found = due_.find(which);
        if (found == due_.end()) return;
        order_.erase({found->second, which});
        due_.erase(found);
    }
    [[nodiscard]] bool runs(timer which) const { return due_.contains(which); }
    [[nodiscard]] std::optional<instant> next() const {
        return order_.empty() ? std::nullopt : std::optional(order_.begin()->first);
    }
    /// Takes the earliest that is due.
    [[nodiscard]] std::optional<timer> take(instant now) {
        if (order_.empty() || order_.begin()->first > now) return std::nullopt;
        const auto which = order_.begin()->second;
        stop(which);
        return which;
    }

private:
    std::map<timer, instant> due_;
    std::set<std::pair<instant, timer>> order_;
};

}  // namespace conf::rooms
