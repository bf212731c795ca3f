/// The two clocks of load programs.
#pragma once

#include "libconf/base/time.hpp"

#include <cstdint>

namespace bench {

/// Nanoseconds of CLOCK_REALTIME, the clock of the kernel's timestamps.
[[nodiscard]] std::int64_t wall_ns() noexcept;
/// CLOCK_MONOTONIC, for everything that has a deadline.
[[nodiscard]] conf::instant now() noexcept;
/// The same in nanoseconds.
[[nodiscard]] std::int64_t now_ns() noexcept;
/// CPU time of this process, in seconds.
[[nodiscard]] double own_cpu_seconds() noexcept;

}  // namespace bench
