/// Both clocks at once, as cores of rooms are told the time.
#pragma once

#include "libconf/net/clock.hpp"
#include "libconf/room/settings.hpp"

#include <chrono>

namespace conf::host {

[[nodiscard]] inline rooms::moment moment_now() {
    const auto now = net::clock_now();
    const auto wall = net::wall_at_zero() + now.time_since_epoch();
    return {now, std::chrono::duration_cast<rooms::wall_time>(wall)};
}

}  // namespace conf::host
