/// How long a shard's thread lets packets gather before it reads them.
#pragma once

#include "libconf/base/time.hpp"

namespace conf::net {

/// What a thread did for a while.
struct thread_load {
    duration elapsed{};
    duration idle{};  ///< of `elapsed`, asleep
    int packets = 0;
    int wake_ups = 0;
};

/// Where each packet finds the thread asleep, waking up costs more than relaying. Then the thread lets a few
/// packets gather before it reads them, as network cards do with interrupts. More time costs less CPU and
/// adds to the latency of each packet; with this much the relay comes near to what the project promises of
/// both (tests/bench/RESULTS.md). Zero where nothing would be gained: few packets, packets in bursts, which
/// gather by themselves, and a thread that is too busy to sleep, which finds batches anyway.
[[nodiscard]] duration time_to_gather(const thread_load& load) noexcept;

}  // namespace conf::net
