/// The only clock of the library: the shell reads it and tells the cores.
#pragma once

#include "libconf/base/time.hpp"

namespace conf::net {

/// Monotonic time since the process asked first. The same for all threads.
[[nodiscard]] instant clock_now() noexcept;

/// UTC, for the expiry of credentials.
[[nodiscard]] unix_time wall_now() noexcept;

}  // namespace conf::net
