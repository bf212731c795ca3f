#include "libconf/api/log_queue.hpp"

#include <utility>

namespace conf::api {

log_queue::log_queue(log_sink target) : state_(std::make_shared<state>()) {
    set_target(std::move(target));
}

log_sink log_queue::sink() const {
    return [shared = state_](const log_event& event) { shared->push(event); };
}

void log_queue::set_target(log_sink target) {
    auto fresh = std::make_shared<const log_sink>(std::move(target));
    const std::lock_guard lock(state_->mutex);
    std::swap(state_->target, fresh);
}

std::uint64_t log_queue::dropped() const {
    const std::lock_guard lock(state_->mutex);
    return state_->dropped;
}

void log_queue::state::push(log_event event) {
    std::unique_lock lock(mutex);
    if (waiting.size() >= events_max) {
        ++dropped;
        return;
    }
    waiting.push_back(std::move(event));
    if (delivering) return;
    delivering = true;
    while (!waiting.empty()) {
        const auto next = std::move(waiting.front());
        waiting.pop_front();
        const auto to = target;
        lock.unlock();
        auto delivered = true;
        try {
            if (*to) (*to)(next);
        } catch (...) {
            delivered = false;  // the sink is the host's; its failure must not end our threads
        }
        lock.lock();
        if (!delivered) ++dropped;
    }
    delivering = false;
}

}  // namespace conf::api
