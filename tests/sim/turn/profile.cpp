#include "tests/sim/turn/profile.hpp"

namespace conf::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

profile calm(dice& chance) {
    profile made;
    made.faults_last = chance.between(seconds{15}, seconds{60});
    made.nodes = static_cast<unsigned>(chance.between(1, 2));
    made.shards = static_cast<unsigned>(chance.between(1, 3));
    made.participants = static_cast<unsigned>(chance.between(2, 8));
    made.echoes = static_cast<unsigned>(chance.between(2, 6));
    made.attackers = 0;
    made.policy = chance.chance(0.3) ? turn_peer_policy::sfu_only : turn_peer_policy::deny_list;
    made.limits.allocations_per_credential = 12;
    made.ping_pause_min = milliseconds{30};
    made.ping_pause_max = milliseconds{400};
    return made;
}

void switch_on(profile& made, dice& chance, double each) {
    const auto on = [&] { return chance.chance(each); };
    const auto up_to = [&](double most) {
        return on() ? most * static_cast<double>(chance.between(1, 100)) / 100 : 0;
    };
    auto& worst = made.worst;
    worst.loss = up_to(0.3);
    worst.jitter = on() ? chance.between(milliseconds{1}, milliseconds{150}) : duration{};
    if (on()) {
        worst.burst_begin = 0.02;
        worst.burst_loss = 0.9;
    }
    worst.duplicate = up_to(0.1);
    worst.corrupt = up_to(0.05);
    worst.reorder = up_to(0.25);
    made.icmp = on() ? 0.5 : 0;
    made.short_reads = up_to(0.3);
    made.bind_failures = up_to(0.15);
    made.late_timers = up_to(0.3);
    made.abandons = up_to(1);
    for (auto* flag :
         {&made.partitions, &made.rebinds, &made.stream_resets, &made.clock_steps, &made.rotations,
          &made.hostile_random, &made.hostile_corpus, &made.hostile_mutated, &made.hostile_built,
          &made.hostile_spoofed, &made.hostile_insider, &made.hostile_peer, &made.hostile_stream}) {
        *flag = on();
    }
    made.restarts = on() && chance.chance(0.4);
    made.drains = on() && chance.chance(0.4);
    made.attackers = static_cast<unsigned>(chance.between(1, 2));
}

}  // namespace

std::optional<profile> make_profile(std::string_view name, dice& chance) {
    auto made = calm(chance);
    if (name == "swarm") {
        const auto drawn = chance.below(100);
        if (drawn < 2) return made;
        if (drawn < 10) return make_profile("storm", chance);
        if (drawn < 18) return make_profile("long", chance);
        if (drawn < 28) return make_profile("tight", chance);
        switch_on(made, chance, 0.5);
        return made;
    }
    if (name == "calm") return made;
    if (name == "storm") {
        switch_on(made, chance, 1);
        made.restarts = made.drains = true;
        return made;
    }
    if (name == "long") {
        // Nonces end after 600 s, permissions after 300, channels after 600, allocations after 600.
        switch_on(made, chance, 0.3);
        made.restarts = false;
        made.faults_last = chance.between(seconds{700}, seconds{1500});
        made.ping_pause_min = seconds{1};
        made.ping_pause_max = seconds{4};
        made.participants = static_cast<unsigned>(chance.between(2, 4));
        return made;
    }
    if (name == "tight") {
        // Allocations that nobody refreshes must end before there is room again.
        switch_on(made, chance, 0.4);
        made.restarts = made.drains = false;
        made.ports = static_cast<std::uint16_t>(chance.between(12, 30));
        made.participants = static_cast<unsigned>(chance.between(2, 4));
        made.limits.allocations_per_credential = static_cast<std::uint32_t>(chance.between(1, 3));
        made.limits.allocations_per_user = static_cast<std::uint32_t>(chance.between(8, 12));
        made.limits.allocations_total = static_cast<std::uint32_t>(chance.between(8, 20));
        made.limits.allocation_bps = 200'000;
        made.limits.total_bps = 4'000'000;
        made.patience = seconds{620};
        return made;
    }
    return std::nullopt;
}

}  // namespace conf::sim
