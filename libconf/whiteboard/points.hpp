/// The points of strokes, lines and arrows, coded in 2 to 3 bytes each.
#pragma once

#include "libconf/whiteboard/wire.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::boards {

/// In 1/16 of a unit, from the shape's own origin.
struct point {
    std::int64_t x = 0;
    std::int64_t y = 0;

    friend bool operator==(const point&, const point&) = default;
};

/// Pressure stands at every so many points; between them it is linear.
inline constexpr std::size_t points_per_pressure = 4;
/// 100 000 units.
inline constexpr std::int64_t point_max = 100'000 * per_unit;

struct point_list {
    std::vector<point> all{};
    bool pressed = false;
    std::vector<std::uint8_t> pressures{};  ///< of points 0, 4, 8, …

    /// 0 to 1. Precondition: `pressed`, and there is such a point.
    [[nodiscard]] double pressure_at(std::size_t which) const noexcept;

    friend bool operator==(const point_list&, const point_list&) = default;
};

/// Codes each point against a straight continuation of the two before it; a live stroke's goes on from
/// message to message.
class point_coder {
public:
    /// What the next point is expected to be.
    void append(std::string& to, point next, bool pressed, std::uint8_t pressure);
    /// Nothing at a fault, or beyond `point_max`.
    [[nodiscard]] std::optional<point> read(wire_reader& from, bool pressed,
                                            std::optional<std::uint8_t>& pressure);
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    /// Whether a byte of pressure stands with the next point.
    [[nodiscard]] bool presses_next() const noexcept { return count_ % points_per_pressure == 0; }

private:
    [[nodiscard]] point expected() const noexcept {
        return {2 * last_.x - before_.x, 2 * last_.y - before_.y};
    }
    void step(point next) noexcept;

    point last_{};
    point before_{};
    std::size_t count_ = 0;
};

/// POINTS without its length.
[[nodiscard]] std::string encode_points(const point_list& list);
/// Nothing: not readable, none, or more than `most`.
[[nodiscard]] std::optional<point_list> decode_points(std::string_view from, std::size_t most);
/// The same without keeping them: how many there are.
[[nodiscard]] std::optional<std::size_t> count_points(std::string_view from, std::size_t most);

}  // namespace conf::boards
