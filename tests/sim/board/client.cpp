#include "tests/sim/board/client.hpp"

#include "libconf/whiteboard/limits.hpp"
#include "libconf/whiteboard/page.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace conf::sim::board {

using namespace boards;
using std::chrono::milliseconds;

client::client(world& around, person who, std::uint64_t seed)
    : world_(around), who_(std::move(who)), chance_(seed) {}

void client::start() {
    come_back();
    act();
}

void client::come_back() {
    link_ = world_.connect(*this);
    if (link_ != 0) return ask(board_open{});
    world_.queue.after(chance_.between(milliseconds(50), milliseconds(1000)), [this] { come_back(); });
}

void client::lost() {
    link_ = 0;
    open_ = false;
    looking_ = false;
    live_.clear();
    // What he was drawing he has himself: it is put when he is back.
    if (drawing_ != 0) {
        op put{op_kind::put,
               drawing_,
               shape_type::pen,
               {bytes_value(property::points, points(0, drawn_points_))},
               {}};
        undecided_.push_back({next_number_++, 0, looks_, {std::move(put)}});
        drawing_ = 0;
    }
    world_.queue.after(chance_.between(milliseconds(0), milliseconds(2000)), [this] { come_back(); });
}

void client::ask(request_body what) {
    world_.send(link_, request{next_request_++, std::move(what)});
}

void client::act() {
    if (world_.over()) {
        // A last word: what is half drawn becomes a shape.
        if (drawing_ != 0 && looking_) stroke_on();
        if (drawing_ != 0) world_.queue.after(milliseconds(50), [this] { act(); });
        return;
    }
    if (open_ && looking_) {
        if (drawing_ != 0) {
            stroke_on();
        } else if (moderates() && world_.how.owner_acts && chance_.chance(0.1)) {
            moderate();
        } else {
            draw();
        }
    }
    const auto pause = drawing_ != 0 ? milliseconds(33) : milliseconds(chance_.between(20, 250));
    world_.queue.after(pause, [this] { act(); });
}

std::string client::points(std::size_t from, std::size_t count) const {
    // The same zigzag for every stroke; a live one goes on where it was.
    point_list list;
    for (std::size_t at = 0; at < from + count; ++at) {
        list.all.push_back({static_cast<std::int64_t>(at) * 40, static_cast<std::int64_t>(at % 5) * 30});
    }
    if (from == 0) return encode_points(list);
    point_coder coder;
    std::string coded;
    for (std::size_t at = 0; at < list.all.size(); ++at) {
        if (at == from) coded.clear();
        coder.append(coded, list.all[at], false, 0);
    }
    return coded;
}

void client::stroke_on() {
    if (!world_.over() && chance_.chance(0.85) && drawn_points_ < 60) {
        world_.send(link_, encode(client_frame(live_points_frame{0, points(drawn_points_, 2)})));
        drawn_points_ += 2;
        return;
    }
    if (!world_.over() && chance_.chance(0.1)) {
        world_.send(link_, encode(client_frame(live_end_frame{0})));
    } else {
        change({op{op_kind::put,
                   drawing_,
                   shape_type::pen,
                   {bytes_value(property::points, points(0, drawn_points_))},
                   {}}});
    }
    drawing_ = 0;
}

shape_id client::some_shape() {
    if (shapes_.empty()) return 0;
    auto found = shapes_.lower_bound(chance_.next());
    if (found == shapes_.end()) found = shapes_.begin();
    return found->first;
}

void client::draw() {
    const auto kind = chance_.below(12);
    const auto target = some_shape();
    if (kind < 3) {
        drawing_ = chance_.next() | 1;
        drawn_points_ = 2;
        world_.send(
            link_,
            encode(client_frame(live_begin_frame{0, looks_, drawing_, shape_type::pen, {}, points(0, 2)})));
    } else if (kind < 5 || target == 0) {
        std::vector<property_value> values;
        // Where another shape is, so that keys meet and grow.
        if (target != 0)
            values.push_back(bytes_value(property::index,
                                         std::string(shapes_.at(target).properties.bytes(property::index))));
        values.push_back(signed_value(property::x, static_cast<std::int64_t>(chance_.below(20'000))));
        change({op{op_kind::put,
                   chance_.next() | 1,
                   chance_.chance(0.2) ? shape_type::frame : shape_type::rectangle,
                   values,
                   {}}});
    } else if (kind < 9) {
        const auto gesture = chance_.chance(0.5) ? next_number_ : 0;
        for (auto steps = chance_.between(1, 4); steps > 0; --steps) {
            std::vector<property_value> values;
            if (chance_.chance(0.2)) {
                std::string parent;
                append_id(parent, some_shape());
                values.push_back(bytes_value(property::parent, parent));
            }
            values.push_back(signed_value(property::x, static_cast<std::int64_t>(chance_.below(2000))));
            if (chance_.chance(0.5)) values.push_back(number_value(property::opacity, chance_.below(101)));
            change({op{op_kind::patch, target, {}, values, {}}}, gesture);
        }
    } else if (kind == 9) {
        change({op{op_kind::remove, target, {}, {}, {}}});
    } else if (kind == 10) {
        ask(chance_.chance(0.6) ? request_body(board_undo{looks_}) : request_body(board_redo{looks_}));
    } else {
        world_.send(link_, encode(client_frame(pointer_frame{
                               pointer_kind::cursor, static_cast<std::int64_t>(chance_.below(1440)), 0})));
        if (chance_.chance(0.2) && !places_.empty()) look(places_[chance_.below(places_.size())]);
    }
}

void client::moderate() {
    world_.faults.count(fault::owner_act);
    switch (chance_.below(8)) {
        case 0: return ask(board_rules{static_cast<draw_mode>(chance_.below(3)), {}});
        case 1: return ask(board_writer{"p" + std::to_string(chance_.below(8)), chance_.chance(0.7)});
        case 2: return ask(board_lock{looks_, chance_.chance(0.3)});
        case 3: return ask(board_clear{looks_, chance_.chance(0.5) ? clear_what::page : clear_what::own, {}});
        case 4: return ask(board_clear{{looks_.document, 0}, clear_what::all, {}});
        case 5: return ask(page_add{looks_.document, {}});
        case 6: return chance_.chance(0.3) ? ask(page_remove{looks_}) : ask(board_stage{looks_});
        default: return ask(board_rules{draw_mode::everybody, {}});
    }
}

void client::change(std::vector<op> ops, std::uint64_t gesture) {
    undecided_.push_back({next_number_++, gesture, looks_, std::move(ops)});
    send(undecided_.back());
}

void client::send(const undecided& what) {
    world_.send(link_, encode(client_frame(change_frame{what.number, what.gesture, what.where, what.ops})));
}

void client::look(place where) {
    if (drawing_ != 0) return;
    if (where != looks_) {
        shapes_.clear();
        complete_to_ = 0;
    }
    looks_ = where;
    looking_ = false;
    live_.clear();
    ask(board_look{where, complete_to_ != 0 ? std::optional(complete_to_) : std::nullopt});
}

void client::take(const downward& what) {
    if (const auto* const frame = std::get_if<shared_frame>(&what)) {
        const auto read = decode_server_frames(as_bytes(**frame));
        if (!read) throw failure("a message of the server's is not readable");
        for (const auto& one : *read) std::visit([&](const auto& body) { on(body); }, one);
        return;
    }
    std::visit([&](const auto& body) { on(body); }, std::get<message>(what).what);
}

void client::on(const opened& what) {
    open_ = true;
    me_ = what.you;
    places_.clear();
    for (const auto& document : what.documents) {
        for (const auto& page : document.pages) places_.push_back({document.number, page.number});
    }
    std::erase_if(undecided_, [&](const auto& one) { return one.number <= what.last; });
    next_number_ = std::max(next_number_, what.last + 1);
    if (std::ranges::find(places_, looks_) == places_.end()) looks_ = {};
    const auto where = looks_.page != 0 ? looks_ : places_[chance_.below(places_.size())];
    look(where);
    for (const auto& one : undecided_) send(one);
}

void client::on(const looked& what) {
    looking_ = true;
    complete_to_ = std::max(complete_to_, what.at);
}

void client::on(const author_known& what) {
    if (what.author.id == who_.id) me_ = what.author.number;
}

void client::on(const document_changed& what) {
    if (!what.pages) return;
    std::erase_if(places_, [&](const auto& one) { return one.document == what.number; });
    for (const auto& page : *what.pages) places_.push_back({what.number, page.number});
    if (std::ranges::find(places_, looks_) != places_.end()) return;
    drawing_ = 0;  // the page went away under his hand
    look(places_.front());
}

void client::on(const boards::failure& what) {
    if (what.code == rooms::error_code::unknown_page && !looking_ && open_ && !places_.empty()) {
        look(places_[chance_.below(places_.size())]);
    }
}

void client::on(const change_made& what) {
    if (what.where != looks_) return;
    reduce(what.number, what.author, what.ops);
    for (const auto& one : what.ops) live_.erase(one.id);
}

void client::on(const live_begun& what) {
    if (what.stroke.where == looks_ && what.author != me_) live_[what.stroke.id] = what.author;
}

void client::on(const live_dropped& what) {
    live_.erase(what.id);
}

void client::on(const page_state& what) {
    if (what.where != looks_) return;
    if (what.whole) shapes_.clear();
    for (const auto& one : what.shapes) shapes_[one.id] = one;
    for (const auto id : what.removed) shapes_.erase(id);
    complete_to_ = std::max(complete_to_, what.at);
}

void client::on(const change_verdict& what) {
    world_.acknowledged(what.how == boards::outcome::discard ? 0 : what.at);
    const auto found = std::ranges::find(undecided_, what.number, &undecided::number);
    if (found == undecided_.end()) return;  // of the connection before
    if (found != undecided_.begin()) throw sim::failure("a verdict came out of order");
    if (found->where == looks_ && what.at != 0) {
        if (what.how == boards::outcome::commit) reduce(what.at, me_, found->ops);
        if (what.how == boards::outcome::rebase) reduce(what.at, me_, what.ops);
    }
    undecided_.pop_front();
}

void client::reduce(sequence at, author_number by, const std::vector<op>& ops) {
    if (at <= complete_to_ && at != 0) return;  // the state had it
    complete_to_ = std::max(complete_to_, at);
    for (const auto& one : ops) {
        const auto found = shapes_.find(one.id);
        if (one.kind == op_kind::remove) {
            shapes_.erase(one.id);
        } else if (one.kind == op_kind::restore && found == shapes_.end()) {
            shapes_[one.id] = *one.whole;
            shapes_[one.id].version = at;
        } else if (one.kind == op_kind::put && found == shapes_.end()) {
            shape made{one.id, one.type, by, by, {}, {}, at, {}};
            for (const auto& value : one.properties) made.properties.set(value);
            shapes_.emplace(one.id, std::move(made));
        } else if (one.kind == op_kind::patch && found != shapes_.end()) {
            for (const auto& value : one.properties) found->second.properties.set(value);
            found->second.last_author = by;
            found->second.version = at;
        }
    }
}

bool client::settled() const noexcept {
    return open_ && looking_ && undecided_.empty() && drawing_ == 0;
}

std::string client::difference(const page& from) const {
    if (from.size() != shapes_.size())
        return fmt::format("{} has {} shapes of {}", who_.id, shapes_.size(), from.size());
    for (const auto& [id, mine] : shapes_) {
        const auto* const theirs = from.find(id);
        if (theirs == nullptr) return fmt::format("{} has {}, which is gone", who_.id, text_of(id));
        // One's own times are the server's alone.
        const bool same = theirs->type == mine.type && theirs->version == mine.version &&
                          theirs->properties == mine.properties &&
                          (theirs->author == mine.author || mine.author == 0) &&
                          (theirs->last_author == mine.last_author || mine.last_author == 0);
        if (!same) return fmt::format("{} has another {} than the server", who_.id, text_of(id));
    }
    return {};
}

}  // namespace conf::sim::board
