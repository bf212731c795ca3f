// The ends: of connections, of places, of meetings, and what time does.
#include "libconf/room/limits.hpp"
#include "libconf/room/meeting_state.hpp"

#include <algorithm>
#include <chrono>

namespace conf::rooms {

meeting::state::outcome meeting::state::on(const caller& as, const leave&) {
    ok(as);
    auto* const who = as.from.who;
    if (who == nullptr) {
        close(as.from, 1000, "left", as.in);
        return std::nullopt;
    }
    close_person(*who, 1000, "left", as.in);
    if (who->is_waiting()) {
        leave_waiting(*who, std::nullopt, as.in);
    } else {
        depart(*who, departure::left, std::nullopt, as.in);
    }
    return std::nullopt;
}

void meeting::state::lose_connection(link& from, turn in) {
    const auto id = from.id;
    auto* const who = from.who;
    timers.stop({timer_kind::greeting, id});
    links.erase(id);
    if (who == nullptr) return;
    who->connection.reset();
    who->last_seen = in.at.wall;
    timers.stop({timer_kind::ice, who->number});
    timers.set({timer_kind::place, who->number}, in.at.now + place_time);
    if (!who->is_in()) return;
    stop_typing(*who, in.out);
    who->info.here = false;
    tell_who_sees(*who, person_changed{.id = who->info.id, .here = false}, in.out);
    in.out.events.emplace_back(lost_connection{who->info.id});
}

void meeting::state::close(link& which, std::uint16_t code, std::string reason, turn in) {
    in.out.closings.push_back({which.id, code, std::move(reason)});
    lose_connection(which, in);
}

void meeting::state::close_person(person& who, std::uint16_t code, std::string_view reason, turn in) {
    if (!who.connection) return;
    in.out.closings.push_back({*who.connection, code, std::string(reason)});
    links.erase(*who.connection);
    who.connection.reset();
}

void meeting::state::leave_waiting(person& who, std::optional<standing> becomes, turn in) {
    std::erase(waiters, &who);
    tell_moderators(waiting_left{who.info.id}, in.out);
    if (becomes) {
        remember(who, *becomes, in);
    } else {
        forget(who, in);
    }
}

void meeting::state::depart(person& who, departure why, std::optional<standing> becomes, turn in) {
    stop_typing(who, in.out);
    std::erase(inside, &who);
    // Before he becomes another: who saw him hears that he is gone.
    tell_who_sees(who, person_left{who.info.id, why}, in.out);
    end_media(who, in.out);
    in.out.events.emplace_back(went_away{who.info.id, who.info.name, why});
    if (speaking == who.info.id) speaking.reset();
    if (becomes) {
        who.info.hand.reset();
        who.info.away = false;
        remember(who, *becomes, in);
    } else {
        forget(who, in);
    }
    touch_door(in.at.now);
    after_departure(in);
}

void meeting::state::end_media(person& who, outputs& out) {
    for (std::size_t i = 0; i < source_count; ++i) {
        const auto what = static_cast<source>(i);
        if (std::exchange(flag_of(who.info, what), false)) out.forwards.push_back({who.info.id, what, false});
    }
    who.wishes.reset();
    out.ends.push_back({who.info.id});
}

void meeting::state::after_departure(turn in) {
    ensure_moderator(in);
    if (!room.lobby) {
        let_in_waiting(in);
    } else if (options.open && inside.empty()) {
        // Nobody is left to open the door; whoever waits longest keeps it from now on.
        const auto first = std::ranges::find(waiters, false, &person::role_bound);
        if (first != waiters.end()) let_in(**first, in);
    }
    watch_emptiness(in.at);
}

void meeting::state::watch_emptiness(moment at) {
    if (!inside.empty() || room.started == wall_time{}) return;
    if (!empty_since) {
        empty_since = at.wall;
        room_touched = true;
    }
    const auto left = *empty_since + options.empty_time - at.wall;
    const auto wait =
        std::clamp<wall_time>(left, wall_time{}, options.empty_time);  // the wall clock may step
    timers.set({timer_kind::emptiness, 0}, at.now + wait);
}

void meeting::state::eject(person& who, bool banned, turn in) {
    const std::string external_id = who.external_id;
    const std::vector<std::string> keys = who.ban_keys;
    if (banned) bans.add(external_id, keys, in.out.records);
    if (who.is_waiting()) {
        close_person(who, banned ? 4002 : 4005, banned ? "banned" : "refused", in);
        leave_waiting(who, banned ? standing::removed : standing::refused, in);
    } else {
        close_person(who, banned ? 4002 : 4001, banned ? "banned" : "removed", in);
        depart(who, banned ? departure::banned : departure::removed, standing::removed, in);
    }
    if (banned) eject_banned(in);
}

void meeting::state::eject_banned(turn in) {
    std::vector<person*> found;
    for (const auto* group : {&inside, &waiters}) {
        for (auto* one : *group) {
            if (!one->moderates() && bans.holds(one->external_id, one->ban_keys)) found.push_back(one);
        }
    }
    for (auto* one : found) {
        close_person(*one, 4002, "banned", in);
        if (one->is_waiting()) {
            leave_waiting(*one, standing::removed, in);
        } else {
            depart(*one, departure::banned, standing::removed, in);
        }
    }
    std::vector<connection_id> watching;
    for (const auto& [id, one] : links) {
        if (one.who == nullptr && bans.holds(one.known.external_id, one.known.ban_keys))
            watching.push_back(id);
    }
    for (const auto id : watching) close(links.at(id), 4002, "banned", in);
}

void meeting::state::remember(person& who, standing as, turn in) {
    who.stands = as;
    if (who.last_seen == wall_time{}) who.last_seen = in.at.wall;
    for (const auto kind : {timer_kind::place, timer_kind::ice, timer_kind::typing}) {
        timers.stop({kind, who.number});
    }
    set_memory_timer(who, in.at);
    touch(who);
    if (people.size() - inside.size() - waiters.size() <= remembered_people_max) return;
    person* oldest = nullptr;
    for (auto& [number, one] : people) {
        if (one.is_in() || one.is_waiting()) continue;
        if (oldest == nullptr || one.last_seen < oldest->last_seen) oldest = &one;
    }
    forget(*oldest, in);
}

void meeting::state::set_memory_timer(const person& who, moment at) {
    const auto left = who.last_seen + resume_time - at.wall;
    timers.set({timer_kind::memory, who.number},
               at.now + std::clamp<wall_time>(left, wall_time{}, resume_time));
}

void meeting::state::forget(person& who, turn in) {
    for (const auto kind : {timer_kind::place, timer_kind::ice, timer_kind::typing, timer_kind::memory}) {
        timers.stop({kind, who.number});
    }
    if (who.token) by_token.erase(*who.token);
    if (who.token_before) by_token.erase(*who.token_before);
    by_id.erase(who.info.id);
    chat.forget_private(
        who.info.id, [&](const participant_id& id) { return by_id.contains(id); }, in.out.records);
    in.out.records.push_back({record_kind::person, record_of(who).key, {}});
    people.erase(who.number);
}

void meeting::state::end_meeting(turn in) {
    for (auto& [number, who] : people) {
        close_person(who, 4003, "ended", in);
        if (who.is_in()) end_media(who, in.out);
    }
    inside.clear();
    waiters.clear();
    speaking.reset();
    while (!people.empty()) forget(people.begin()->second, in);
    touched.clear();
    touch_door(in.at.now);
    forget_meeting(in);
}

void meeting::state::forget_meeting(turn in) {
    chat.clear(in.out.records);
    bans.clear(in.out.records);
    timers.stop({timer_kind::emptiness, 0});
    empty_since.reset();
    lobby_text.clear();
    room.started = {};
    if (options.open) {
        // The next ones here may be others altogether.
        room.title = options.title.empty() ? options.name : options.title;
        room.lobby = options.lobby;
        room.locked = options.locked;
    }
    room_touched = true;
    in.out.events.emplace_back(meeting_ended{});
}

void meeting::state::handle_timer(timer which, turn in) {
    if (which.what == timer_kind::greeting) {
        auto& late = links.at(which.whose);
        const std::string reason = late.place == place::fresh ? "no hello in time" : "did not join in time";
        close(late, 1008, reason, in);
        return;
    }
    if (which.what == timer_kind::door) return tell_door(in.out);
    if (which.what == timer_kind::emptiness) return forget_meeting(in);
    auto& who = people.at(which.whose);
    switch (which.what) {
        case timer_kind::place:
            if (who.is_waiting()) {
                leave_waiting(who, std::nullopt, in);
            } else {
                depart(who, departure::lost, standing::remembered, in);
            }
            break;
        case timer_kind::typing: stop_typing(who, in.out); break;
        case timer_kind::ice: tell_person(who, ice_renewed{fresh_credentials(who, in.at)}, in.out); break;
        case timer_kind::memory: forget(who, in); break;
        default: break;
    }
}

}  // namespace conf::rooms
