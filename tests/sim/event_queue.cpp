#include "tests/sim/event_queue.hpp"

#include <algorithm>
#include <utility>

namespace conf::sim {

void event_queue::at(instant when, action what) {
    heap_.push_back({std::max(when, now_), order_++, std::move(what)});
    std::ranges::push_heap(heap_, later);
}

bool event_queue::run_next(instant until) {
    if (heap_.empty() || heap_.front().when > until) {
        now_ = std::max(now_, until);
        return false;
    }
    std::ranges::pop_heap(heap_, later);
    auto due = std::move(heap_.back());
    heap_.pop_back();
    now_ = due.when;
    due.what();
    return true;
}

}  // namespace conf::sim
