// A long log of changes into an empty page, as a replay reads it.
#include "libconf/whiteboard/frames.hpp"
#include "libconf/whiteboard/page.hpp"
#include "tests/bench/board/runs.hpp"
#include "tests/bench/peer/clocks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace board_load {
namespace {

using namespace conf::boards;

constexpr place where{1, 1};
/// Half of what a page may hold: then something goes instead.
constexpr std::size_t shapes_kept = 5000;
constexpr std::size_t points_a_stroke = 40;

/// Draws, moves, recolours and removes, as people do: of ten operations three put a shape, six change one and
/// one removes one.
class log_writer {
public:
    std::string next(sequence number) {
        const auto dice = random_() % 10;
        std::vector<op> ops;
        if (there_.empty() || (dice < 3 && there_.size() < shapes_kept)) {
            there_.push_back((std::uint64_t{random_()} << 32 | random_()) | 1);
            ops.push_back(stroke(there_.back()));
        } else if (dice >= 3 && dice < 9) {
            ops.push_back(
                {.kind = op_kind::patch,
                 .id = there_[random_() % there_.size()],
                 .properties = {signed_value(property::x, static_cast<std::int64_t>(random_() % 20'000)),
                                number_value(property::opacity, random_() % 101)}});
        } else {
            std::swap(there_[random_() % there_.size()], there_.back());
            ops.push_back({.kind = op_kind::remove, .id = there_.back()});
            there_.pop_back();
        }
        change_made made;
        made.number = number;
        made.author = static_cast<author_number>(1 + random_() % 20);
        made.at = wall_time(1'700'000'000'000 + static_cast<std::int64_t>(number));
        made.where = where;
        made.ops = std::move(ops);
        return encode(server_frame(std::move(made)));
    }
    [[nodiscard]] std::size_t left() const noexcept { return there_.size(); }

private:
    op stroke(shape_id id) {
        point_list list;
        for (std::size_t i = 0; i < points_a_stroke; ++i) {
            const auto turn = static_cast<double>(i) / 5;
            list.all.push_back(
                {std::llround(turn * 20 * per_unit), std::llround(std::sin(turn) * 40 * per_unit)});
        }
        return {.kind = op_kind::put,
                .id = id,
                .type = shape_type::pen,
                .properties = {bytes_value(property::index, fmt::format("c{:03}1", index_++ % 1000)),
                               signed_value(property::x, 3200),
                               bytes_value(property::points, encode_points(list))}};
    }

    std::mt19937 random_{1};
    std::vector<shape_id> there_;
    std::size_t index_ = 0;
};

}  // namespace

nlohmann::json run_replay(const settings& asked) {
    log_writer hand;
    std::vector<std::string> log;
    for (std::size_t i = 0; i < asked.operations; ++i) log.push_back(hand.next(i + 1));

    std::vector<double> seconds;
    constexpr int runs = 5;
    for (int i = 0; i < runs; ++i) {
        const auto began = bench::own_cpu_seconds();
        page into(where);
        for (const auto& each : log) {
            const auto read = decode_server_frames(conf::as_bytes(each));
            if (!read) throw std::runtime_error("the log can not be read");
            for (const auto& one : *read) {
                const auto& change = std::get<change_made>(one);
                into.apply({change.number, change.author, change.at, change.where, change.ops}, nullptr);
            }
        }
        seconds.push_back(bench::own_cpu_seconds() - began);
        if (into.size() != hand.left())
            throw std::runtime_error("the replay has other shapes than were drawn");
    }
    std::ranges::sort(seconds);
    return {
        {"operations", asked.operations}, {"shapes", hand.left()}, {"cpu_s", seconds[seconds.size() / 2]}};
}

}  // namespace board_load
