/// JSON from strangers: parsed with limits into a value (RFC 8259).
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace conf::signalling {

struct bad_json {
    std::string why;
};

/// No deeper than `depth_max`, no more than `values_max` values, no key twice in an object (two readers of
/// such a text may disagree), no number that is infinite.
[[nodiscard]] std::variant<nlohmann::json, bad_json> parse_json(std::string_view text);

}  // namespace conf::signalling
