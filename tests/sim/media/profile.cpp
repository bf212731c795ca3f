#include "tests/sim/media/profile.hpp"

namespace conf::sim::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

unsigned some(dice& chance, unsigned low, unsigned high) {
    return static_cast<unsigned>(chance.between(low, high));
}

profile calm(dice& chance) {
    profile made;
    made.faults_last = chance.between(seconds{6}, seconds{14});
    made.rooms = chance.chance(0.2) ? 2 : 1;
    made.publishers = some(chance, 1, 2);
    made.players = some(chance, 1, 3);
    made.layers = chance.chance(0.4) ? 3 : 1;
    made.frames_per_second = some(chance, 8, 15);
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
    made.late_timers = up_to(0.3);
    made.abandons = up_to(1);
    for (auto* flag : {&made.partitions, &made.rebinds, &made.restarts_of_ice, &made.returns, &made.takeovers,
                       &made.storms, &made.owner_acts, &made.hostile_random, &made.hostile_mutated,
                       &made.hostile_spoofed, &made.hostile_insider}) {
        *flag = on();
    }
    made.restarts = on() && chance.chance(0.3);
    made.attackers = 1;
    if (chance.chance(0.1)) made.packet_slots = 256;
}

}  // namespace

std::optional<profile> make_profile(std::string_view name, dice& chance) {
    auto made = calm(chance);
    if (name == "swarm") {
        const auto drawn = chance.below(100);
        if (drawn < 3) return made;
        if (drawn < 10) return make_profile("storm", chance);
        if (drawn < 25) return make_profile("loss", chance);
        if (drawn < 32) return make_profile("crowd", chance);
        switch_on(made, chance, 0.4);
        return made;
    }
    if (name == "calm") return made;
    if (name == "storm") {
        switch_on(made, chance, 1);
        made.restarts = true;
        return made;
    }
    if (name == "loss") {
        made.faults_last = seconds{15};
        made.layers = 1;
        made.worst.loss = 0.09;
        made.worst.jitter = milliseconds{20};
        made.measures_repair = true;
        return made;
    }
    if (name == "crowd") {
        made.rooms = 1;
        made.publishers = 1;
        made.players = some(chance, 8, 16);
        made.frames_per_second = 8;
        made.faults_last = seconds{6};
        made.storms = made.returns = true;
        made.worst.loss = 0.03;
        return made;
    }
    return std::nullopt;
}

}  // namespace conf::sim::media
