/// What several keys must agree on, and what is legal but deserves a word.
#pragma once

#include "libconf/config/keys.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::config {

/// Calls `report` with a key and what is wrong, for every disagreement.
void check_agreement(const settings& values, std::string_view program,
                     const std::function<void(std::string_view key, std::string message)>& report);

/// Sentences about open doors and short secrets. Never a secret itself.
[[nodiscard]] std::vector<std::string> warnings_about(const settings& values, std::string_view program);

}  // namespace conf::config
