/// What one seed's board is like: who draws on it, and which faults are on.
#pragma once

#include "libconf/base/time.hpp"
#include "tests/sim/dice.hpp"

#include <optional>
#include <string_view>

namespace conf::sim::board {

struct profile {
    duration faults_last{};  ///< then everything heals, and everybody's board has to be the same
    unsigned clients = 12;   ///< two of them moderate
    unsigned pages = 2;
    duration latency_max{};  ///< of a path, each way; it changes from message to message
    duration commit_max{};   ///< of the store
    double resets = 0;       ///< of a connection, a second
    double kills = 0;        ///< of the server, a second
    double late_timers = 0;
    bool owner_acts = false;   ///< modes, writers, locks, pages, clearing
    bool clock_steps = false;  ///< of the wall clock
    bool hostile = false;      ///< a viewer who sends torn messages of others' kinds
    bool slow_store = false;   ///< stands for half a second now and then
};

/// "swarm" draws one of the others with some faults switched off; "calm" has none, "storm" all of them,
/// "crowd" many people. Nothing for another name.
[[nodiscard]] std::optional<profile> make_profile(std::string_view name, dice& chance);

}  // namespace conf::sim::board
