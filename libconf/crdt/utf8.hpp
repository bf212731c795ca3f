/// UTF-8 that is counted in UTF-16 code units, as the peers count it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace conf::crdt {

/// UTF-16 code units of the text, or nothing where it is not strict UTF-8 (surrogates, over-long forms and
/// what is over U+10FFFF are not).
[[nodiscard]] std::optional<std::size_t> utf16_length(std::string_view text) noexcept;

/// Where a text is cut after so many UTF-16 units.
struct utf16_cut {
    std::size_t bytes = 0;  ///< before the cut, or before the character that it divides
    bool divides = false;   ///< it falls between the two halves of a surrogate pair, of four bytes
};

/// Precondition: valid UTF-8 of at least `units` units.
[[nodiscard]] utf16_cut cut_utf16(std::string_view text, std::size_t units) noexcept;

/// U+FFFD, which takes the place of each half of a divided character.
inline constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// The text with each byte that is not part of valid UTF-8 made U+FFFD.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);

}  // namespace conf::crdt
