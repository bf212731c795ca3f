#include "libconf/whiteboard/points.hpp"

#include <algorithm>

namespace conf::boards {

double point_list::pressure_at(std::size_t which) const noexcept {
    const auto at = which / points_per_pressure;
    const auto part = static_cast<double>(which % points_per_pressure);
    const double a = pressures[at];
    const double b = at + 1 < pressures.size() ? pressures[at + 1] : pressures[at];
    return (a * (4 - part) + b * part) / 4 / 255;
}

void point_coder::step(point next) noexcept {
    before_ = count_ == 0 ? next : last_;
    last_ = next;
    ++count_;
}

void point_coder::append(std::string& to, point next, bool pressed, std::uint8_t pressure) {
    const auto guess = expected();
    append_signed(to, next.x - guess.x);
    append_signed(to, next.y - guess.y);
    if (pressed && presses_next()) to += static_cast<char>(pressure);
    step(next);
}

std::optional<point> point_coder::read(wire_reader& from, bool pressed,
                                       std::optional<std::uint8_t>& pressure) {
    const auto guess = expected();
    const auto dx = from.signed_number();
    const auto dy = from.signed_number();
    pressure = pressed && presses_next() ? std::optional(from.byte()) : std::nullopt;
    const point next{guess.x + dx, guess.y + dy};
    const auto fits = [](std::int64_t value) { return value >= -point_max && value <= point_max; };
    if (!from.sound() || !fits(next.x) || !fits(next.y)) return std::nullopt;
    step(next);
    return next;
}

std::string encode_points(const point_list& list) {
    std::string to;
    append_number(to, 2 * list.all.size() + (list.pressed ? 1 : 0));
    point_coder coder;
    for (std::size_t at = 0; at < list.all.size(); ++at) {
        const auto pressure = list.pressed ? list.pressures[at / points_per_pressure] : std::uint8_t{0};
        coder.append(to, list.all[at], list.pressed, pressure);
    }
    return to;
}

namespace {

template <class Take>
std::optional<std::size_t> walk_points(std::string_view bytes, std::size_t most, Take take) {
    wire_reader from(bytes);
    const auto head = from.number();
    const auto count = head / 2;
    // Each point has two bytes at least: a count alone must not make us reserve.
    if (count == 0 || count > most || count > from.left() / 2) return std::nullopt;
    const bool pressed = head % 2 != 0;
    point_coder coder;
    for (std::size_t at = 0; at < count; ++at) {
        std::optional<std::uint8_t> pressure;
        const auto next = coder.read(from, pressed, pressure);
        if (!next) return std::nullopt;
        take(*next, pressed, pressure);
    }
    return from.complete() ? std::optional<std::size_t>(count) : std::nullopt;
}

}  // namespace

std::optional<point_list> decode_points(std::string_view from, std::size_t most) {
    point_list list;
    const auto count =
        walk_points(from, most, [&](point next, bool pressed, std::optional<std::uint8_t> pressure) {
            list.pressed = pressed;
            list.all.push_back(next);
            if (pressure) list.pressures.push_back(*pressure);
        });
    return count ? std::optional(std::move(list)) : std::nullopt;
}

std::optional<std::size_t> count_points(std::string_view from, std::size_t most) {
    return walk_points(from, most, [](point, bool, std::optional<std::uint8_t>) {});
}

}  // namespace conf::boards
