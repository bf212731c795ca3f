// Changes: judged, done, told and kept; and taken back.
#include "libconf/whiteboard/excalidraw.hpp"
#include "libconf/whiteboard/fractional_index.hpp"
#include "libconf/whiteboard/limits.hpp"
#include "libconf/whiteboard/whiteboard_state.hpp"

#include <algorithm>
#include <unordered_map>

namespace conf::boards {
namespace {

using rooms::error_code;

failure cannot(error_code code, std::string text, std::string field = {}) {
    return {.code = code,
            .text = std::move(text),
            .field = std::move(field),
            .versions = {},
            .retry_after_seconds = {}};
}

property_value* find_value(op& in, property which) {
    const auto found = std::ranges::find(in.properties, which, &property_value::which);
    return found == in.properties.end() ? nullptr : &*found;
}
const property_value* find_value(const op& in, property which) {
    const auto found = std::ranges::find(in.properties, which, &property_value::which);
    return found == in.properties.end() ? nullptr : &*found;
}

void put_value(op& in, property_value value) {
    if (auto* const old = find_value(in, value.which)) {
        *old = std::move(value);
        return;
    }
    const auto at = std::ranges::lower_bound(in.properties, value.which, {}, &property_value::which);
    in.properties.insert(at, std::move(value));
}

/// The key that the server gives: above all, or a little above another shape's.
std::string free_index(const page& on, std::string_view wanted) {
    const auto top = on.top();
    if (wanted.empty()) return *index_between(top.empty() ? std::nullopt : std::optional(top), std::nullopt);
    const std::string index(wanted);
    if (!on.has_index(index)) return index;
    return *index_between(index, on.above(index));
}

/// Whether the shape may belong to that one: a group or frame, no circle, not too deep.
bool may_belong(const page& on, shape_id child, shape_id parent) {
    for (std::size_t depth = 0; depth < parents_max; ++depth) {
        const auto* const found = on.find(parent);
        if (parent == child || found == nullptr) return false;
        if (found->type != shape_type::group && found->type != shape_type::frame) return false;
        parent = found->properties.parent();
        if (parent == 0 || on.find(parent) == nullptr) return true;
    }
    return false;
}

shape_id id_in(std::string_view bytes) {
    wire_reader from(bytes);
    return from.id();
}

/// `parent` and `lines` as they may be in what the op makes of `before` (null: a new shape).
void settle_values(const page& on, const shape* before, op& what) {
    if (auto* const parent = find_value(what, property::parent);
        parent != nullptr && parent->how == wire_kind::bytes &&
        !may_belong(on, what.id, id_in(parent->bytes))) {
        *parent = unset_value(property::parent);
    }
    const auto after = [&](property which) -> std::string_view {
        if (const auto* const set = find_value(std::as_const(what), which)) return set->bytes;
        return before != nullptr ? before->properties.bytes(which) : std::string_view();
    };
    const auto lines = after(property::lines);
    if (!lines.empty() && !breaks_into(after(property::text), lines))
        put_value(what, unset_value(property::lines));
}

bool locks_only(const op& what) {
    return what.properties.size() == 1 && what.properties.front().which == property::locked;
}

}  // namespace

whiteboard::state::draft whiteboard::state::begin(author_number by, place where, cause why,
                                                  wall_time at) const {
    draft made;
    made.change.number = last + 1;
    made.change.author = by;
    made.change.at = std::max(at, wall_time{});
    made.change.where = where;
    made.change.why = why;
    return made;
}

/// One op at a time, as each is judged by what those before made of the page; together it is what
/// `page::apply` does with the whole.
void whiteboard::state::apply(page& on, draft& to, op what) {
    committed one{
        to.change.number, to.change.author, to.change.at, to.change.where, {}, 0, 0, to.change.why, 0};
    one.ops.push_back(std::move(what));
    on.apply(one, &to.items);
    to.change.ops.push_back(std::move(one.ops.front()));
}

void whiteboard::state::commit(draft made, connection_id but, turn in) {
    auto& change = made.change;
    if (change.ops.empty()) return;
    last = change.number;
    if (const auto author = authors.find(change.author); author != authors.end()) {
        author->second.last_number = std::max(author->second.last_number, change.client_number);
        if (!author->second.kept) touched_authors.insert(change.author);
        author->second.kept = true;
    }
    undo.record(change, std::move(made.items));
    if (log_now.empty()) log_first = change.number;
    append_bytes(log_now, encode_committed(change));
    end_strokes(change, in);
    auto frame = std::make_shared<const std::string>(
        encode(server_frame(change_made{change.number, change.author, change.at, change.where, change.ops})));
    record(frame, in);
    send(change.where, but, lane::kept, std::move(frame), in);
    const bool grows = std::ranges::any_of(change.ops, [](const op& one) {
        const auto* const index = find_value(one, property::index);
        return index != nullptr && index->bytes.size() > index_bytes_kept;
    });
    if (grows) rebalance(*find_page(change.where), in);
}

/// What is a shape now is no live stroke any more: who sees it finds it by the shape's id. What waits for the
/// tick goes first, or it would come when the stroke is over.
void whiteboard::state::end_strokes(const committed& change, turn in) {
    if (const auto found = channels.find(change.where); found != channels.end()) {
        flush_batch(change.where, found->second, in);
    }
    if (strokes.empty()) return;
    for (const auto& one : change.ops) {
        std::erase_if(strokes, [&](const auto& stroke) {
            return stroke.second.begun.id == one.id && stroke.second.by == change.author;
        });
    }
}

/// Keys grow where many shapes are put between two others; then all of the page get short ones.
void whiteboard::state::rebalance(page& on, turn in) {
    auto made = begin(0, on.where(), cause::server, in.at.wall);
    const auto keys = *indices_between(std::nullopt, std::nullopt, on.size());
    std::size_t at = 0;
    for (const auto* one : on.in_order()) {
        op patch{op_kind::patch, one->id, {}, {bytes_value(property::index, keys[at++])}, {}};
        made.change.ops.push_back(std::move(patch));
    }
    on.apply(made.change, nullptr);
    commit(std::move(made), 0, in);
}

discard_reason whiteboard::state::refusal(const person* who, act what, const page& on, const shape* about,
                                          author_number by) const {
    if (who == nullptr) return discard_reason::none;  // the program itself
    auto where = circumstances_of(*who, &on, about);
    if (about != nullptr) where.own = about->author == by;
    switch (may(what, where)) {
        case verdict::yes: return discard_reason::none;
        case verdict::no_right: return discard_reason::no_right;
        case verdict::locked: return discard_reason::locked;
    }
    return discard_reason::no_right;
}

std::optional<op> whiteboard::state::resolve(const person* who, author_number by, const page& on, op what,
                                             discard_reason& why) const {
    const auto* const there = on.find(what.id);
    switch (what.kind) {
        case op_kind::put:
            if (there == nullptr) return resolve_put(who, on, std::move(what), why);
            // Sent again after a reconnect, or finished by the server meanwhile.
            if (there->author != by || there->type != what.type) {
                why = discard_reason::nothing;
                return std::nullopt;
            }
            what.kind = op_kind::patch;
            what.type = {};
            return resolve_patch(who, by, on, std::move(what), why);
        case op_kind::patch: return resolve_patch(who, by, on, std::move(what), why);
        case op_kind::remove:
            why = there == nullptr ? discard_reason::nothing : refusal(who, act::remove, on, there, by);
            break;
        case op_kind::restore: why = refusal(who, act::put, on, nullptr, by); break;
    }
    return why == discard_reason::none ? std::optional(std::move(what)) : std::nullopt;
}

std::optional<op> whiteboard::state::resolve_put(const person* who, const page& on, op what,
                                                 discard_reason& why) const {
    why = on.was_removed(what.id) ? discard_reason::nothing : refusal(who, act::put, on, nullptr, 0);
    if (why != discard_reason::none) return std::nullopt;
    const auto* const wanted = find_value(what, property::index);
    put_value(what, bytes_value(property::index,
                                free_index(on, wanted != nullptr ? wanted->bytes : std::string_view())));
    settle_values(on, nullptr, what);
    std::erase_if(what.properties, [](const auto& one) { return one.how == wire_kind::unset; });
    return what;
}

std::optional<op> whiteboard::state::resolve_patch(const person* who, author_number by, const page& on,
                                                   op what, discard_reason& why) const {
    const auto* const there = on.find(what.id);
    if (there == nullptr) {
        why = discard_reason::nothing;
        return std::nullopt;
    }
    why = refusal(who, locks_only(what) ? act::lock_shape : act::patch, on, there, by);
    if (why != discard_reason::none) return std::nullopt;
    if (auto* const index = find_value(what, property::index);
        index != nullptr && index->bytes != there->properties.bytes(property::index)) {
        index->bytes = free_index(on, index->bytes);
    }
    settle_values(on, there, what);
    return what;
}

discard_reason whiteboard::state::find_fault(const page& on, const change_frame& what) const {
    std::unordered_map<shape_id, shape_type> made;
    std::size_t more = 0;
    for (const auto& one : what.ops) {
        if (one.kind == op_kind::put) {
            if (made.emplace(one.id, one.type).second && on.find(one.id) == nullptr) ++more;
        }
        const auto* const there = on.find(one.id);
        const auto fresh = made.find(one.id);
        if (there == nullptr && fresh == made.end()) continue;  // left out later
        const auto type = there != nullptr ? there->type : fresh->second;
        const bool fits =
            std::ranges::all_of(one.properties, [&](const auto& value) { return may_have(type, value); });
        if (one.kind == op_kind::patch && !fits) return discard_reason::unreadable;
        const auto* const asset = find_value(one, property::asset);
        const bool known = asset == nullptr || (options.has_asset && options.has_asset(asset->bytes));
        if (!known) return discard_reason::unreadable;
    }
    return on.size() + more > options.shapes_per_page ? discard_reason::limit : discard_reason::none;
}

void whiteboard::state::answer_change(const seat& to, change_verdict what, turn in) {
    send_to(to.id, lane::kept, encode(server_frame(std::move(what))), in);
}

/// Strokes that these ops wanted to be shapes, and which are none.
void whiteboard::state::drop_strokes(const seat& from, const std::vector<op>& ops, turn in) {
    for (const auto& one : ops) {
        const auto is_it = [&](const auto& stroke) {
            return stroke.first.first == from.id && stroke.second.begun.id == one.id;
        };
        const auto stroke = std::ranges::find_if(strokes, is_it);
        if (stroke != strokes.end()) drop(stroke, in);
    }
}

void whiteboard::state::refuse_change(const seat& from, const change_frame& what, discard_reason why,
                                      turn in) {
    answer_change(from, {what.number, boards::outcome::discard, last, why, {}}, in);
    drop_strokes(from, what.ops, in);
}

void whiteboard::state::handle_change(seat& from, change_frame& what, turn in) {
    auto& author = author_of(from.who, in);
    const auto refuse = [&](discard_reason why) { refuse_change(from, what, why, in); };
    if (what.number <= author.last_number) {
        return answer_change(from, {what.number, boards::outcome::commit, 0, discard_reason::none, {}}, in);
    }
    author.last_number = what.number;
    if (!saves) return refuse(discard_reason::not_saved);
    auto* const on = find_page(what.where);
    if (on == nullptr) return refuse(discard_reason::no_page);
    if (const auto fault = find_fault(*on, what); fault != discard_reason::none) return refuse(fault);

    auto made = begin(author.info.number, what.where, cause::change, in.at.wall);
    made.change.client_number = what.number;
    made.change.gesture = what.gesture;
    auto first_reason = discard_reason::none;
    bool as_sent = true;
    for (auto& one : what.ops) {
        auto why = discard_reason::none;
        auto decided = resolve(&from.who, author.info.number, *on, one, why);
        if (!decided && first_reason == discard_reason::none) first_reason = why;
        as_sent = as_sent && decided && *decided == one;
        if (decided) apply(*on, made, std::move(*decided));
    }
    if (made.change.ops.empty()) return refuse(first_reason);
    change_verdict verdict{what.number,
                           as_sent ? boards::outcome::commit : boards::outcome::rebase,
                           made.change.number,
                           discard_reason::none,
                           {}};
    if (!as_sent) verdict.ops = made.change.ops;
    // The verdict comes before a change of the server's that this one leads to.
    answer_change(from, std::move(verdict), in);
    commit(std::move(made), from.id, in);
    drop_strokes(from, what.ops, in);
}

std::size_t whiteboard::state::remove_all(draft& to, page& on, const person& who,
                                          std::optional<author_number> whose) {
    std::vector<shape_id> gone;
    const auto me = author_numbers.find(who.id);
    const auto by = me == author_numbers.end() ? 0 : me->second;
    for (const auto* one : on.in_order()) {
        if (whose && one->author != *whose) continue;
        if (refusal(&who, act::remove, on, one, by) == discard_reason::none) gone.push_back(one->id);
    }
    for (const auto id : gone) apply(on, to, {op_kind::remove, id, {}, {}, {}});
    return gone.size();
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const board_clear& what) {
    const bool all = what.what == clear_what::all;
    if (all && find_document(what.where.document) == nullptr) {
        return cannot(error_code::unknown_document, "there is no such document", "document");
    }
    if (auto why = all ? std::nullopt : check_place(what.where)) return why;
    const auto& who = as.from.who;
    std::vector<place> where{what.where};
    if (all) {
        where.clear();
        for (const auto& one : find_document(what.where.document)->pages)
            where.push_back({what.where.document, one.number});
    }
    const auto needs = what.what == clear_what::own ? act::own_work : act::clear_others;
    const auto* const first_page = all ? nullptr : find_page(what.where);
    if (may(needs, circumstances_of(who, first_page, nullptr)) != verdict::yes) {
        return cannot(error_code::forbidden,
                      "your role, the board's mode or the page's lock does not allow this");
    }
    const auto me = author_of(who, as.in).info.number;
    std::optional<author_number> whose;
    if (what.what == clear_what::own) whose = me;
    if (what.what == clear_what::user) {
        const auto* const author = what.participant ? find_author(*what.participant) : nullptr;
        whose = author != nullptr ? author->info.number : number_max;  // who has drawn nothing
    }
    std::size_t removed = 0;
    std::uint64_t entry = 0;
    for (const auto& one : where) {
        auto* const on = find_page(one);
        if (all && may(needs, circumstances_of(who, on, nullptr)) != verdict::yes) continue;  // a locked page
        auto made = begin(me, one, cause::change, as.in.at.wall);
        made.change.entry = entry;
        const auto count = remove_all(made, *on, who, whose);
        if (count == 0) continue;
        removed += count;
        commit(std::move(made), 0, as.in);
        entry = undo.newest_serial(me).value_or(0);
    }
    return answer(as, cleared{removed});
}

/// The newest entry of which something is left; how many shapes that changed.
std::size_t whiteboard::state::take_back(seat& from, undo_side side, place where, turn in) {
    const auto me = author_of(from.who, in).info.number;
    const auto* next = undo.newest(me, side, where);
    for (; next != nullptr; next = undo.newest(me, side, where)) {
        const auto entry = *next;  // a copy: the first commit moves it to the other side
        std::vector<place> touched;
        for (const auto& one : entry.items) {
            if (std::ranges::find(touched, one.where) == touched.end()) touched.push_back(one.where);
        }
        std::size_t changed = 0;
        for (const auto& one : touched) {
            auto* const on = find_page(one);
            if (on == nullptr) continue;
            auto made = begin(me, one, side == undo_side::done ? cause::undo : cause::redo, in.at.wall);
            made.change.entry = entry.serial;
            for (auto item = entry.items.rbegin(); item != entry.items.rend(); ++item) {
                if (item->where != one) continue;
                auto back = reverse(*item, *on);
                if (!back || (back->kind == op_kind::restore && on->size() >= options.shapes_per_page))
                    continue;
                auto why = discard_reason::none;
                const bool is_patch = back->kind == op_kind::patch && !locks_only(*back);
                // As it was, index and all: a property that one may give is given back.
                why = refusal(&from.who,
                              back->kind == op_kind::remove    ? act::remove
                              : back->kind == op_kind::restore ? act::put
                              : is_patch                       ? act::patch
                                                               : act::lock_shape,
                              *on, back->kind == op_kind::restore ? nullptr : on->find(back->id), me);
                if (why == discard_reason::none) apply(*on, made, std::move(*back));
            }
            changed += made.change.ops.size();
            commit(std::move(made), 0, in);
        }
        if (changed > 0) return changed;
        undo.drop(me, side, entry.serial);
    }
    return 0;
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const board_undo& what) {
    if (auto why = check_place(what.where)) return why;
    return answer(as, undone{take_back(as.from, undo_side::done, what.where, as.in)});
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const board_redo& what) {
    if (auto why = check_place(what.where)) return why;
    return answer(as, undone{take_back(as.from, undo_side::undone, what.where, as.in)});
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const board_import& what) {
    if (auto why = check_place(what.where)) return why;
    auto& on = *find_page(what.where);
    auto read = import_excalidraw(what.excalidraw, options.has_asset);
    if (!read) return cannot(error_code::bad_file, "this is no file of Excalidraw", "excalidraw");
    if (on.size() + read->shapes.size() > options.shapes_per_page) {
        return cannot(error_code::limit, "so many shapes a page at most", "shapes_per_page");
    }
    const auto me = author_of(as.from.who, as.in).info.number;
    auto made = begin(me, what.where, cause::change, as.in.at.wall);
    // Ids of the file may be here already: the page's own shapes are not to be touched. So all get new ones.
    renumber(read->shapes, last + 1,
             [&](shape_id id) { return on.find(id) != nullptr || on.was_removed(id); });
    for (auto& one : read->shapes) {
        auto why = discard_reason::none;
        auto decided = resolve(&as.from.who, me, on, std::move(one), why);
        if (decided) apply(on, made, std::move(*decided));
    }
    const auto count = made.change.ops.size();
    commit(std::move(made), 0, as.in);
    return answer(as, imported{count, read->left_out});
}

bool whiteboard::draw(place where, bytes ops, moment at, outputs& out) {
    auto& to = *state_;
    auto* const on = to.find_page(where);
    wire_reader from(ops);
    change_frame read{0, 0, where, read_ops(from, op_source::client)};
    if (on == nullptr || !from.complete() || to.find_fault(*on, read) != discard_reason::none) return false;
    auto made = to.begin(0, where, cause::change, at.wall);
    for (auto& one : read.ops) {
        auto why = discard_reason::none;
        auto decided = to.resolve(nullptr, 0, *on, std::move(one), why);
        if (decided) state::apply(*on, made, std::move(*decided));
    }
    to.commit(std::move(made), 0, {at, out});
    to.flush(out);
    return true;
}

}  // namespace conf::boards
