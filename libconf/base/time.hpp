/// Engine time: what the cores are told, and cannot ask for.
#pragma once

#include <chrono>
#include <cstdint>

namespace conf {

/// Counts microseconds from a point that only the shell knows. It has no `now()` on purpose: a core that
/// wants the time must be given it, so a simulator can run an hour in a second.
struct engine_clock {
    using duration = std::chrono::microseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<engine_clock>;
    static constexpr bool is_steady = true;
};

using instant = engine_clock::time_point;
using duration = engine_clock::duration;

/// Seconds since 1970-01-01 UTC. Only credentials and people care; no timer ever runs on it.
using unix_time = std::chrono::sys_seconds;

}  // namespace conf
