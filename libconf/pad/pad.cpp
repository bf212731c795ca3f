#include "libconf/pad/pad.hpp"

#include "libconf/base/check.hpp"
#include "libconf/crdt/algebra.hpp"
#include "libconf/pad/error.hpp"
#include "libconf/pad/past.hpp"
#include "libconf/pad/tree.hpp"

#include <algorithm>
#include <utility>

namespace conf::pads {
namespace {

/// The peers draw 32 bits.
constexpr std::uint64_t client_bits = 0xFFFF'FFFF;

std::string_view sentence_of(refusal why) noexcept {
    switch (why) {
        case refusal::unreadable: return "unreadable: it is no message of y-websocket, or no update of Yjs";
        case refusal::foreign_client: return "foreign_client: it brings what somebody else wrote";
        case refusal::read_only: return "read_only: you may read here, not write";
        case refusal::too_large:
            return "too_large: the pad has more text than it may, or the update is too large";
        case refusal::full: return "full: the pad takes no more";
        case refusal::awareness: return "awareness: the state is no object, too large, or somebody else's";
    }
    return "refused";
}

refusal refusal_of(const conf::error& why) noexcept {
    using crdt::crdt_errc;
    if (why.code() == crdt_errc::too_large || why.code() == crdt_errc::too_much_pending)
        return refusal::too_large;
    if (why.code() == crdt_errc::too_many_structs || why.code() == crdt_errc::too_many_clients ||
        why.code() == crdt_errc::too_many_conflicts) {
        return refusal::full;
    }
    return refusal::unreadable;
}

/// Of structs that bring text, its bytes.
std::size_t text_in(const crdt::update& from) noexcept {
    std::size_t made = 0;
    for (const auto& one : from.structs()) {
        if (one.kind == crdt::content_kind::text) made += one.body.size();
    }
    return made;
}

std::size_t text_in(const node& from) noexcept {
    auto made = from.text.size() + from.alt.size();
    for (const auto& one : from.children) made += text_in(one);
    return made;
}

}  // namespace

std::string_view to_string(refusal why) noexcept {
    const auto text = sentence_of(why);
    return text.substr(0, text.find(':'));
}

pad::pad(limits within, const crypto::random_key& key)
    : limits_(within), random_(key), document_(options_with(0, true)) {
    document_.set_client(draw_client());
}

pad::~pad() = default;

crdt::document_options pad::options_with(crdt::client_id client, bool collect) const {
    crdt::document_options made;
    made.client = client;
    made.collect = collect;
    made.within.update_bytes_max = limits_.archive_bytes_max;  // ours; those of clients are judged before
    made.within.content_bytes_max = limits_.archive_bytes_max;
    return made;
}

crdt::client_id pad::draw_client() {
    return random_() & client_bits;
}

// What is kept.

std::size_t pad::restore(std::span<const record> kept) {
    std::size_t unreadable = 0;
    const auto apply_kept = [&](std::string_view update) {
        if (!document_.apply(as_bytes(update))) ++unreadable;
    };
    for (const auto& one : kept) {
        switch (one.kind) {
            case record_kind::state:
                apply_kept(one.value);
                archived_.assign(as_bytes(one.value).begin(), as_bytes(one.value).end());
                break;
            case record_kind::update: {
                apply_kept(one.value);
                const auto number = std::strtoull(one.key.c_str(), nullptr, 16);
                const auto data = as_bytes(one.value);
                log_.emplace_back(number, std::vector<std::byte>(data.begin(), data.end()));
                log_bytes_ += data.size();
                next_update_ = std::max(next_update_, std::uint64_t{number} + 1);
                break;
            }
            case record_kind::author: unreadable += authors_.restore(one.value) ? 0 : 1; break;
            case record_kind::version: unreadable += history_.restore(one.value) ? 0 : 1; break;
        }
    }
    std::ranges::sort(log_, {}, &decltype(log_)::value_type::first);
    text_bytes_ = text_in(read());
    return unreadable;
}

crdt::document pad::archive() const {
    crdt::document made(options_with(0, false));
    if (!archived_.empty()) (void)made.apply(archived_);
    for (const auto& [number, update] : log_) (void)made.apply(update);
    for (const auto& one : gathered_) (void)made.apply(one.update);
    return made;
}

/// One whole state in the place of the updates, with the text that was deleted since.
void pad::compact(outputs& out) {
    if (log_.size() < log_updates_max && log_bytes_ < log_bytes_max) return;
    archived_ = archive().encode_state();
    out.records.push_back({record_kind::state, {}, std::string(as_text(archived_))});
    for (const auto& [number, update] : log_)
        out.records.push_back({record_kind::update, history::key_of(number), {}});
    log_.clear();
    log_bytes_ = 0;
}

// People.

bool pad::may_write(const visitor& who) const noexcept {
    if (who.may == right::manage) return true;
    return who.may == right::write && !rules_.locked && !rules_.barred.contains(who.person);
}

void pad::handle_opened(connection_id who, const visitor& is, const moment& at, outputs& out) {
    flush(at, out);
    auto& one = connections_[who];
    one.is = is;
    send(who, sync_message(sync_step::state_vector, document_.states().encode()), out);
    tell_rights(who, one, out);
    if (const auto states = awareness_.everything(); !states.empty())
        send(who, awareness_message(states), out);
}

void pad::handle_closed(connection_id who, const moment& at, outputs& out) {
    if (connections_.erase(who) == 0) return;
    awareness_.remove(who);
    pass_carets(at, out);
    if (connections_.empty()) {
        flush(at, out);
        end_version(out);
    }
}

void pad::tell_rights(connection_id who, connection& one, outputs& out) const {
    const bool denied = !may_write(one.is);
    if (denied == one.told_denied) return;
    one.told_denied = denied;
    send(who,
         auth_message(denied ? auth_kind::denied : auth_kind::granted,
                      denied ? sentence_of(refusal::read_only) : std::string_view()),
         out);
}

void pad::change_rules(rules now, outputs& out) {
    rules_ = std::move(now);
    for (auto& [id, one] : connections_) tell_rights(id, one, out);
}

void pad::change_right(std::string_view person, right may, outputs& out) {
    for (auto& [id, one] : connections_) {
        if (one.is.person != person) continue;
        one.is.may = may;
        tell_rights(id, one, out);
    }
}

void pad::dismiss(std::string_view person, outputs& out) {
    for (auto at = connections_.begin(); at != connections_.end();) {
        const auto one = at++;
        if (one->second.is.person != person) continue;
        awareness_.remove(one->first);
        out.closings.push_back({one->first, close_code::forbidden, "not for you any more"});
        connections_.erase(one);
    }
}

void pad::dismiss_all(std::uint16_t code, std::string_view reason, outputs& out) {
    for (const auto& [id, one] : connections_) {
        awareness_.remove(id);
        out.closings.push_back({id, code, std::string(reason)});
    }
    connections_.clear();
}

// Messages.

void pad::send(connection_id to, message what, outputs& out) const {
    out.messages.push_back({{to}, std::make_shared<const message>(std::move(what))});
}

void pad::send_all(message what, outputs& out) const {
    if (connections_.empty()) return;
    auto& made = out.messages.emplace_back();
    made.to.reserve(connections_.size());
    for (const auto& [id, one] : connections_) made.to.push_back(id);
    made.what = std::make_shared<const message>(std::move(what));
}

void pad::handle(connection_id from, bytes frame, const moment& at, outputs& out) {
    frame_reader messages(frame);
    while (connections_.contains(from)) {
        const auto one = messages.next();
        if (!one) break;
        take(from, *one, at, out);
    }
    // Later clients may say more; what ends in the middle of itself is broken.
    if (messages.fault() == frame_fault::truncated || messages.fault() == frame_fault::unknown_step)
        refuse(from, refusal::unreadable, out);
}

void pad::take(connection_id from, const client_message& what, const moment& at, outputs& out) {
    switch (what.on) {
        case channel::query_awareness:
            if (const auto states = awareness_.everything(); !states.empty())
                send(from, awareness_message(states), out);
            return;
        case channel::awareness: {
            const auto& is = connections_[from].is;
            const stamp with{is.person, is.name,
                             is.person.empty() ? std::nullopt : std::optional(authors_.hue_of(is.person))};
            if (awareness_.apply(from, what.payload, with, at.now) != awareness::outcome::taken)
                refuse(from, refusal::awareness, out);
            pass_carets(at, out);
            return;
        }
        case channel::sync: break;
        case channel::auth: return;
    }
    if (what.step != sync_step::state_vector) return take_update(from, what.payload, at, out);
    const auto known = crdt::state_vector::decode(what.payload);
    if (!known) return refuse(from, refusal::unreadable, out);
    // What is not kept yet must not get out by this door either.
    flush(at, out);
    send(from, sync_message(sync_step::missing, document_.encode_integrated(*known)), out);
}

void pad::take_update(connection_id from, bytes update, const moment& at, outputs& out) {
    const auto& is = connections_[from].is;
    const bool waited = document_.has_pending();
    if (const auto why = try_update(is, update, at, out)) return refuse(from, *why, out);
    // Something of it lacks what was refused or lost before: the client is asked for all that we lack.
    if (document_.has_pending() && !waited)
        send(from, sync_message(sync_step::state_vector, document_.states().encode()), out);
}

void pad::refuse(connection_id who, refusal why, outputs& out) {
    out.refusals.push_back(why);
    const auto known = connections_.find(who);
    if (known == connections_.end()) return;
    if (++known->second.refusals > limits_.refusals_max) {
        awareness_.remove(who);
        connections_.erase(known);
        out.closings.push_back(
            {who, close_code::refused, std::string(sentence_of(why).substr(0, reason_bytes_max))});
        return;
    }
    send(who, auth_message(auth_kind::refused, sentence_of(why)), out);
}

/// Whether the text stays within its limit: an estimate that only grows, and is made anew before it refuses.
bool pad::fits(const crdt::update& update) {
    const auto brings = text_in(update);
    if (text_bytes_ + brings > limits_.text_bytes_max) text_bytes_ = text_in(read());
    if (text_bytes_ + brings > limits_.text_bytes_max) return false;
    text_bytes_ += brings;
    return archived_.size() + log_bytes_ + update.data().size() <= limits_.archive_bytes_max;
}

/// Nothing, or why nothing of it was done.
std::optional<refusal> pad::try_update(const visitor& by, bytes update, const moment& at, outputs& out) {
    if (update.size() > limits_.update_bytes_max) return refusal::too_large;
    crdt::limits strict;
    strict.update_bytes_max = limits_.update_bytes_max;
    if (auto read = parsed_.assign(update, strict); !read) return refusal_of(read.error());
    // Who is in sync answers with nothing, and may do so without the right to write.
    if (parsed_.empty()) return std::nullopt;
    if (!may_write(by)) return refusal::read_only;

    // What everybody knows already may be said again by anybody.
    const auto states = document_.states();
    std::vector<crdt::client_id> fresh;
    for (const auto& one : parsed_.brought()) {
        if (one.clock + one.length > states.clock_of(one.client) &&
            std::ranges::find(fresh, one.client) == fresh.end()) {
            fresh.push_back(one.client);
        }
    }
    switch (authors_.judge(by.person, fresh)) {
        case author_book::verdict::foreign: return refusal::foreign_client;
        case author_book::verdict::full: return refusal::full;
        case author_book::verdict::good: break;
    }
    if (!fits(parsed_)) return refusal::too_large;
    const bool ends_version = history_.ends_before(by.person, at.now);
    if (ends_version) end_version(out);

    // What waits for something that never came is kept to ourselves: others would bring it back as theirs.
    auto changed_by_it = document_.apply_and_encode(parsed_);
    if (!changed_by_it) return refusal_of(changed_by_it.error());
    if (changed_by_it->empty()) return std::nullopt;

    if (const auto* const changed = authors_.bind(by.person, by.name, fresh)) {
        out.records.push_back({record_kind::author, history::key_of(authors_.place_in_order(*changed)),
                               author_book::encode(*changed)});
    }
    history_.note(by.person, at);
    gathered_.push_back({*std::move(changed_by_it), by.person});
    if (!flush_at_) flush_at_ = last_flush_ ? std::max(at.now, *last_flush_ + gather_time) : at.now;
    if (*flush_at_ <= at.now) flush(at, out);
    return std::nullopt;
}

/// What gathered becomes one record and one message.
void pad::flush(const moment& at, outputs& out) {
    flush_at_.reset();
    if (gathered_.empty()) return;
    last_flush_ = at.now;
    std::vector<std::byte> update;
    if (gathered_.size() == 1) {
        update = std::move(gathered_.front().update);
    } else {
        std::vector<bytes> all;
        all.reserve(gathered_.size());
        for (const auto& one : gathered_) all.emplace_back(one.update);
        auto merged = crdt::merge_updates(all);
        check(merged.has_value());  // each of them was read before
        update = *std::move(merged);
    }
    for (auto& one : gathered_) {
        if (std::ranges::find(out.wrote, one.person) == out.wrote.end())
            out.wrote.push_back(std::move(one.person));
    }
    gathered_.clear();
    const auto number = next_update_++;
    out.records.push_back({record_kind::update, history::key_of(number), std::string(as_text(update))});
    send_all(sync_message(sync_step::update, update), out);
    log_bytes_ += update.size();
    log_.emplace_back(number, std::move(update));
    compact(out);
}

void pad::flush_now(const moment& at, outputs& out) {
    flush(at, out);
    end_version(out);
}

void pad::pass_carets(const moment& at, outputs& out) {
    if (!awareness_.has_changes()) return;
    if (!carets_at_) carets_at_ = last_carets_ ? std::max(at.now, *last_carets_ + awareness_time) : at.now;
    if (*carets_at_ > at.now) return;
    carets_at_.reset();
    last_carets_ = at.now;
    send_all(awareness_message(awareness_.take_changes()), out);
}

void pad::end_version(outputs& out) {
    const auto ended = history_.end(document_.take_snapshot());
    for (const auto number : ended.dropped)
        out.records.push_back({record_kind::version, history::key_of(number), {}});
    if (ended.made == nullptr) return;
    out.records.push_back(
        {record_kind::version, history::key_of(ended.made->number), history::encode(*ended.made)});
}

void pad::handle_timeout(const moment& at, outputs& out) {
    if (flush_at_ && *flush_at_ <= at.now) flush(at, out);
    awareness_.expire(at.now);
    pass_carets(at, out);
    if (const auto ends = history_.deadline(); ends && *ends <= at.now) {
        flush(at, out);
        end_version(out);
    }
}

std::optional<instant> pad::deadline() const {
    std::optional<instant> first;
    for (const auto& one : {flush_at_, carets_at_, awareness_.deadline(), history_.deadline()}) {
        if (one && (!first || *one < *first)) first = one;
    }
    return first;
}

// Edits without a connection.

/// In a document of its own, so that it has a client id of its own and is judged like everybody's edits.
result<void> pad::edit_as(const visitor& by, const moment& at, outputs& out,
                          const std::function<bool(crdt::document&)>& what) {
    if (!may_write(by))
        return rules_.locked && by.may == right::write ? pad_errc::locked : pad_errc::read_only;
    crdt::document copy(options_with(draw_client(), true));
    if (auto done = copy.apply(update()); !done) return done.error();
    bool done = false;
    const auto made = copy.transact([&] { done = what(copy); });
    if (!done) return pad_errc::bad_text;
    return apply(by, made, at, out);
}

result<void> pad::replace(const visitor& by, const node& text, const moment& at, outputs& out) {
    if (may_write(by)) {
        end_version(out);  // what is replaced can be had back
        text_bytes_ = 0;   // what was there goes
    }
    return edit_as(by, at, out, [&](crdt::document& in) { return replace_tree(in, text), true; });
}

result<void> pad::append(const visitor& by, const node& text, const moment& at, outputs& out) {
    return edit_as(by, at, out, [&](crdt::document& in) { return append_tree(in, text), true; });
}

result<void> pad::apply(const visitor& by, bytes update, const moment& at, outputs& out) {
    const auto why = try_update(by, update, at, out);
    if (!why) {
        flush(at, out);
        return {};
    }
    out.refusals.push_back(*why);
    switch (*why) {
        case refusal::read_only:
            return rules_.locked && by.may == right::write ? pad_errc::locked : pad_errc::read_only;
        case refusal::too_large: return pad_errc::too_large;
        case refusal::full: return pad_errc::full;
        case refusal::foreign_client: return pad_errc::foreign_client;
        case refusal::unreadable:
        case refusal::awareness: return pad_errc::bad_update;
    }
    return pad_errc::bad_update;
}

result<void> pad::restore_version(const visitor& by, std::uint64_t number, const moment& at, outputs& out) {
    const auto text = read_version(number);
    if (!text) return text.error();
    return replace(by, *text, at, out);
}

// Reading.

node pad::read() const {
    return read_tree(document_);
}

std::vector<std::byte> pad::update() const {
    return document_.encode_integrated({});
}

result<std::vector<std::byte>> pad::version_update(std::uint64_t number) const {
    const auto* const wanted = history_.find(number);
    if (wanted == nullptr) return pad_errc::unknown_version;
    const auto whole = archive().encode_state();
    const auto parsed = crdt::update::parse(whole, options_with(0, false).within);
    if (!parsed) return parsed.error();
    return update_at(*parsed, wanted->state);
}

result<node> pad::read_version(std::uint64_t number) const {
    const auto update = version_update(number);
    if (!update) return update.error();
    crdt::document then(options_with(0, true));
    if (auto done = then.apply(*update); !done) return done.error();
    return read_tree(then);
}

}  // namespace conf::pads
