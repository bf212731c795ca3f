/// What one seed's world is like: who is there, and which faults are on.
#pragma once

#include "tests/sim/dice.hpp"
#include "tests/sim/network.hpp"

#include <conf/turn.hpp>

#include <optional>
#include <string_view>

namespace conf::sim {

struct profile {
    duration faults_last{};  ///< then everything heals
    duration patience{};     ///< after that, before everybody must be well within 30 s
    unsigned nodes = 1;      ///< server processes
    unsigned shards = 1;     ///< relay threads of each
    unsigned participants = 4;
    unsigned echoes = 3;
    unsigned attackers = 1;
    std::uint16_t ports = 200;
    turn_peer_policy policy = turn_peer_policy::deny_list;
    turn_limits limits;
    duration ping_pause_min{};
    duration ping_pause_max{};
    bool streams = true;
    bool pairs = true;  ///< two participants whose peers are each other's relayed addresses

    path worst;  ///< the faults of the worst path; each host draws its own up to these
    double icmp = 0;
    double short_reads = 0;
    double bind_failures = 0;
    double late_timers = 0;
    double abandons = 0;
    bool partitions = false;
    bool rebinds = false;
    bool stream_resets = false;
    bool restarts = false;
    bool clock_steps = false;
    bool rotations = false;
    bool drains = false;
    bool hostile_random = false;
    bool hostile_corpus = false;
    bool hostile_mutated = false;
    bool hostile_built = false;
    bool hostile_spoofed = false;
    bool hostile_insider = false;
    bool hostile_peer = false;
    bool hostile_stream = false;
};

/// "swarm" draws one of the others with some faults switched off (different seeds see different weather);
/// "calm" has no faults, "storm" all of them, "long" lasts for twenty minutes and so sees every lifetime end,
/// "tight" has few ports and low quotas. Nothing for another name.
[[nodiscard]] std::optional<profile> make_profile(std::string_view name, dice& chance);

}  // namespace conf::sim
