/// The picture of our own publishers: its frame's number can be read back after any codec and any scaling.
#pragma once

#include "libconf/media/picture.hpp"

#include <cstdint>
#include <optional>

namespace conf::media {

/// The bottom ninth is a row of sixteen squares, bit 0 on the left: white is one, black is zero. Above it
/// something coloured moves, so that frames differ. Precondition: at least 32 pixels wide and 18 high.
void draw_test_card(picture& on, std::uint16_t frame);

/// @return nothing where a square is neither black nor white, or the picture is too small to tell.
[[nodiscard]] std::optional<std::uint16_t> read_test_card(const picture& from);

inline constexpr unsigned test_card_width_min = 32;
inline constexpr unsigned test_card_height_min = 18;

}  // namespace conf::media
