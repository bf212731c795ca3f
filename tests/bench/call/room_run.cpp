// A room in which everybody sends: what is lost, how late it comes, what it costs the server.
#include "tests/bench/call/crowd.hpp"
#include "tests/bench/call/runs.hpp"
#include "tests/bench/peer/process_usage.hpp"

#include <algorithm>
#include <string>

namespace call_load {
namespace {

/// How many come in at the same time.
constexpr std::size_t joining_max = 4;

struct totals {
    std::uint64_t received = 0, expected = 0, lost = 0;
    std::uint64_t starved = 0;  // wanted, and nothing came
    std::uint64_t large_octets = 0, small_octets = 0, large = 0, small = 0;
};

void add(totals& to, caller& who) {
    for (const auto& one : who.receives()->streams()) {
        if (one.participant.empty()) continue;
        to.received += one.numbers.received();
        to.expected += one.numbers.expected();
        to.lost += one.numbers.lost();
        to.starved += one.numbers.received() == 0 ? 1 : 0;
        if (!one.is_video) continue;
        const bool is_large = one.participant == who.looks_at();
        (is_large ? to.large_octets : to.small_octets) += one.octets;
        ++(is_large ? to.large : to.small);
    }
}

/// Everybody hears and sees everybody else.
bool is_full(const crowd& in, const settings& asked) {
    return std::ranges::all_of(in.all(), [&](const auto& one) {
        auto* const receives = one->receives();
        if (one->others() + 1 != asked.people || receives == nullptr || !one->talks_and_hears()) return false;
        const auto flowing = std::ranges::count_if(receives->streams(), [](const receiving::stream& each) {
            return !each.participant.empty() && each.numbers.started();
        });
        return static_cast<std::size_t>(flowing) == (asked.people - 1) * (asked.picture ? 2 : 1);
    });
}

double kilobits(std::uint64_t octets, std::uint64_t streams, double seconds) {
    return streams == 0 ? 0 : static_cast<double>(octets) * 8 / 1000 / static_cast<double>(streams) / seconds;
}

}  // namespace

nlohmann::json run_room(const settings& asked) {
    crowd everybody(asked.port);
    const auto memory_before = asked.pid == 0 ? 0 : bench::memory_kib_of(asked.pid);
    const auto began_to_join = bench::wall_ns();
    for (std::size_t i = 0; i < asked.people; ++i) {
        everybody
            .add({.room = asked.room,
                  .name = "person " + std::to_string(i),
                  .picture = asked.picture,
                  .watches = asked.picture})
            .connect();
        everybody.run_until(
            asked.patience,
            [&] {
                everybody.check_nobody_is_out();
                return std::ranges::count_if(everybody.all(), [](const auto& one) {
                           return one->sends() == nullptr || !one->sends()->connected();
                       }) < static_cast<std::ptrdiff_t>(joining_max);
            },
            "somebody does not come in");
    }
    everybody.run_until(
        asked.patience, [&] { return is_full(everybody, asked); },
        "somebody does not hear and see everybody");
    const auto full = static_cast<double>(bench::wall_ns() - began_to_join) / 1e9;
    everybody.run_for(asked.warm_up);

    auto& count = everybody.around().count;
    count = {};
    for (const auto& one : everybody.all()) one->receives()->begin();
    (void)everybody.take_late_ns();
    const auto drops_before = everybody.drops();
    const auto sent_before = everybody.sent();
    const auto keys_before = everybody.key_frames();
    const auto cpu_before = asked.pid == 0 ? 0 : bench::cpu_seconds_of(asked.pid);
    const auto own_before = bench::own_cpu_seconds();
    const auto began = bench::wall_ns();
    everybody.run_for(asked.seconds);
    const auto took = static_cast<double>(bench::wall_ns() - began) / 1e9;
    const auto cpu = asked.pid == 0 ? 0 : bench::cpu_seconds_of(asked.pid) - cpu_before;
    const auto own = bench::own_cpu_seconds() - own_before;

    everybody.check_nobody_is_out();
    totals all;
    std::uint64_t refused_requests = 0, connections_lost = 0;
    for (const auto& one : everybody.all()) {
        refused_requests += one->refused();
        connections_lost += one->connections_lost();
        if (one->receives() == nullptr || !one->receives()->connected())
            throw std::runtime_error(one->name() + " lost his transport");
        add(all, *one);
    }
    const auto drops = everybody.drops() - drops_before;
    const auto people = static_cast<double>(asked.people);
    return {
        {"people", asked.people},
        {"seconds", took},
        {"full_after_s", full},
        {"packets_sent", everybody.sent() - sent_before},
        {"packets_received", all.received},
        {"packets_per_second", static_cast<double>(all.received) / took},
        {"lost", all.lost},
        {"load_drops", drops},
        {"lost_by_server", all.lost > drops ? all.lost - drops : 0},
        {"starved", all.starved},
        {"refused", count.refused},
        {"unstamped", count.unstamped},
        {"undeclared", count.undeclared},
        {"repeated", count.repeated},
        {"requests_refused", refused_requests},
        {"connections_lost", connections_lost},
        {"key_frames", everybody.key_frames() - keys_before},
        {"large_kbit_s", kilobits(all.large_octets, all.large, took)},
        {"small_kbit_s", kilobits(all.small_octets, all.small, took)},
        {"added_ms",
         {{"p50", count.added.quantile(0.5)},
          {"p99", count.added.quantile(0.99)},
          {"p999", count.added.quantile(0.999)},
          {"max", count.added.longest()}}},
        {"server_cpu_s", cpu},
        {"server_busy", cpu / took},
        {"cpu_us_a_packet", 1e6 * cpu / std::max(1.0, static_cast<double>(all.received))},
        {"server_kib_a_person",
         asked.pid == 0 ? 0 : static_cast<double>(bench::memory_kib_of(asked.pid) - memory_before) / people},
        {"server_kib", asked.pid == 0 ? 0 : bench::memory_kib_of(asked.pid)},
        {"load_busy", own / took},
        {"load_late_ms", static_cast<double>(everybody.take_late_ns()) / 1e6}};
}

}  // namespace call_load
