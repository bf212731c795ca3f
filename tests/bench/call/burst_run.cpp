// Many people come in at once, into rooms in which somebody talks already.
#include "tests/bench/call/crowd.hpp"
#include "tests/bench/call/runs.hpp"
#include "tests/bench/peer/process_usage.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace call_load {
namespace {

double seconds_since(std::int64_t began_ns) {
    return static_cast<double>(bench::wall_ns() - began_ns) / 1e9;
}

}  // namespace

nlohmann::json run_burst(const settings& asked) {
    crowd everybody(asked.port);
    const auto room_of = [&](std::size_t i) { return asked.room + "-" + std::to_string(i % asked.rooms); };
    // Two who talk in each room, and so hear each other all the time.
    constexpr std::size_t inside_each = 2;
    std::vector<caller*> inside;
    for (std::size_t i = 0; i < inside_each * asked.rooms; ++i) {
        inside.push_back(&everybody.add(
            {.room = room_of(i), .name = "inside " + std::to_string(i), .picture = false, .watches = false}));
        inside.back()->connect();
    }
    everybody.run_until(
        asked.patience,
        [&] {
            everybody.check_nobody_is_out();
            return std::ranges::all_of(
                inside, [](const caller* one) { return one->others() == 1 && one->talks_and_hears(); });
        },
        "those who are there first do not hear each other");
    everybody.run_for(asked.warm_up);
    for (auto* const one : inside) one->receives()->begin();
    const auto memory_before = asked.pid == 0 ? 0 : bench::memory_kib_of(asked.pid);
    const auto cpu_before = asked.pid == 0 ? 0 : bench::cpu_seconds_of(asked.pid);
    const auto own_before = bench::own_cpu_seconds();

    const auto began = bench::wall_ns();
    std::vector<caller*> coming;
    for (std::size_t i = 0; i < asked.people; ++i) {
        coming.push_back(&everybody.add({.room = room_of(i),
                                         .name = "person " + std::to_string(i),
                                         .sound = false,
                                         .picture = false,
                                         .watches = false}));
        coming.back()->connect();
    }
    double all_in = 0;
    double all_hear = 0;
    std::vector<double> took;
    auto waiting = coming;
    std::string missing;
    try {
        everybody.run_until(
            asked.patience,
            [&] {
                if (all_in == 0 && std::ranges::all_of(coming, [](const caller* one) {
                        return one->where() != caller::state::entering && one->where() != caller::state::away;
                    }))
                    all_in = seconds_since(began);
                std::erase_if(waiting, [&](const caller* one) {
                    if (one->where() == caller::state::out) return true;
                    // Those inside must be among the people that he knows of.
                    if (one->others() < inside_each || !one->talks_and_hears()) return false;
                    took.push_back(seconds_since(began));
                    return true;
                });
                return waiting.empty() && all_in != 0;
            },
            "not everybody hears in time");
        all_hear = seconds_since(began);
    } catch (const std::runtime_error& late) {
        missing = late.what();
    }
    const auto cpu = asked.pid == 0 ? 0 : bench::cpu_seconds_of(asked.pid) - cpu_before;
    const auto own = bench::own_cpu_seconds() - own_before;

    std::uint64_t out = 0;
    std::string why;
    std::uint64_t in = 0, connections_lost = 0;
    for (const auto* const one : coming) {
        connections_lost += one->connections_lost();
        in += one->where() == caller::state::in ? 1 : 0;
        if (one->where() != caller::state::out) continue;
        ++out;
        if (why.empty()) why = one->why();
    }
    std::uint64_t lost = 0, expected = 0, inside_out = 0;
    for (auto* const one : inside) {
        if (one->where() != caller::state::in || one->receives() == nullptr) {
            ++inside_out;
            continue;
        }
        for (const auto& each : one->receives()->streams()) {
            lost += each.numbers.lost();
            expected += each.numbers.expected();
        }
    }
    std::ranges::sort(took);
    const auto at = [&](double part) {
        return took.empty() ? 0.0
                            : took[static_cast<std::size_t>(part * static_cast<double>(took.size() - 1))];
    };
    const auto& count = everybody.around().count;
    return {{"people", asked.people},
            {"rooms", asked.rooms},
            {"in", in},
            {"all_in_s", all_in},
            {"all_hear_s", all_hear},
            {"hear_s", {{"p50", at(0.5)}, {"p95", at(0.95)}}},
            {"hear", took.size()},
            {"refused", out},
            {"why_refused", why},
            {"connections_lost", connections_lost},
            {"missing", missing},
            {"inside_lost", lost},
            {"inside_expected", expected},
            {"inside_out", inside_out},
            {"load_drops", everybody.drops()},
            {"not_genuine", count.refused + count.unstamped + count.undeclared},
            {"added_ms", {{"p50", count.added.quantile(0.5)}, {"p99", count.added.quantile(0.99)}}},
            {"server_cpu_s", cpu},
            {"server_kib_a_person",
             asked.pid == 0 ? 0
                            : static_cast<double>(bench::memory_kib_of(asked.pid) - memory_before) /
                                  static_cast<double>(asked.people)},
            {"load_cpu_s", own}};
}

}  // namespace call_load
