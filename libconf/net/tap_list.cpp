#include "libconf/net/tap_list.hpp"

#include "libconf/net/clock.hpp"

namespace conf::net {

void tap_list::deliver(const std::vector<engine::tapped_packet>& packets) {
    if (packets.empty()) return;
    auto begun = clock_now();
    for (const auto& one : packets) {
        const auto found = listeners_.find(one.tap);
        if (found == listeners_.end()) continue;
        const auto listener = found->second;  // the callback may remove it
        listener->running = true;
        if (!listener->ended) listener->call(one);
        listener->running = false;
        listener->running.notify_all();
        const auto ended = clock_now();
        auto& count = listener->count;
        count.packets.fetch_add(1, std::memory_order_relaxed);
        count.bytes.fetch_add(one.what->view.whole.size(), std::memory_order_relaxed);
        const auto took = ended - begun;
        if (took > tap_counters::slow_call) count.slow_calls.fetch_add(1, std::memory_order_relaxed);
        if (took.count() > count.longest_us.load(std::memory_order_relaxed)) {
            count.longest_us.store(took.count(), std::memory_order_relaxed);
        }
        begun = ended;
    }
}

}  // namespace conf::net
