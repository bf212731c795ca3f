#include "libconf/engine/timer_heap.hpp"

#include <catch2/catch.hpp>

using namespace conf;
using namespace std::chrono_literals;
using engine::armed_timer;
using engine::timer_heap;

namespace {

/// The owners that fire, in their order.
std::vector<int> take(timer_heap<int>& heap, std::vector<armed_timer>& timers, instant now) {
    std::vector<std::pair<instant, int>> due;
    heap.take_due(now, due);
    std::vector<int> fired;
    for (const auto& [at, owner] : due) {
        if (timer_heap<int>::fires(timers.at(static_cast<std::size_t>(owner)), at)) fired.push_back(owner);
    }
    return fired;
}

}  // namespace

TEST_CASE("timers fire in the order of their time, each once", "[engine]") {
    timer_heap<int> heap;
    std::vector<armed_timer> timers(3);
    CHECK_FALSE(heap.next());
    heap.arm(timers[0], instant(3s), 0);
    heap.arm(timers[1], instant(1s), 1);
    heap.arm(timers[2], instant(2s), 2);
    heap.arm(timers[2], std::nullopt, 2);
    CHECK(heap.next() == instant(1s));
    CHECK(take(heap, timers, instant(999ms)).empty());
    CHECK(take(heap, timers, instant(2s)) == std::vector{1, 2});
    CHECK(heap.next() == instant(3s));
    CHECK(take(heap, timers, instant(10s)) == std::vector{0});
    CHECK_FALSE(heap.next());
}

TEST_CASE("only the earliest entry of an owner counts", "[engine]") {
    timer_heap<int> heap;
    std::vector<armed_timer> timers(1);
    heap.arm(timers[0], instant(5s), 0);
    heap.arm(timers[0], instant(9s), 0);  // later: looked at when 5 s have come
    CHECK(heap.size() == 1);
    heap.arm(timers[0], instant(2s), 0);
    heap.arm(timers[0], instant(2s), 0);
    CHECK(heap.size() == 2);
    CHECK(take(heap, timers, instant(4s)) == std::vector{0});
    heap.arm(timers[0], instant(7s), 0);
    CHECK(take(heap, timers, instant(5s)).empty());  // what was left of the first
    CHECK(take(heap, timers, instant(7s)) == std::vector{0});
    CHECK(heap.size() == 0);
}
