/// From the TURN core's events to the log.
#pragma once

#include "libconf/turn/outputs.hpp"

#include <conf/log.hpp>

namespace conf::net {

/// Known before the event's words are made.
[[nodiscard]] log_level level_of(const turn::turn_event& event) noexcept;

[[nodiscard]] log_event to_log_event(const turn::turn_event& event, bool with_client_address);

}  // namespace conf::net
