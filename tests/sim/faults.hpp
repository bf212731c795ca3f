/// What may go wrong in a simulation, and how often it did.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace conf::sim {

enum class fault : std::uint8_t {
    // the network
    drop,
    burst_drop,
    jitter,
    reorder,
    duplicate,
    corrupt,
    partition_up,
    partition_down,
    partition_both,
    rebind,       // a NAT gives a client another address or port
    unreachable,  // ICMP: nobody listens there
    stream_reset,
    short_read,  // a stream's message comes in pieces
    // the host
    bind_failure,
    late_timer,
    clock_step,
    restart,
    // the operator
    secret_rotation,
    drain,
    // people
    abandon,     // leaves without a word
    comes_back,  // leaves, and joins again
    takeover,    // a page is reloaded: the same name again
    ice_restart,
    key_frame_storm,  // all players at once
    owner_act,        // rules, holds, removals
    hostile_random,
    hostile_corpus,
    hostile_mutated,
    hostile_built,
    hostile_spoofed,
    hostile_insider,  // with a valid credential
    hostile_peer,
    hostile_stream,
    count_
};

inline constexpr std::size_t fault_kinds = static_cast<std::size_t>(fault::count_);

[[nodiscard]] std::string_view name_of(fault kind) noexcept;

struct fault_tally {
    std::array<std::uint64_t, fault_kinds> injected{};

    void count(fault kind) noexcept { ++injected[static_cast<std::size_t>(kind)]; }
    void add(const fault_tally& other) noexcept {
        for (std::size_t i = 0; i < fault_kinds; ++i) injected[i] += other.injected[i];
    }
};

}  // namespace conf::sim
