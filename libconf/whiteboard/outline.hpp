/// The outline of a stroke: OUTLINE.md, step by step.
#pragma once

#include "libconf/whiteboard/points.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace conf::boards {

/// In hundredths of a unit.
struct outline_point {
    std::int64_t x = 0;
    std::int64_t y = 0;

    friend bool operator==(const outline_point&, const outline_point&) = default;
};

/// `stroke_width` in units. Empty only for no points.
[[nodiscard]] std::vector<outline_point> outline_of(const point_list& stroke, double stroke_width);
/// The closed path through it as SVG's `d`.
[[nodiscard]] std::string path_of(const std::vector<outline_point>& outline);

/// Hundredths as a number with the fewest digits: 12, 12.5, -0.25.
void append_hundredths(std::string& to, std::int64_t value);

}  // namespace conf::boards
