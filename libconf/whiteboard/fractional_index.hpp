/// Keys that lie between any two others: the order in which shapes are painted.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::boards {

// A key is an integer part, whose first letter says how long it is, and a fraction, in digits `0-9A-Za-z`.
// Keys are compared as bytes. Between two of them there is always a third; what is put at an end grows
// slowly.

[[nodiscard]] bool is_index(std::string_view key) noexcept;

/// Nothing where `a` is not below `b`, or one of them is no key. No key: that end is open.
[[nodiscard]] std::optional<std::string> index_between(std::optional<std::string_view> a,
                                                       std::optional<std::string_view> b);
/// That many, in order; between two keys as short as they can be. Nothing as above.
[[nodiscard]] std::optional<std::vector<std::string>> indices_between(std::optional<std::string_view> a,
                                                                      std::optional<std::string_view> b,
                                                                      std::size_t count);

}  // namespace conf::boards
