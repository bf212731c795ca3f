/// Base64 for URLs and headers, without padding: RFC 4648 §5.
#pragma once

#include "libconf/base/bytes.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::auth {

[[nodiscard]] constexpr std::size_t base64url_chars(std::size_t bytes_count) noexcept {
    return (bytes_count * 8 + 5) / 6;
}

[[nodiscard]] std::string base64url(bytes data);

/// Nothing for another character, an impossible length, or bits that a last character should not have: bytes
/// have one spelling only.
[[nodiscard]] std::optional<std::vector<std::byte>> from_base64url(std::string_view text);

}  // namespace conf::auth
