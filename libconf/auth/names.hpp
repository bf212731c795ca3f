/// How rooms and participants are called in addresses and tokens.
#pragma once

#include <cstddef>
#include <string_view>

namespace conf::auth {

inline constexpr std::size_t name_chars_max = 64;

/// 1 to 64 of A-Z, a-z, 0-9, "-", "_" and ".", but neither "." nor "..": a segment of a URL that means the
/// same encoded or not, and in every language. Case counts. People see display names, which are something
/// else.
[[nodiscard]] bool is_name(std::string_view text) noexcept;

}  // namespace conf::auth
