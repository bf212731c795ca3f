/// The only clock of the library: the shell reads it and tells the cores.
#pragma once

#include "libconf/base/time.hpp"

#include <chrono>

namespace conf::net {

/// Monotonic time since the process asked first. The same for all threads.
[[nodiscard]] instant clock_now() noexcept;

/// Microseconds from 1970 to instant zero, for clocks that peers compare: NTP times of RTCP.
[[nodiscard]] std::chrono::microseconds wall_at_zero() noexcept;

/// UTC, for the expiry of credentials.
[[nodiscard]] unix_time wall_now() noexcept;

}  // namespace conf::net
