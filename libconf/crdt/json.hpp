/// JSON as JavaScript reads and writes it: attributes and embedded objects are kept as JSON text.
#pragma once

#include "libconf/crdt/any.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace conf::crdt {

/// The value, or nothing where the text is not JSON (RFC 8259) or nested deeper than `value_depth_max`
/// (`too_deep` is then set, where it is given). A lone surrogate becomes U+FFFD.
[[nodiscard]] std::optional<any> parse_json(std::string_view text, bool* too_deep = nullptr);

/// As JSON.stringify writes it: no spaces, members in their order, undefined members left out; what JSON does
/// not know (undefined in a list, not a number, bytes) is null.
[[nodiscard]] std::string to_json(const any& value);

}  // namespace conf::crdt
