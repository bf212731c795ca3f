#include "libconf/room/meeting.hpp"

#include "libconf/room/limits.hpp"
#include "libconf/room/meeting_state.hpp"
#include "libconf/room/text.hpp"

#include <algorithm>
#include <variant>

namespace conf::rooms {
namespace {

bool is_bad(error_code code) {
    switch (code) {
        case error_code::bad_message:
        case error_code::unknown_type:
        case error_code::version:
        case error_code::not_joined:
        case error_code::already_joined:
        case error_code::bad_token:
        case error_code::forbidden:
        case error_code::unknown_participant:
        case error_code::unknown_message:
        case error_code::rate:
        case error_code::gone: return true;
        default: return false;
    }
}

std::string reason_of(verdict why) {
    switch (why) {
        case verdict::wrong_role: return "your role does not allow this";
        case verdict::locked: return "a lock keeps viewers from this";
        case verdict::not_own: return "the message is somebody else's";
        case verdict::yes: break;
    }
    return {};
}

}  // namespace

meeting::state::state(settings with, const crypto::random_key& key)
    : options(std::move(with)), random(key), chat(options.chat_messages_max) {
    room.name = options.name;
    room.title = options.title.empty() ? options.name : options.title;
    room.lobby = options.lobby;
    room.locked = options.locked;
}

void meeting::state::handle(link& from, const request& asked, const entry* with, turn in) {
    const auto who = from.id;
    auto why = refused(from, asked.what, in.at.now);
    if (!why) {
        const entry unknown;
        const caller as{in, from, asked.id, with != nullptr ? *with : unknown};
        why = std::visit([&](const auto& what) { return on(as, what); }, asked.what);
    }
    if (why) {
        const bool bad = is_bad(why->code);
        tell_all({who}, std::move(*why), in.out);
        in.out.messages.back().what.id = asked.id;
        if (bad) count_bad(from, in);
    }
    flush(in.out);
}

meeting::state::outcome meeting::state::refused(link& from, const request_body& what, instant now) {
    const auto& row = permission_of(what);
    if (!from.pace.take(row.speed, now)) return fail(error_code::rate, "too fast");
    if ((row.places & from.place) == 0) {
        const bool early = from.place == place::fresh || from.place == place::waiting ||
                           (from.place == place::outside && (row.places & place::inside) != 0);
        return early ? fail(error_code::not_joined, "not joined yet")
                     : fail(error_code::already_joined, "this comes before joining");
    }
    if (row.kept && !saves) return fail(error_code::not_saved, "the server can not write now");
    return from.place == place::inside ? check_rights(*from.who, what) : std::nullopt;
}

meeting::state::outcome meeting::state::check_rights(const person& me, const request_body& what) const {
    // What was sent before a lock came is not sent anew: its sender only learns that it is kept.
    if (const auto* const sent = std::get_if<chat_send>(&what);
        sent != nullptr && chat.find_sent(me.info.id, sent->key) != nullptr) {
        return std::nullopt;
    }
    const auto answer = may(what, circumstances_of(me, what));
    if (answer == verdict::yes) return std::nullopt;
    return fail(error_code::forbidden, reason_of(answer));
}

circumstances meeting::state::circumstances_of(const person& me, const request_body& what) const {
    circumstances made{.acts_as = me.info.acts_as, .locked = room.locked};
    const auto reads = [&](const std::optional<participant_id>& to) {
        made.is_private = to.has_value();
        const auto* const reader = to ? find(*to) : nullptr;
        made.to_moderator = reader != nullptr && reader->is_in() && reader->moderates();
    };
    // An unknown message is not "somebody else's": that would tell of private ones.
    const auto about = [&](const message_id& id) {
        if (const auto* const message = chat.find(id, me.info.id)) {
            made.own = message->from == me.info.id;
            reads(message->to);
        }
    };
    if (const auto* const sent = std::get_if<chat_send>(&what)) reads(sent->to);
    if (const auto* const types = std::get_if<chat_typing>(&what)) reads(types->to);
    if (const auto* const edited = std::get_if<chat_edit>(&what)) about(edited->message);
    if (const auto* const gone = std::get_if<chat_delete>(&what)) about(gone->message);
    return made;
}

void meeting::state::count_bad(link& from, turn in) {
    if (from.pace.count_bad(in.at.now)) close(from, 1008, "too many bad or forbidden requests", in);
}

meeting::state::outcome meeting::state::answer(const caller& to, message_body what) {
    to.in.out.messages.push_back({{to.from.id}, {to.request, std::move(what)}});
    return std::nullopt;
}

void meeting::state::flush(outputs& out) {
    for (const auto number : touched) {
        const auto found = people.find(number);
        if (found != people.end()) out.records.push_back(record_of(found->second));
    }
    touched.clear();
    if (room_touched) out.records.push_back(room_record());
    room_touched = false;
}

void meeting::state::tell(connection_id to, message_body what, outputs& out) {
    out.messages.push_back({{to}, {std::nullopt, std::move(what)}});
}

void meeting::state::tell_all(std::vector<connection_id> to, message_body what, outputs& out) {
    if (!to.empty()) out.messages.push_back({std::move(to), {std::nullopt, std::move(what)}});
}

void meeting::state::tell_person(const person& to, message_body what, outputs& out) const {
    if (to.connection) tell(*to.connection, std::move(what), out);
}

void meeting::state::tell_inside(message_body what, outputs& out) const {
    tell_all(audience([](const person&) { return true; }), std::move(what), out);
}

void meeting::state::tell_moderators(message_body what, outputs& out) const {
    tell_all(audience([](const person& one) { return one.moderates(); }), std::move(what), out);
}

void meeting::state::tell_who_sees(const person& whom, message_body what, outputs& out) const {
    tell_all(audience([&](const person& one) { return sees(one, whom); }), std::move(what), out);
}

meeting::meeting(settings with, const crypto::random_key& key)
    : state_(std::make_unique<state>(std::move(with), key)) {}
meeting::~meeting() = default;
meeting::meeting(meeting&&) noexcept = default;
meeting& meeting::operator=(meeting&&) noexcept = default;

void meeting::change(settings with) {
    state_->options = std::move(with);
    state_->chat.limit(state_->options.chat_messages_max);
}

void meeting::set_saving(bool works) noexcept {
    state_->saves = works;
}

void meeting::handle_opened(connection_id who, moment at, outputs&) {
    state_->links.try_emplace(who, state::link{.id = who});
    state_->timers.set({timer_kind::greeting, who}, at.now + hello_time);
}

void meeting::handle(connection_id from, const request& asked, const entry* with, moment at, outputs& out) {
    const auto found = state_->links.find(from);
    if (found != state_->links.end()) state_->handle(found->second, asked, with, {at, out});
}

void meeting::handle_bad(connection_id from, moment at, outputs& out) {
    const auto found = state_->links.find(from);
    if (found == state_->links.end()) return;
    state_->count_bad(found->second, {at, out});
    state_->flush(out);
}

void meeting::handle_closed(connection_id who, moment at, outputs& out) {
    const auto found = state_->links.find(who);
    if (found == state_->links.end()) return;
    state_->lose_connection(found->second, {at, out});
    state_->flush(out);
}

void meeting::handle_timeout(moment at, outputs& out) {
    while (const auto due = state_->timers.take(at.now)) state_->handle_timer(*due, {at, out});
    state_->flush(out);
}

std::optional<instant> meeting::deadline() const {
    return state_->timers.next();
}

bool meeting::remove(const participant_id& who, bool ban, moment at, outputs& out) {
    auto* const found = state_->find(who);
    if (found == nullptr || (!found->is_in() && !found->is_waiting())) return false;
    state_->eject(*found, ban, {at, out});
    state_->flush(out);
    return true;
}

bool meeting::give_role(const participant_id& who, role acts_as, moment at, outputs& out) {
    auto* const found = state_->find(who);
    if (found == nullptr || !found->is_in()) return false;
    state_->change_role(*found, acts_as, {at, out});
    state_->ensure_moderator({at, out});
    state_->flush(out);
    return true;
}

bool meeting::let_in(const participant_id& who, moment at, outputs& out) {
    auto* const found = state_->find(who);
    if (found == nullptr || !found->is_waiting()) return false;
    state_->let_in(*found, {at, out});
    state_->flush(out);
    return true;
}

bool meeting::turn_away(const participant_id& who, moment at, outputs& out) {
    auto* const found = state_->find(who);
    if (found == nullptr || !found->is_waiting()) return false;
    state_->close_person(*found, 4005, "refused", {at, out});
    state_->leave_waiting(*found, standing::refused, {at, out});
    state_->flush(out);
    return true;
}

bool meeting::say(std::string name, std::string text, moment at, outputs& out) {
    text = without_direction_controls(text);
    if (text.empty() || !is_clean_text(text, line_feeds::allowed)) return false;
    if (count_characters(text) > chat_characters_max) return false;
    const auto& added = state_->chat.add({.id = state_->new_id(),
                                          .from = std::string(program_id),
                                          .name = std::string(cut_to_bytes(shown_name(name), name_bytes_max)),
                                          .text = std::move(text),
                                          .at = at.wall,
                                          .key = state_->new_id()},
                                         out.records);
    state_->tell_readers(added, true, out);
    state_->flush(out);
    return true;
}

void meeting::end(moment at, outputs& out) {
    state_->end_meeting({at, out});
    state_->flush(out);
}

void meeting::announce_restart(outputs& out) const {
    std::vector<connection_id> to;
    for (const auto& [id, link] : state_->links) to.push_back(id);
    state::tell_all(std::move(to), restarting{}, out);
}

std::vector<guest_info> meeting::guests() const {
    std::vector<guest_info> all;
    for (const auto* one : state_->waiters) all.push_back(one->guest());
    return all;
}

bool meeting::empty() const noexcept {
    return state_->inside.empty() && state_->waiters.empty();
}

bool meeting::forgotten() const noexcept {
    return state_->people.empty() && state_->chat.empty() && state_->bans.empty() && state_->tickets.empty();
}

std::size_t meeting::connections() const noexcept {
    return state_->links.size();
}

std::optional<participant_id> meeting::participant_of(connection_id which) const {
    const auto found = state_->links.find(which);
    if (found == state_->links.end() || found->second.place != place::inside) return std::nullopt;
    return found->second.who->info.id;
}

std::optional<connection_id> meeting::connection_of(const participant_id& who) const {
    const auto* const found = state_->find(who);
    return found != nullptr && found->is_in() ? found->connection : std::nullopt;
}

bool meeting::is_in(const participant_id& who) const {
    const auto* const found = state_->find(who);
    return found != nullptr && found->is_in();
}

std::optional<person_info> meeting::find_person(const participant_id& who) const {
    const auto* const found = state_->find(who);
    return found != nullptr && found->is_in() ? std::optional(found->info) : std::nullopt;
}

std::vector<person_info> meeting::people() const {
    std::vector<person_info> all;
    all.reserve(state_->inside.size());
    for (const auto* one : state_->inside) all.push_back(one->info);
    return all;
}

const room_info& meeting::room() const noexcept {
    return state_->room;
}

bool meeting::sees(const participant_id& viewer, const participant_id& other) const {
    const auto* const one = state_->find(viewer);
    const auto* const two = state_->find(other);
    return one != nullptr && two != nullptr && one->is_in() && two->is_in() && state_->sees(*one, *two);
}

}  // namespace conf::rooms
