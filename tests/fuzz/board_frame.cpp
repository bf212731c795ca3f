// Binary messages of boards: what a client or a server sends is read or refused, and what was read is written
// the same.
#include "libconf/whiteboard/frames.hpp"
#include "libconf/whiteboard/limits.hpp"
#include "libconf/whiteboard/outline.hpp"
#include "libconf/whiteboard/page.hpp"
#include "libconf/whiteboard/whiteboard.hpp"
#include "tests/fuzz/target.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace fuzz {
namespace {

using namespace conf::boards;

/// A whiteboard that somebody who may do everything sends whatever there is.
void into_a_board(bytes input) {
    whiteboard board({});
    outputs out;
    moment at{conf::instant{std::chrono::hours(1)}, wall_time{1'700'000'000'000}};
    board.add_document(document_kind::blank, "", {}, at, out);
    const person mo{"mo", "Mo", conf::rooms::role::moderator};
    board.handle(1, mo, {1, board_open{}}, at, out);
    board.handle(1, mo, {2, board_look{{1, 1}, {}}}, at, out);
    source from(input);
    while (!from.empty()) {
        const auto size = from.u16();
        board.handle_frame(1, mo, from.take(size), at, out);
        at.now += std::chrono::milliseconds(17);
        if (from.u8() % 16 == 0) board.handle(1, mo, {3, board_undo{{1, 1}}}, at, out);
        if (const auto due = board.deadline(); due && *due <= at.now) board.handle_timeout(at, out);
    }
    std::vector<conf::rooms::record> kept(out.records);
    std::map<std::pair<conf::rooms::record_kind, std::string>, std::string> last;
    for (auto& one : kept) last[{one.kind, one.key}] = one.value;
    kept.clear();
    for (auto& [key, value] : last) {
        if (!value.empty()) kept.push_back({key.first, key.second, value});
    }
    whiteboard again({});
    require(again.restore(kept) == 0);
    require(again.last_sequence() == board.last_sequence());
    require(again.find_page({1, 1})->size() == board.find_page({1, 1})->size());
}

}  // namespace

void target::board_frame(bytes input) {
    if (const auto read = decode_client_frame(input)) {
        const auto written = encode(*read);
        const auto again = decode_client_frame(conf::as_bytes(written));
        require(again.has_value());
        require(std::holds_alternative<bad_change_frame>(*read) || *again == *read);
    }
    if (const auto read = decode_server_frames(input)) {
        for (const auto& one : *read) {
            const auto written = encode(one);
            const auto again = decode_server_frames(conf::as_bytes(written));
            require(again.has_value() && again->size() == 1 && again->front() == one);
        }
    }
    if (const auto points = decode_points(conf::as_text(input), points_per_stroke_max)) {
        require(decode_points(encode_points(*points), points_per_stroke_max) == *points);
        require(!outline_of(*points, 4).empty());
    }
    into_a_board(input);
}

}  // namespace fuzz
