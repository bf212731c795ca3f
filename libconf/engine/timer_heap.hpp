/// Who is to be called when, among thousands.
#pragma once

#include "libconf/base/time.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace conf::engine {

/// The earliest entry for which an owner waits; kept by the owner. An owner whose deadline moves to later
/// stays where it is and is looked at too early, once; so what each packet moves costs nothing here.
struct armed_timer {
    instant at = instant::max();
};

/// A heap of deadlines. Entries are never taken out before their time: the owner's `armed_timer` tells those
/// that still count. Belongs to its engine.
template <class Owner>
class timer_heap {
public:
    void arm(armed_timer& timer, std::optional<instant> at, const Owner& owner) {
        if (!at || *at >= timer.at) return;
        timer.at = *at;
        entries_.push_back({*at, owner});
        std::ranges::push_heap(entries_, later);
    }

    /// Moves what is due to the end of `into`. What `arm` adds meanwhile waits for the next call, so that an
    /// owner whose time does not pass cannot hold everybody up.
    void take_due(instant now, std::vector<std::pair<instant, Owner>>& into) {
        while (!entries_.empty() && entries_.front().first <= now) {
            std::ranges::pop_heap(entries_, later);
            into.push_back(std::move(entries_.back()));
            entries_.pop_back();
        }
    }
    /// True when an entry is the owner's earliest; the timer is disarmed then.
    [[nodiscard]] static bool fires(armed_timer& timer, instant entry) noexcept {
        if (timer.at != entry) return false;
        timer.at = instant::max();
        return true;
    }

    [[nodiscard]] std::optional<instant> next() const noexcept {
        return entries_.empty() ? std::nullopt : std::optional(entries_.front().first);
    }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

private:
    using entry = std::pair<instant, Owner>;
    static bool later(const entry& a, const entry& b) noexcept { return a.first > b.first; }

    std::vector<entry> entries_;
};

}  // namespace conf::engine
