/// What one seed's conference is like: who is there, and which faults are on.
#pragma once

#include "tests/sim/dice.hpp"
#include "tests/sim/network.hpp"

#include <optional>
#include <string_view>

namespace conf::sim::media {

struct profile {
    duration faults_last{};  ///< then everything heals
    unsigned rooms = 1;
    unsigned publishers = 1;  ///< of each room
    unsigned players = 2;     ///< of each room
    unsigned attackers = 0;
    unsigned layers = 1;  ///< of each camera that does simulcast
    unsigned frames_per_second = 12;
    std::size_t packet_slots = 4096;

    path worst;  ///< the faults of the worst path; each host draws its own up to these
    double late_timers = 0;
    double abandons = 0;  ///< of those who leave
    bool partitions = false;
    bool rebinds = false;
    bool restarts_of_ice = false;
    bool returns = false;     ///< publishers and players that leave and come again
    bool takeovers = false;   ///< a publisher's page is reloaded: a second session of the same name
    bool storms = false;      ///< all players of a room at once
    bool owner_acts = false;  ///< rules, holds, wishes for layers, removals, rooms closed
    bool restarts = false;    ///< the server's process
    bool hostile_random = false;
    bool hostile_mutated = false;
    bool hostile_spoofed = false;
    bool hostile_insider = false;  ///< a player that lies in its reports and asks for everything
    /// Nothing but losses below a tenth, and jitter: how well they are repaired is measured.
    bool measures_repair = false;
};

/// "swarm" draws one of the others with some faults switched off; "calm" has no faults, "storm" all of them,
/// "loss" losses of less than a tenth alone, "crowd" many players that come at once. Nothing for another
/// name.
[[nodiscard]] std::optional<profile> make_profile(std::string_view name, dice& chance);

}  // namespace conf::sim::media
