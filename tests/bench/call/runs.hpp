/// What the program can do.
#pragma once

#include "tests/bench/call/settings.hpp"

#include <nlohmann/json.hpp>

namespace call_load {

/// One room in which everybody sends. @return the figures.
[[nodiscard]] nlohmann::json run_room(const settings& asked);
/// Many come in at once. @return the figures.
[[nodiscard]] nlohmann::json run_burst(const settings& asked);
/// People who stay until standard input ends, or the first is out for good. Prints lines. @return exit
/// status.
[[nodiscard]] int run_hold(const settings& asked);

}  // namespace call_load
