// Binary messages of clients: what is drawn while it is drawn, pointers, and what the leader sees.
#include "libconf/whiteboard/limits.hpp"
#include "libconf/whiteboard/whiteboard_state.hpp"

#include <algorithm>

namespace conf::boards {
namespace {

bool take_burst(token_bucket& bucket, std::size_t per_second, std::size_t burst, instant now) {
    // A bucket holds one second's worth. One whose second is longer fills up to a burst.
    const auto slowed =
        now.time_since_epoch() * static_cast<std::int64_t>(per_second) / static_cast<std::int64_t>(burst);
    return bucket.take(1, burst, instant(slowed));
}

}  // namespace

std::string whiteboard::state::live_stroke::points() const {
    std::string to;
    append_number(to, 2 * coder.count() + (pressed ? 1 : 0));
    return to + coded;
}

bool whiteboard::state::on_frame(seat& from, bad_change_frame& what, turn in) {
    answer_change(from, {what.number, boards::outcome::discard, last, discard_reason::unreadable, {}}, in);
    return false;
}

bool whiteboard::state::on_frame(seat& from, change_frame& what, turn in) {
    if (take_burst(from.changes, changes_per_second, changes_burst, in.at.now)) {
        handle_change(from, what, in);
        return true;
    }
    refuse_change(from, what, discard_reason::rate, in);
    return false;
}

bool whiteboard::state::on_frame(seat& from, live_begin_frame& what, turn in) {
    if (!take_burst(from.strokes, live_per_second, live_burst, in.at.now)) return false;
    if (const auto old = strokes.find({from.id, what.slot}); old != strokes.end()) drop(old, in);
    const auto* const on = find_page(what.where);
    // Late ones of somebody who has lost the right: left out without a word (whiteboard rules, section 9).
    if (on == nullptr || on->find(what.id) != nullptr) return true;
    if (refusal(&from.who, act::put, *on, nullptr, 0) != discard_reason::none) return true;

    auto& made = strokes[{from.id, what.slot}];
    made.by = author_of(from.who, in).info.number;
    made.who = from.who;
    made.begun = what;
    wire_reader points(what.points);
    const auto head = points.number();
    made.pressed = head % 2 != 0;
    made.coded = std::string(what.points.substr(what.points.size() - points.left()));
    std::optional<std::uint8_t> pressure;
    for (auto left = head / 2; left > 0; --left) (void)made.coder.read(points, made.pressed, pressure);
    made.begun.points.clear();
    const auto by = made.by;
    const auto where = what.where;
    send_live(where, from.id, encode(server_frame(live_begun{by, std::move(what)})), in);
    return true;
}

bool whiteboard::state::on_frame(seat& from, live_points_frame& what, turn in) {
    const auto found = strokes.find({from.id, what.slot});
    if (!take_burst(from.strokes, live_per_second, live_burst, in.at.now)) {
        // A stroke with a hole in it is no stroke: others wait for the whole one.
        if (found != strokes.end()) drop(found, in);
        return false;
    }
    if (found == strokes.end()) return true;  // it has ended meanwhile
    auto& stroke = found->second;
    auto coder = stroke.coder;
    wire_reader points{std::string_view(what.points)};
    std::optional<std::uint8_t> pressure;
    while (points.left() > 0) {
        if (!coder.read(points, stroke.pressed, pressure)) {
            drop(found, in);
            return false;
        }
    }
    if (coder.count() > points_per_stroke_max) {
        finish(found, in);
        return true;
    }
    stroke.coder = coder;
    stroke.coded += what.points;
    send_live(stroke.begun.where, from.id, encode(server_frame(live_went_on{stroke.by, std::move(what)})),
              in);
    return true;
}

bool whiteboard::state::on_frame(seat& from, live_end_frame& what, turn in) {
    const auto found = strokes.find({from.id, what.slot});
    if (found != strokes.end()) drop(found, in);
    return true;
}

bool whiteboard::state::on_frame(seat& from, pointer_frame& what, turn in) {
    if (!take_burst(from.pointers, pointers_per_second, pointers_burst, in.at.now)) return true;
    if (!from.looks || from.pointer == what) return true;
    if (what.kind != pointer_kind::gone &&
        may(act::point, circumstances_of(from.who, find_page(*from.looks), nullptr)) != verdict::yes) {
        return true;
    }
    from.pointer = what;
    touch_pointer(from, in);
    return true;
}

bool whiteboard::state::on_frame(seat& from, view_frame& what, turn in) {
    if (!take_burst(from.pointers, pointers_per_second, pointers_burst, in.at.now)) return true;
    const bool leads = stage.leader == from.who.id && from.looks == stage.where;
    if (!leads || may(act::steer, circumstances_of(from.who, nullptr, nullptr)) != verdict::yes) return true;
    stage.view = what.seen;
    const auto frame =
        std::make_shared<const std::string>(encode(server_frame(view_moved{stage.where, what.seen})));
    record(frame, in);
    send(stage.where, from.id, lane::at_once, frame, in);
    return true;
}

void whiteboard::state::finish(live_place which, turn in) {
    auto stroke = std::move(which->second);
    auto* const on = find_page(stroke.begun.where);
    op put{op_kind::put, stroke.begun.id, stroke.begun.type, std::move(stroke.begun.properties), {}};
    put.properties.push_back(bytes_value(property::points, stroke.points()));
    std::ranges::sort(put.properties, {}, &property_value::which);
    auto why = discard_reason::none;
    auto decided = on->size() < options.shapes_per_page && saves
                       ? resolve(nullptr, stroke.by, *on, std::move(put), why)
                       : std::nullopt;
    if (!decided) return drop(which, in);
    strokes.erase(which);
    auto made = begin(stroke.by, on->where(), cause::change, in.at.wall);
    apply(*on, made, std::move(*decided));
    commit(std::move(made), 0, in);
}

void whiteboard::state::drop(live_place which, turn in) {
    const auto& stroke = which->second;
    const auto where = stroke.begun.where;
    auto frame = encode(server_frame(live_dropped{stroke.by, stroke.begun.id}));
    const auto whose = which->first.first;
    strokes.erase(which);
    send_live(where, whose, std::move(frame), in);
}

void whiteboard::state::finish_where(connection_id whose, turn in) {
    for (auto next = strokes.lower_bound({whose, 0}); next != strokes.end() && next->first.first == whose;
         next = strokes.lower_bound({whose, 0})) {
        finish(next, in);
    }
}

void whiteboard::state::finish_forbidden(turn in) {
    std::vector<live_key> over;
    for (const auto& [key, stroke] : strokes) {
        const auto* const on = find_page(stroke.begun.where);
        if (refusal(&stroke.who, act::put, *on, nullptr, 0) != discard_reason::none) over.push_back(key);
    }
    for (const auto& key : over) {
        if (const auto found = strokes.find(key); found != strokes.end()) finish(found, in);
    }
}

/// People, not fingers.
std::size_t whiteboard::state::pens_on(place where) const {
    std::size_t count = 0;
    connection_id before = 0;
    for (const auto& [key, stroke] : strokes) {
        if (stroke.begun.where != where || key.first == before) continue;
        before = key.first;
        ++count;
    }
    return count;
}

/// At once with one pen or two; from the third on what comes within a tick goes together: so the number of
/// messages is bounded by the viewers, not by viewers times pens.
void whiteboard::state::send_live(place where, connection_id but, std::string frame, turn in) {
    auto& to = channel_of(where);
    record(std::make_shared<const std::string>(frame), in);
    if (pens_on(where) > pens_at_once) {
        to.batch.add(frame);
        if (!to.batch_due) to.batch_due = in.at.now + pen_tick;
        return;
    }
    flush_batch(where, to, in);
    send(where, but, lane::at_once, std::make_shared<const std::string>(std::move(frame)), in);
}

/// To somebody who begins to look: the strokes that are being drawn, and where pointers are.
void whiteboard::state::show_live(const seat& to, place where, turn in) {
    // What waits for the tick is in the strokes already.
    flush_batch(where, channel_of(where), in);
    for (const auto& [key, stroke] : strokes) {
        if (stroke.begun.where != where || key.first == to.id) continue;
        auto whole = stroke.begun;
        whole.points = stroke.points();
        send_to(to.id, lane::at_once, encode(server_frame(live_begun{stroke.by, std::move(whole)})), in);
    }
    pointers_moved pointers{where, {}};
    for (const auto& [id, other] : links) {
        if (id == to.id || other.looks != where || other.pointer.kind == pointer_kind::gone) continue;
        pointers.all.push_back({author_numbers.at(other.who.id), other.pointer});
    }
    if (!pointers.all.empty()) send_to(to.id, lane::loose, encode(server_frame(std::move(pointers))), in);
}

}  // namespace conf::boards
