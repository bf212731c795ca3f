/// One shape as SVG, in its own coordinates.
#pragma once

#include "libconf/whiteboard/page.hpp"
#include "libconf/whiteboard/svg.hpp"

#include <string>
#include <string_view>

namespace conf::boards {

/// In units.
struct spot {
    double x = 0;
    double y = 0;
};

/// Numbers of sixteenths, exact, with the fewest digits.
void append_sixteenths(std::string& to, std::int64_t value);

/// From the shape's own coordinates to the page's, and back.
[[nodiscard]] spot to_page(const shape& of, spot own) noexcept;
[[nodiscard]] spot to_own(const shape& of, spot on_page) noexcept;

/// Its points with bound ends where their shapes are, in its own coordinates. Of a line or an arrow.
[[nodiscard]] std::vector<spot> line_points(const shape& what, const page& on);

/// Without its place on the page.
void append_shape_svg(std::string& to, const shape& what, const page& on, const svg_options& how);

}  // namespace conf::boards
