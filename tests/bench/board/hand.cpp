#include "tests/bench/board/hand.hpp"

#include <cmath>
#include <utility>

namespace board_load {

using namespace conf::boards;

/// Loops as handwriting has them: some 120 units high, one to two in a second, and no hand is quite steady.
point hand::sample() {
    constexpr double pi = 3.14159265358979323846;
    std::uniform_real_distribution<double> tremor(-0.05, 0.05);
    const double turn = 2 * pi * speed_ * time_;
    const double x = 80 * time_ + 40 * std::sin(turn) + tremor(random_);
    const double y = 60 * std::cos(turn) + 15 * std::sin(2.7 * turn) + tremor(random_);
    time_ += 1.0 / 60;
    return {std::llround(x * per_unit), std::llround(y * per_unit)};
}

hand::message hand::next() {
    if (step_ == 0) {
        id_ = (std::uint64_t{random_()} << 32 | random_()) | 1;
        speed_ = 1 + static_cast<double>(random_() % 100) / 100;
        time_ = 0;
        coder_ = {};
        list_ = {};
    }
    if (++step_ == messages_per_stroke) {
        step_ = 0;
        const auto coded = encode_points(list_);
        points_ += list_.all.size();
        point_bytes_ += coded.size();
        change_frame put{.number = ++number_, .gesture = number_, .where = where_, .ops = {}};
        put.ops.push_back({.kind = op_kind::put,
                           .id = id_,
                           .type = shape_type::pen,
                           .properties = {signed_value(property::x, 3200), signed_value(property::y, 4800),
                                          bytes_value(property::points, coded)}});
        return {encode(client_frame(std::move(put))), true};
    }
    std::string coded;
    point_list first;
    for (std::size_t i = 0; i < points_per_message; ++i) {
        const auto at = sample();
        list_.all.push_back(at);
        first.all.push_back(at);
        coder_.append(coded, at, false, 0);
    }
    if (step_ == 1) {
        live_begin_frame begin{.slot = 0, .where = where_, .id = id_, .type = shape_type::pen};
        begin.properties = {signed_value(property::x, 3200), signed_value(property::y, 4800)};
        begin.points = encode_points(first);
        return {encode(client_frame(std::move(begin))), false};
    }
    return {encode(client_frame(live_points_frame{.slot = 0, .points = std::move(coded)})), false};
}

}  // namespace board_load
