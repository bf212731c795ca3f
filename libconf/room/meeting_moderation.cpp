// What moderators do with others and with the room.
#include "libconf/room/limits.hpp"
#include "libconf/room/meeting_state.hpp"
#include "libconf/room/text.hpp"

#include <algorithm>

namespace conf::rooms {
namespace {

failure nobody() {
    return fail(error_code::unknown_participant, "nobody of that id is here", "participant");
}

bool apply(locks& to, const lock_changes& changes) {
    const auto before = to;
    to.microphone = changes.microphone.value_or(to.microphone);
    to.camera = changes.camera.value_or(to.camera);
    to.screen = changes.screen.value_or(to.screen);
    to.chat = changes.chat.value_or(to.chat);
    to.private_chat = changes.private_chat.value_or(to.private_chat);
    to.people = changes.people.value_or(to.people);
    return to != before;
}

}  // namespace

meeting::state::outcome meeting::state::on(const caller& as, const lower_hands& what) {
    if (what.participant) {
        auto* const whom = find_seen(*as.from.who, *what.participant);
        if (whom == nullptr) return nobody();
        lower(*whom, as.in.out);
        return ok(as);
    }
    for (auto* one : inside) lower(*one, as.in.out);
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const mute& what) {
    const auto& me = *as.from.who;
    const auto turn_off = [&](person& whom) {
        silence(whom, what.what, me.info.id, as.in);
        // The sound of a screen without the screen is not what anybody means.
        if (what.what == source::screen) silence(whom, source::screen_audio, me.info.id, as.in);
    };
    if (what.participant) {
        auto* const whom = find_seen(me, *what.participant);
        if (whom == nullptr) return nobody();
        turn_off(*whom);
        return ok(as);
    }
    for (auto* one : inside) {
        if (one != &me && !one->moderates()) turn_off(*one);
    }
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const ask_unmute& what) {
    const auto* const whom = find_seen(*as.from.who, what.participant);
    if (whom == nullptr) return nobody();
    tell_person(*whom, unmute_asked{as.from.who->info.id}, as.in.out);
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const set_role& what) {
    auto* const whom = find_seen(*as.from.who, what.participant);
    if (whom == nullptr) return nobody();
    if (whom->moderates() && what.acts_as != role::moderator && moderators() == 1) {
        return fail(error_code::forbidden, "the last moderator keeps the role");
    }
    change_role(*whom, what.acts_as, as.in);
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const remove_person& what) {
    auto* const whom = find_seen(*as.from.who, what.participant);
    if (whom == nullptr) return nobody();
    if (whom->moderates()) return fail(error_code::forbidden, "moderators are not removed");
    eject(*whom, what.ban, as.in);
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const rooms::end_meeting&) {
    ok(as);
    end_meeting(as.in);
    return std::nullopt;
}

meeting::state::outcome meeting::state::on(const caller& as, const set_locks& what) {
    const bool hid = hides_viewers();
    if (!apply(room.locked, what.changes)) return ok(as);
    room_touched = true;
    tell_inside(room_changed{.locked = room.locked}, as.in.out);
    as.in.out.events.emplace_back(room_set{room});
    if (hid != hides_viewers()) {
        for (const auto* whom : inside) {
            if (whom->info.acts_as != role::viewer) continue;
            auto others =
                audience([&](const person& one) { return &one != whom && one.info.acts_as == role::viewer; });
            if (hid) {
                tell_all(std::move(others), person_joined{whom->info}, as.in.out);
            } else {
                tell_all(std::move(others), person_left{whom->info.id, departure::hidden}, as.in.out);
            }
            renew_view(*whom, as.in.out);
        }
        touch_door(as.in.at.now);
    }
    // Behind that: who is seen again is told of before he changes.
    for (auto* one : inside) obey_locks(*one, as.in);
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const set_room& what) {
    room_changed change;
    if (what.title) {
        auto title = shown_name(*what.title);
        if (title.empty())
            return fail(error_code::bad_message, "a title that can be seen is wanted", "title");
        if (title != room.title) change.title = std::move(title);
    }
    if (what.lobby && *what.lobby != room.lobby) change.lobby = what.lobby;
    if (!change.title && !change.lobby) return ok(as);
    room.title = change.title.value_or(room.title);
    room.lobby = change.lobby.value_or(room.lobby);
    room_touched = true;
    const bool opened = change.lobby == false;
    tell_inside(std::move(change), as.in.out);
    as.in.out.events.emplace_back(room_set{room});
    touch_door(as.in.at.now);
    if (opened) let_in_waiting(as.in);
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const admit& what) {
    const auto free = options.participants_max - std::min(options.participants_max, inside.size());
    auto full = fail(error_code::room_full, "so many do not fit");
    full.retry_after_seconds = options.retry_after_seconds;
    if (what.participant) {
        auto* const whom = find(*what.participant);
        if (whom == nullptr || !whom->is_waiting()) return nobody();
        if (free == 0) return full;
        let_in(*whom, as.in);
        return ok(as);
    }
    if (free < waiters.size()) return full;
    while (!waiters.empty()) let_in(*waiters.front(), as.in);
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const refuse& what) {
    auto* const whom = find(what.participant);
    if (whom == nullptr || !whom->is_waiting()) return nobody();
    close_person(*whom, 4005, "refused", as.in);
    leave_waiting(*whom, standing::refused, as.in);
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const set_lobby_message& what) {
    auto text = without_direction_controls(what.text);
    if (text == lobby_text) return ok(as);
    lobby_text = std::move(text);
    room_touched = true;
    std::vector<connection_id> to;
    for (const auto* one : waiters) {
        if (one->connection) to.push_back(*one->connection);
    }
    tell_all(std::move(to), waiting_message{lobby_text}, as.in.out);
    return ok(as);
}

}  // namespace conf::rooms
