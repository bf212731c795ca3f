/// The virtual clock: time passes only from one event to the next.
#pragma once

#include "libconf/base/time.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace conf::sim {

class event_queue {
public:
    using action = std::function<void()>;

    [[nodiscard]] instant now() const noexcept { return now_; }

    /// Events of one moment run in the order in which they were added; one of the past runs now.
    void at(instant when, action what);
    void after(duration pause, action what) { at(now_ + pause, std::move(what)); }

    /// Runs the next event that is due until then; without one the clock moves to `until`, and the answer is
    /// no.
    bool run_next(instant until);

    [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }

private:
    struct event {
        instant when;
        std::uint64_t order;
        action what;
    };
    /// For a heap whose top is the earliest.
    static bool later(const event& a, const event& b) noexcept {
        return a.when != b.when ? a.when > b.when : a.order > b.order;
    }

    instant now_{};
    std::uint64_t order_ = 0;
    std::vector<event> heap_;
};

}  // namespace conf::sim
