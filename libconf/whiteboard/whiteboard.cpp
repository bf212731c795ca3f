#include "libconf/whiteboard/whiteboard.hpp"

#include "libconf/room/record_format.hpp"
#include "libconf/whiteboard/whiteboard_state.hpp"

#include <algorithm>
#include <variant>

namespace conf::boards {
namespace {

using rooms::error_code;

failure because(error_code code, std::string text, std::string field = {}) {
    return {.code = code,
            .text = std::move(text),
            .field = std::move(field),
            .versions = {},
            .retry_after_seconds = {}};
}

/// A bucket holds one second's worth. One whose second is longer fills up to a burst.
bool take_from(token_bucket& bucket, std::size_t per_second, std::size_t burst, instant now) {
    const auto slowed =
        now.time_since_epoch() * static_cast<std::int64_t>(per_second) / static_cast<std::int64_t>(burst);
    return bucket.take(1, burst, instant(slowed));
}

constexpr std::size_t requests_per_second = 50;
constexpr std::size_t requests_burst = 200;

/// The page that a request is about; 0 where it names none.
place place_in(const request_body& what) {
    return std::visit(
        [](const auto& one) -> place {
            if constexpr (requires { one.where; }) {
                return one.where;
            } else {
                return {};
            }
        },
        what);
}

}  // namespace

whiteboard::state::state(settings with) : options(std::move(with)) {
    rules.mode = options.mode;
}

circumstances whiteboard::state::circumstances_of(const person& who, const page* on,
                                                  const shape* about) const {
    circumstances made{.acts_as = who.acts_as,
                       .mode = rules.mode,
                       .listed = std::ranges::find(rules.writers, who.id) != rules.writers.end(),
                       .cursors = rules.cursors};
    if (on != nullptr) {
        const auto document = std::ranges::find(documents, on->where().document, &document_info::number);
        const auto info = std::ranges::find(document->pages, on->where().page, &page_info::number);
        made.page_locked = info->locked;
    }
    if (about != nullptr) {
        const auto author = author_numbers.find(who.id);
        made.own = author != author_numbers.end() && author->second == about->author;
        made.shape_locked = about->properties.number(property::locked) != 0;
    }
    return made;
}

whiteboard::state::outcome whiteboard::state::check(const seat* from, const person& who,
                                                    const request_body& what, instant now) {
    const auto& row = rule_of(what);
    if (row.opened && from == nullptr) return because(error_code::not_open, "board.open comes first");
    if (from != nullptr &&
        !take_from(links.at(from->id).requests, requests_per_second, requests_burst, now)) {
        return because(error_code::rate, "too fast");
    }
    if (row.kept && !saves) return because(error_code::not_saved, "the server can not write now");
    if (!row.needs) return std::nullopt;
    const auto* const on = *row.needs == act::own_work ? find_page(place_in(what)) : nullptr;
    switch (may(*row.needs, circumstances_of(who, on, nullptr))) {
        case verdict::no_right:
            return because(error_code::forbidden, "your role or the board's mode does not allow this");
        case verdict::locked: return because(error_code::forbidden, "the page is locked");
        case verdict::yes: break;
    }
    return std::nullopt;
}

whiteboard::state::outcome whiteboard::state::open(connection_id from, const person& who,
                                                   std::uint64_t request, turn in) {
    const auto [place, fresh] = links.try_emplace(from);
    if (fresh) {
        place->second.id = from;
        open_links = nullptr;
    }
    place->second.who = who;
    opened made{.stage = stage, .rules = rules, .documents = documents, .authors = {}};
    for (const auto& [number, one] : authors) made.authors.push_back(one.info);
    if (const auto* const me = find_author(who.id)) {
        made.you = me->info.number;
        made.last = me->last_number;
    }
    if (options.token) made.token = options.token(who.id);
    tell(from, std::move(made), request, in);
    return std::nullopt;
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const board_open&) {
    return open(as.from.id, as.from.who, as.request, as.in);
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const board_close&) {
    const auto to = as.from.id;
    const auto in = as.in;
    const auto request = as.request;
    close(as.from, in);  // `as.from` is no more
    tell(to, done{}, request, in);
    return std::nullopt;
}

void whiteboard::state::close(seat& which, turn in) {
    finish_where(which.id, in);
    look_away(which, in);
    const auto who = which.who.id;
    links.erase(which.id);
    open_links = nullptr;
    // Who only pointed is forgotten, or the table would fill with everybody who ever moved a mouse.
    const bool still_here =
        std::ranges::any_of(links, [&](const auto& one) { return one.second.who.id == who; });
    const auto* const gone = find_author(who);
    if (!still_here && gone != nullptr && !gone->kept) {
        authors.erase(gone->info.number);
        author_numbers.erase(who);
    }
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const board_look& what) {
    if (auto why = check_place(what.where)) return why;
    const auto& in = as.in;
    if (as.from.looks != what.where) {
        finish_where(as.from.id, in);
        look_away(as.from, in);
        as.from.looks = what.where;
        channel_of(what.where).receivers = nullptr;
    }
    const auto& on = pages.at(what.where);
    const auto since = what.since && *what.since <= last ? what.since : std::nullopt;
    const auto difference = on.changes_since(since);
    for (auto& frame :
         encode_state(what.where, last, difference.whole, difference.changed, difference.removed)) {
        send_to(as.from.id, lane::kept, std::move(frame), in);
    }
    show_live(as.from, what.where, in);
    return answer(as, looked{last});
}

void whiteboard::state::stage_page(place where, std::optional<participant_id> leader, turn in) {
    stage = {where, std::move(leader), std::nullopt};
    touched_meta = true;
    tell_open(stage_set{stage}, in);
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const board_stage& what) {
    if (auto why = check_place(what.where)) return why;
    stage_page(what.where, as.from.who.id, as.in);
    return answer(as, done{});
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const board_rules& what) {
    if (what.mode) rules.mode = *what.mode;
    if (what.cursors) rules.cursors = *what.cursors;
    touched_meta = true;
    tell_open(rules_set{rules}, as.in);
    finish_forbidden(as.in);
    return answer(as, done{});
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const board_writer& what) {
    const auto found = std::ranges::find(rules.writers, what.participant);
    if (what.on && found == rules.writers.end()) {
        if (rules.writers.size() >= writers_max)
            return because(error_code::limit, "so many may draw at most", "writers");
        rules.writers.push_back(what.participant);
    } else if (!what.on && found != rules.writers.end()) {
        rules.writers.erase(found);
    }
    touched_meta = true;
    tell_open(rules_set{rules}, as.in);
    finish_forbidden(as.in);
    return answer(as, done{});
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const board_lock& what) {
    if (auto why = check_place(what.where)) return why;
    auto& info = *find_page_info(what.where);
    info.locked = what.on;
    touched_documents.insert(what.where.document);
    tell_open(page_changed{what.where.document, info}, as.in);
    finish_forbidden(as.in);
    return answer(as, done{});
}

void whiteboard::state::flush(outputs& out) {
    for (const auto number : touched_documents) {
        const auto* const found = find_document(number);
        const auto value = found != nullptr ? encode_document(*found) : std::string();
        out.records.push_back({rooms::record_kind::board_document, rooms::key_of(number), value});
    }
    touched_documents.clear();
    for (const auto number : touched_authors) {
        const auto found = authors.find(number);
        auto value = found != authors.end() ? encode_author(found->second) : std::string();
        out.records.push_back({rooms::record_kind::board_author, rooms::key_of(number), std::move(value)});
    }
    touched_authors.clear();
    if (touched_meta) out.records.push_back({rooms::record_kind::board, {}, encode_meta()});
    touched_meta = false;
    if (log_now.empty()) return;
    log_bytes += log_now.size();
    log_keys.push_back(rooms::key_of(log_first));
    out.records.push_back({rooms::record_kind::board_log, log_keys.back(), std::exchange(log_now, {})});
}

whiteboard::whiteboard(settings with) : state_(std::make_unique<state>(std::move(with))) {}
whiteboard::~whiteboard() = default;
whiteboard::whiteboard(whiteboard&&) noexcept = default;
whiteboard& whiteboard::operator=(whiteboard&&) noexcept = default;

void whiteboard::change(settings with) {
    state_->options = std::move(with);
}

void whiteboard::set_saving(bool works) noexcept {
    state_->saves = works;
}

bool whiteboard::handle(connection_id from, const person& who, const request& asked, moment at,
                        outputs& out) {
    auto& to = *state_;
    const state::turn in{at, out};
    const auto found = to.links.find(from);
    auto* const link = found == to.links.end() ? nullptr : &found->second;
    if (link != nullptr) link->who = who;
    auto why = to.check(link, who, asked.what, at.now);
    if (!why && link == nullptr) {
        why = to.open(from, who, asked.id, in);
    } else if (!why) {
        const state::caller as{in, *link, asked.id};
        why = std::visit([&](const auto& what) { return to.on(as, what); }, asked.what);
    }
    const bool good = !why;
    if (why) to.tell(from, std::move(*why), asked.id, in);
    to.flush(out);
    return good;
}

bool whiteboard::handle_frame(connection_id from, const person& who, bytes message, moment at, outputs& out) {
    auto& to = *state_;
    const auto found = to.links.find(from);
    if (found == to.links.end()) return false;
    found->second.who = who;
    auto read = decode_client_frame(message);
    if (!read) return false;
    const bool good =
        std::visit([&](auto& what) { return to.on_frame(found->second, what, {at, out}); }, *read);
    to.flush(out);
    return good;
}

void whiteboard::handle_closed(connection_id from, moment at, outputs& out) {
    const auto found = state_->links.find(from);
    if (found == state_->links.end()) return;
    state_->close(found->second, {at, out});
    state_->flush(out);
}

void whiteboard::handle_person(const person& who, moment at, outputs& out) {
    auto& to = *state_;
    for (auto& [id, link] : to.links) {
        if (link.who.id == who.id) link.who = who;
    }
    for (auto& [key, stroke] : to.strokes) {
        if (stroke.who.id == who.id) stroke.who = who;
    }
    if (auto* const author = to.find_author(who.id); author != nullptr && author->info.name != who.name) {
        author->info.name = who.name;
        if (author->kept) to.touched_authors.insert(author->info.number);
        to.tell_open(author_known{author->info}, {at, out});
    }
    to.finish_forbidden({at, out});
    to.flush(out);
}

void whiteboard::handle_timeout(moment at, outputs& out) {
    auto& to = *state_;
    for (auto& [where, channel] : to.channels) {
        if (channel.batch_due && *channel.batch_due <= at.now) to.flush_batch(where, channel, {at, out});
        if (channel.pointers_due && *channel.pointers_due <= at.now)
            to.flush_pointers(where, channel, {at, out});
    }
    if (to.compaction_due()) to.compact(out);
    to.flush(out);
}

std::optional<instant> whiteboard::deadline() const {
    std::optional<instant> next;
    const auto sooner = [&](const std::optional<instant>& due) {
        if (due && (!next || *due < *next)) next = due;
    };
    for (const auto& [where, channel] : state_->channels) {
        sooner(channel.batch_due);
        sooner(channel.pointers_due);
    }
    if (state_->compaction_due()) sooner(instant{});
    return next;
}

void whiteboard::stage(place where, moment at, outputs& out) {
    if (state_->check_place(where)) return;
    state_->stage_page(where, std::nullopt, {at, out});
    state_->flush(out);
}

const std::vector<document_info>& whiteboard::documents() const noexcept {
    return state_->documents;
}

const document_info* whiteboard::find_document(document_number which) const noexcept {
    return state_->find_document(which);
}

const page* whiteboard::find_page(place where) const noexcept {
    return state_->find_page(where);
}

const stage_info& whiteboard::staged() const noexcept {
    return state_->stage;
}

const rules_info& whiteboard::rules() const noexcept {
    return state_->rules;
}

std::vector<author_info> whiteboard::authors() const {
    std::vector<author_info> all;
    for (const auto& [number, one] : state_->authors) all.push_back(one.info);
    return all;
}

sequence whiteboard::last_sequence() const noexcept {
    return state_->last;
}

bool whiteboard::has_asset(const std::string& name) const {
    return state_->options.has_asset && state_->options.has_asset(name);
}

bool whiteboard::untouched() const noexcept {
    return state_->documents.empty() && state_->next_document == 1 && state_->authors.empty();
}

}  // namespace conf::boards
