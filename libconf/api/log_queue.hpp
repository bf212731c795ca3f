/// Gives the host's log sink one event at a time, from whichever threads they come.
#pragma once

#include <conf/log.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

namespace conf::api {

/// The thread that finds nobody delivering delivers, its own event and those that arrive meanwhile. So the
/// sink is called by one thread at a time and never under a lock: it may call back into the library, and log.
///
/// Thread-safe. Copies of `sink()` share the queue and may outlive whoever made it.
class log_queue {
public:
    /// Events that wait while the sink is busy; more are dropped and counted, as is one that the sink throws
    /// at.
    static constexpr std::size_t events_max = 1024;

    explicit log_queue(log_sink target);

    void push(log_event event) { state_->push(std::move(event)); }
    [[nodiscard]] log_sink sink() const;
    void set_target(log_sink target);
    [[nodiscard]] std::uint64_t dropped() const;

private:
    struct state {
        void push(log_event event);

        std::mutex mutex;
        std::shared_ptr<const log_sink> target;  // shared with the delivery that may be under way
        std::deque<log_event> waiting;
        std::uint64_t dropped = 0;
        bool delivering = false;
    };
    std::shared_ptr<state> state_;
};

}  // namespace conf::api
