#include "tests/sim/board/profile.hpp"

namespace conf::sim::board {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

profile storm(dice& chance) {
    return {.faults_last = seconds(8),
            .clients = static_cast<unsigned>(chance.between(6, 16)),
            .pages = static_cast<unsigned>(chance.between(1, 3)),
            .latency_max = milliseconds(chance.between(1, 300)),
            .commit_max = milliseconds(chance.between(1, 30)),
            .resets = 0.2,
            .kills = 0.3,
            .late_timers = 0.1,
            .owner_acts = true,
            .clock_steps = true,
            .hostile = true,
            .slow_store = true};
}

}  // namespace

std::optional<profile> make_profile(std::string_view name, dice& chance) {
    auto made = storm(chance);
    if (name == "storm") return made;
    if (name == "crowd") {
        made.clients = 60;
        made.faults_last = seconds(4);
        return made;
    }
    if (name == "calm") {
        return profile{
            .faults_last = seconds(5), .latency_max = milliseconds(20), .commit_max = milliseconds(5)};
    }
    if (name != "swarm") return std::nullopt;
    if (chance.chance(0.3)) made.resets = 0;
    if (chance.chance(0.3)) made.kills = 0;
    if (chance.chance(0.3)) made.owner_acts = false;
    if (chance.chance(0.3)) made.hostile = false;
    if (chance.chance(0.3)) made.slow_store = false;
    if (chance.chance(0.3)) made.late_timers = 0;
    return made;
}

}  // namespace conf::sim::board
