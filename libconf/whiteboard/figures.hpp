/// Shapes that are given by numbers: the corners of polygons and the paths of stamps, PROTOCOL.md,
/// section 11.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace conf::boards {

/// In thousandths of the box.
struct corner {
    std::int16_t x = 0;
    std::int16_t y = 0;
};

struct figure {
    std::span<const corner> closed{};
    std::span<const corner> open_one{};  ///< lines besides
    std::span<const corner> open_two{};
};

/// By the number of the property `figure`; the cloud has no corners.
[[nodiscard]] const figure& figure_of(std::uint64_t number) noexcept;
inline constexpr std::uint64_t cloud_figure = 14;
/// Points of a path of cubic curves: a start, then three for each curve.
[[nodiscard]] std::span<const corner> cloud_points() noexcept;

/// SVG's `d` in a box of 100 by 100, filled; by the number of the property `stamp`.
[[nodiscard]] std::string_view stamp_path(std::uint64_t number) noexcept;

}  // namespace conf::boards
