/// Where lines of texts end, and which way they run.
#pragma once

#include "libconf/whiteboard/change.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace conf::boards {

inline constexpr double line_height = 1.25;  ///< of the font size
inline constexpr double note_margin = 16;    ///< units

/// The stored ones; without them by the rule of PROTOCOL.md, section 7, which knows no font: a character is
/// 0.6 of the font size wide, from U+1100 on all of it. Of a text or a note.
[[nodiscard]] std::vector<std::string> lines_of(const shape& what);

/// `width_tenths`: in tenths of the font size; 0: as wide as it likes.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t width_tenths);

/// About how wide, in tenths of the font size.
[[nodiscard]] std::size_t width_of(std::string_view line) noexcept;

/// Whether its first letter is of a script that is written from right to left.
[[nodiscard]] bool runs_leftwards(std::string_view line) noexcept;

}  // namespace conf::boards
