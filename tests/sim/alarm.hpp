/// One timer for one core's deadline().
#pragma once

#include "tests/sim/event_queue.hpp"

#include <optional>
#include <utility>

namespace conf::sim {

/// Rings at the deadline or, if that was moved to a later time, before it: whoever is rung looks at the
/// clock. Must not move or die while the queue lives.
class alarm {
public:
    alarm(event_queue& queue, event_queue::action ring) : queue_(queue), ring_(std::move(ring)) {}
    alarm(const alarm&) = delete;
    alarm& operator=(const alarm&) = delete;

    void set(std::optional<instant> deadline, duration late = {}) {
        if (!deadline || (armed_ && *armed_ <= *deadline)) return;
        armed_ = *deadline;
        queue_.at(*deadline + late, [this, at = *deadline] {
            if (armed_ != at) return;
            armed_.reset();
            ring_();
        });
    }
    void cancel() noexcept { armed_.reset(); }

private:
    event_queue& queue_;
    event_queue::action ring_;
    std::optional<instant> armed_;
};

}  // namespace conf::sim
