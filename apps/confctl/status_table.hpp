/// A server's status for people.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace conf::apps {

/// The JSON object `json` as lines of "name  value"; members of members get dotted names, lists stand one
/// below the other. Nothing where it is not a JSON object.
[[nodiscard]] std::optional<std::string> status_table(std::string_view json);

}  // namespace conf::apps
