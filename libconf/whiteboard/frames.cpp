#include "libconf/whiteboard/frames.hpp"

#include "libconf/whiteboard/limits.hpp"

#include <algorithm>
#include <utility>

namespace conf::boards {
namespace {

constexpr std::int64_t pointer_most = 1'000'000;  // units
constexpr std::int64_t view_most = pointer_most * per_unit;
constexpr std::uint64_t state_is_whole = 1;
constexpr std::uint64_t state_is_last = 2;

void append_kind(std::string& to, frame_kind kind) {
    to += static_cast<char>(kind);
}
void append_place(std::string& to, const place& where) {
    append_number(to, where.document);
    append_number(to, where.page);
}
place read_place(wire_reader& from) {
    const auto document = from.number();
    return {document, from.number()};
}
std::int64_t read_within(wire_reader& from, std::int64_t most) {
    const auto value = from.signed_number();
    if (value < -most || value > most) from.fail();
    return value;
}

change_frame read_change(wire_reader& from, std::uint64_t number) {
    change_frame made{number, from.number(), read_place(from), {}};
    made.ops = read_ops(from, op_source::client);
    return made;
}

void append_begin(std::string& to, const live_begin_frame& what) {
    append_number(to, what.slot);
    append_place(to, what.where);
    append_id(to, what.id);
    append_number(to, static_cast<std::uint64_t>(what.type));
    append_properties(to, what.properties);
    append_bytes(to, what.points);
}
live_begin_frame read_begin(wire_reader& from) {
    live_begin_frame made;
    made.slot = from.number_to(live_strokes_per_person_max - 1);
    made.where = read_place(from);
    made.id = from.id();
    made.type = static_cast<shape_type>(from.number_to(static_cast<std::uint64_t>(shape_type::highlighter)));
    made.properties = read_properties(from, true);
    made.points = from.blob();
    const bool is_stroke = made.type == shape_type::pen || made.type == shape_type::highlighter;
    const auto fits = [&](const property_value& one) {
        return one.which != property::points && may_have(made.type, one);
    };
    if (!is_stroke || !std::ranges::all_of(made.properties, fits) ||
        !count_points(made.points, points_per_stroke_max)) {
        from.fail();
    }
    for (auto& one : made.properties) normalise(one);
    return made;
}

void append_pointer(std::string& to, const pointer_frame& what) {
    append_number(to, static_cast<std::uint64_t>(what.kind));
    if (what.kind == pointer_kind::gone) return;
    append_signed(to, what.x);
    append_signed(to, what.y);
}
pointer_frame read_pointer(wire_reader& from) {
    pointer_frame made;
    made.kind = static_cast<pointer_kind>(from.number_to(static_cast<std::uint64_t>(pointer_kind::laser)));
    if (made.kind == pointer_kind::gone) return made;
    made.x = read_within(from, pointer_most);
    made.y = read_within(from, pointer_most);
    return made;
}

void append_seen(std::string& to, const rectangle_seen& what) {
    append_signed(to, what.x);
    append_signed(to, what.y);
    append_number(to, static_cast<std::uint64_t>(what.width));
    append_number(to, static_cast<std::uint64_t>(what.height));
}
rectangle_seen read_seen(wire_reader& from) {
    rectangle_seen made;
    made.x = read_within(from, view_most);
    made.y = read_within(from, view_most);
    made.width = static_cast<std::int64_t>(from.number_to(static_cast<std::uint64_t>(view_most)));
    made.height = static_cast<std::int64_t>(from.number_to(static_cast<std::uint64_t>(view_most)));
    return made;
}

// Client to server.
void append_frame(std::string& to, const change_frame& what) {
    append_kind(to, frame_kind::change);
    append_number(to, what.number);
    append_number(to, what.gesture);
    append_place(to, what.where);
    append_ops(to, what.ops);
}
void append_frame(std::string& to, const live_begin_frame& what) {
    append_kind(to, frame_kind::live_begin);
    append_begin(to, what);
}
void append_frame(std::string& to, const live_points_frame& what) {
    append_kind(to, frame_kind::live_points);
    append_number(to, what.slot);
    to += what.points;
}
void append_frame(std::string& to, const live_end_frame& what) {
    append_kind(to, frame_kind::live_end);
    append_number(to, what.slot);
}
void append_frame(std::string& to, const pointer_frame& what) {
    append_kind(to, frame_kind::pointer);
    if (what.kind != pointer_kind::gone) append_pointer(to, what);
}
void append_frame(std::string& to, const view_frame& what) {
    append_kind(to, frame_kind::view);
    append_seen(to, what.seen);
}
void append_frame(std::string& to, const bad_change_frame& what) {
    append_kind(to, frame_kind::change);
    append_number(to, what.number);
}

// Server to client.
void append_frame(std::string& to, const change_made& what) {
    append_kind(to, frame_kind::change);
    append_number(to, what.number);
    append_number(to, what.author);
    append_number(to, static_cast<std::uint64_t>(what.at.count()));
    append_place(to, what.where);
    append_ops(to, what.ops);
}
void append_frame(std::string& to, const live_begun& what) {
    append_kind(to, frame_kind::live_begin);
    append_number(to, what.author);
    append_begin(to, what.stroke);
}
void append_frame(std::string& to, const live_went_on& what) {
    append_kind(to, frame_kind::live_points);
    append_number(to, what.author);
    append_number(to, what.points.slot);
    to += what.points.points;
}
void append_frame(std::string& to, const live_dropped& what) {
    append_kind(to, frame_kind::live_end);
    append_number(to, what.author);
    append_id(to, what.id);
}
void append_frame(std::string& to, const pointers_moved& what) {
    append_kind(to, frame_kind::pointer);
    append_place(to, what.where);
    for (const auto& one : what.all) {
        append_number(to, one.author);
        append_pointer(to, one.at);
    }
}
void append_frame(std::string& to, const view_moved& what) {
    append_kind(to, frame_kind::view);
    append_place(to, what.where);
    append_seen(to, what.seen);
}
void append_state_head(std::string& to, const place& where, sequence at, bool whole, bool last) {
    append_kind(to, frame_kind::state);
    append_place(to, where);
    append_number(to, at);
    append_number(to, (whole ? state_is_whole : 0) | (last ? state_is_last : 0));
}
void append_frame(std::string& to, const page_state& what) {
    append_state_head(to, what.where, what.at, what.whole, what.last);
    append_number(to, what.shapes.size());
    for (const auto& one : what.shapes) append_shape(to, one);
    append_number(to, what.removed.size());
    for (const auto one : what.removed) append_id(to, one);
}
void append_frame(std::string& to, const change_verdict& what) {
    append_kind(to, frame_kind::verdict);
    append_number(to, what.number);
    append_number(to, static_cast<std::uint64_t>(what.how));
    append_number(to, what.at);
    if (what.how == outcome::discard) append_number(to, static_cast<std::uint64_t>(what.why));
    if (what.how == outcome::rebase) append_ops(to, what.ops);
}

page_state read_state(wire_reader& from) {
    page_state made;
    made.where = read_place(from);
    made.at = from.number();
    const auto flags = from.number_to(state_is_whole | state_is_last);
    made.whole = (flags & state_is_whole) != 0;
    made.last = (flags & state_is_last) != 0;
    for (auto count = from.number_to(from.left()); count > 0 && from.sound(); --count) {
        made.shapes.push_back(read_shape(from));
    }
    for (auto count = from.number_to(from.left()); count > 0 && from.sound(); --count) {
        made.removed.push_back(from.id());
    }
    return made;
}

pointers_moved read_pointers(wire_reader& from) {
    pointers_moved made{read_place(from), {}};
    while (from.left() > 0) {
        const auto author = from.number();
        made.all.push_back({author, read_pointer(from)});
    }
    return made;
}

change_verdict read_verdict(wire_reader& from) {
    change_verdict made;
    made.number = from.number();
    made.how = static_cast<outcome>(from.number_to(static_cast<std::uint64_t>(outcome::rebase)));
    made.at = from.number();
    if (made.how == outcome::discard) {
        made.why =
            static_cast<discard_reason>(from.number_to(static_cast<std::uint64_t>(discard_reason::nothing)));
    }
    if (made.how == outcome::rebase) made.ops = read_ops(from, op_source::server);
    return made;
}

/// One message, not a batch. False: unknown, or not readable, which the reader knows.
bool read_server_frame(wire_reader& from, std::vector<server_frame>& to) {
    switch (static_cast<frame_kind>(from.byte())) {
        case frame_kind::change: {
            change_made made;
            made.number = from.number();
            made.author = from.number();
            made.at = wall_time(static_cast<std::int64_t>(from.number()));
            made.where = read_place(from);
            made.ops = read_ops(from, op_source::server);
            to.emplace_back(std::move(made));
            break;
        }
        case frame_kind::live_begin: {
            const auto author = from.number();
            to.emplace_back(live_begun{author, read_begin(from)});
            break;
        }
        case frame_kind::live_points: {
            const auto author = from.number();
            const auto slot = from.number();
            to.emplace_back(live_went_on{author, {slot, std::string(from.rest())}});
            break;
        }
        case frame_kind::live_end: {
            const auto author = from.number();
            to.emplace_back(live_dropped{author, from.id()});
            break;
        }
        case frame_kind::pointer: to.emplace_back(read_pointers(from)); break;
        case frame_kind::view: {
            const auto where = read_place(from);
            to.emplace_back(view_moved{where, read_seen(from)});
            break;
        }
        case frame_kind::state: to.emplace_back(read_state(from)); break;
        case frame_kind::verdict: to.emplace_back(read_verdict(from)); break;
        default: (void)from.rest(); return from.sound();
    }
    return from.complete();
}

}  // namespace

std::optional<client_frame> decode_client_frame(bytes message) {
    wire_reader from(message);
    const auto kind = static_cast<frame_kind>(from.byte());
    std::optional<client_frame> made;
    switch (kind) {
        case frame_kind::change: {
            const auto number = from.number();
            if (!from.sound() || number == 0) return std::nullopt;
            made = read_change(from, number);
            if (!from.complete() || message.size() > change_bytes_max) return bad_change_frame{number};
            return made;
        }
        case frame_kind::live_begin: made = read_begin(from); break;
        case frame_kind::live_points: {
            const auto slot = from.number_to(live_strokes_per_person_max - 1);
            made = live_points_frame{slot, std::string(from.rest())};
            break;
        }
        case frame_kind::live_end:
            made = live_end_frame{from.number_to(live_strokes_per_person_max - 1)};
            break;
        case frame_kind::pointer: {
            auto read = message.size() > 1 ? read_pointer(from) : pointer_frame{};
            if (message.size() > 1 && read.kind == pointer_kind::gone) from.fail();
            made = read;
            break;
        }
        case frame_kind::view: made = view_frame{read_seen(from)}; break;
        default: return std::nullopt;
    }
    if (!from.complete() || message.size() > change_bytes_max) return std::nullopt;
    return made;
}

std::string encode(const client_frame& what) {
    std::string to;
    std::visit([&](const auto& one) { append_frame(to, one); }, what);
    return to;
}

std::string encode(const server_frame& what) {
    std::string to;
    std::visit([&](const auto& one) { append_frame(to, one); }, what);
    return to;
}

std::optional<std::vector<server_frame>> decode_server_frames(bytes message) {
    std::vector<server_frame> all;
    wire_reader from(message);
    if (message.empty() || load_u8(message, 0) != static_cast<std::uint8_t>(frame_kind::batch)) {
        return read_server_frame(from, all) ? std::optional(std::move(all)) : std::nullopt;
    }
    (void)from.byte();
    while (from.left() > 0) {
        wire_reader inner(from.blob());
        if (!from.sound() || !read_server_frame(inner, all)) return std::nullopt;
    }
    return from.complete() ? std::optional(std::move(all)) : std::nullopt;
}

void batch_writer::add(std::string_view message) {
    if (count_++ == 0) append_kind(text_, frame_kind::batch);
    append_number(text_, message.size());
    if (count_ == 1) first_at_ = text_.size();
    text_ += message;
}

std::string batch_writer::take() {
    if (count_ == 1) text_.erase(0, first_at_);
    count_ = 0;
    return std::exchange(text_, {});
}

std::vector<std::string> encode_state(place where, sequence at, bool whole,
                                      const std::vector<const shape*>& shapes,
                                      const std::vector<shape_id>& removed) {
    std::vector<std::string> frames;
    std::string body;
    std::size_t in_body = 0;
    const auto close = [&](bool last) {
        std::string frame;
        append_state_head(frame, where, at, whole && frames.empty(), last);
        append_number(frame, in_body);
        frame += body;
        append_number(frame, last ? removed.size() : 0);
        if (last) {
            for (const auto one : removed) append_id(frame, one);
        }
        frames.push_back(std::move(frame));
        body.clear();
        in_body = 0;
    };
    for (const auto* one : shapes) {
        if (body.size() >= state_bytes_max) close(false);
        append_shape(body, *one);
        ++in_body;
    }
    close(true);
    return frames;
}

}  // namespace conf::boards
