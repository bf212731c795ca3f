#include "libconf/api/log_queue.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace conf;
using api::log_queue;

namespace {

log_event named(std::string name) {
    return {log_level::info, std::move(name), {}, {}};
}

}  // namespace

TEST_CASE("the sink gets events from all threads, one at a time", "[api]") {
    constexpr int threads = 4;
    constexpr int events = 500;
    std::atomic<int> inside{0};
    std::atomic<int> overlaps{0};
    std::atomic<int> seen{0};
    log_queue queue([&](const log_event&) {
        if (++inside != 1) ++overlaps;
        ++seen;
        --inside;
    });
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i) {
        all.emplace_back([sink = queue.sink()] {
            for (int n = 0; n < events; ++n) sink(named("x"));
        });
    }
    for (auto& one : all) one.join();
    CHECK(overlaps == 0);
    CHECK(seen + static_cast<int>(queue.dropped()) == threads * events);
}

TEST_CASE("a sink may log, and what it logs comes after", "[api]") {
    std::vector<std::string> order;
    log_sink sink;
    log_queue queue([&](const log_event& event) {
        order.push_back("begin " + event.name);
        if (event.name == "outer") sink(named("inner"));
        order.push_back("end " + event.name);
    });
    sink = queue.sink();
    sink(named("outer"));
    CHECK(order == std::vector<std::string>{"begin outer", "end outer", "begin inner", "end inner"});
}

TEST_CASE("a sink that is too slow loses events, and they are counted", "[api]") {
    std::size_t seen = 0;
    log_sink sink;
    log_queue queue([&](const log_event&) {
        if (++seen != 1) return;
        for (std::size_t i = 0; i < log_queue::events_max; ++i) sink(named("fits"));
        sink(named("one more"));
    });
    sink = queue.sink();
    sink(named("first"));
    CHECK(seen == 1 + log_queue::events_max);
    CHECK(queue.dropped() == 1);
}

TEST_CASE("a sink that throws loses that event only", "[api]") {
    std::vector<std::string> seen;
    log_queue queue([&](const log_event& event) {
        if (event.name == "bad") throw std::runtime_error("no");
        seen.push_back(event.name);
    });
    queue.push(named("bad"));
    queue.push(named("good"));
    CHECK(seen == std::vector<std::string>{"good"});
    CHECK(queue.dropped() == 1);
}

TEST_CASE("without a sink, events go nowhere", "[api]") {
    log_queue queue(nullptr);
    queue.push(named("x"));
    CHECK(queue.dropped() == 0);
    std::size_t seen = 0;
    queue.set_target([&](const log_event&) { ++seen; });
    queue.push(named("y"));
    CHECK(seen == 1);
}
