/// A hand with a pen: strokes of a second each, as a client's messages.
#pragma once

#include "libconf/whiteboard/frames.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace board_load {

/// Sampled 60 times a second, sent 30 times: a new stroke begins, 28 messages of two points go on, then the
/// change puts the whole of it.
class hand {
public:
    hand(conf::boards::place where, unsigned seed) : where_(where), random_(seed) {}

    struct message {
        std::string frame;
        bool is_change = false;  ///< it goes the way through the store
    };
    [[nodiscard]] message next();
    /// Of strokes that were put: their points, and the bytes that those have in what is stored.
    [[nodiscard]] std::uint64_t points() const noexcept { return points_; }
    [[nodiscard]] std::uint64_t point_bytes() const noexcept { return point_bytes_; }

    static constexpr unsigned messages_per_second = 30;

private:
    static constexpr unsigned messages_per_stroke = 30;
    static constexpr std::size_t points_per_message = 2;

    [[nodiscard]] conf::boards::point sample();

    conf::boards::place where_;
    std::mt19937 random_;
    std::uint64_t number_ = 0;
    unsigned step_ = 0;
    double time_ = 0;
    double speed_ = 1;
    conf::boards::shape_id id_ = 0;
    conf::boards::point_coder coder_{};
    conf::boards::point_list list_{};
    std::uint64_t points_ = 0;
    std::uint64_t point_bytes_ = 0;
};

}  // namespace board_load
