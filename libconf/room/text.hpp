/// What people write: valid UTF-8, no control characters, and names that look like names.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace conf::rooms {

/// One character of UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
struct code_point {
    char32_t value = 0;
    std::size_t bytes = 0;
};
/// Nothing where `text` does not begin with one.
[[nodiscard]] std::optional<code_point> first_code_point(std::string_view text) noexcept;

enum class line_feeds { refused, allowed };

/// Valid UTF-8 without control characters (U+0000 to U+001F, U+007F to U+009F).
[[nodiscard]] bool is_clean_text(std::string_view text, line_feeds lines) noexcept;
/// Characters, not bytes; every byte that is no UTF-8 counts as one.
[[nodiscard]] std::size_t count_characters(std::string_view text) noexcept;

/// Without the characters that turn the direction of what follows and so make one text look like another
/// (U+202A to U+202E, U+2066 to U+2069).
[[nodiscard]] std::string without_direction_controls(std::string_view text);
/// A name as it is shown: besides, without spaces at its ends. Empty where nothing of it can be seen.
[[nodiscard]] std::string shown_name(std::string_view text);
/// The beginning of `text`, at most so many bytes, whole characters.
[[nodiscard]] std::string_view cut_to_bytes(std::string_view text, std::size_t bytes_max) noexcept;

}  // namespace conf::rooms
