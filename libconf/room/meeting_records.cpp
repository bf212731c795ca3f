// What is kept of a meeting besides its people and their chat, and how all of it comes back.
#include "libconf/room/limits.hpp"
#include "libconf/room/meeting_state.hpp"
#include "libconf/room/record_format.hpp"

#include <algorithm>

namespace conf::rooms {
namespace {

/// Never renumbered.
struct room_tag {
    enum : std::uint8_t {
        title = 1,
        started,
        lobby,
        locks,
        lobby_text,
        empty_since,
    };
};

enum lock_bit : std::uint8_t {
    lock_microphone = 1,
    lock_camera = 2,
    lock_screen = 4,
    lock_chat = 8,
    lock_private_chat = 16,
    lock_people = 32,
};

std::uint64_t bits_of(const locks& from) {
    const auto bit = [](bool on, lock_bit which) { return on ? std::uint64_t{which} : 0; };
    return bit(from.microphone, lock_microphone) | bit(from.camera, lock_camera) |
           bit(from.screen, lock_screen) | bit(from.chat, lock_chat) |
           bit(from.private_chat, lock_private_chat) | bit(from.people, lock_people);
}

locks locks_in(std::uint64_t bits) {
    return {
        .microphone = (bits & lock_microphone) != 0,
        .camera = (bits & lock_camera) != 0,
        .screen = (bits & lock_screen) != 0,
        .chat = (bits & lock_chat) != 0,
        .private_chat = (bits & lock_private_chat) != 0,
        .people = (bits & lock_people) != 0,
    };
}

}  // namespace

/// Empty where everything is as the settings say: then they count, changed ones too.
record meeting::state::room_record() const {
    const auto& title = options.title.empty() ? options.name : options.title;
    const bool plain = room.title == title && room.lobby == options.lobby && room.locked == options.locked &&
                       room.started == wall_time{} && lobby_text.empty() && !empty_since;
    if (plain) return {record_kind::room, {}, {}};
    record_writer to;
    to.text(room_tag::title, room.title);
    to.number(room_tag::started, count_of(room.started));
    to.number(room_tag::lobby, room.lobby ? 1 : 0);
    to.number(room_tag::locks, bits_of(room.locked));
    to.text(room_tag::lobby_text, lobby_text);
    if (empty_since) to.number(room_tag::empty_since, count_of(*empty_since));
    return {record_kind::room, {}, std::move(to).take()};
}

bool meeting::state::read_room(std::string_view value) {
    room_info made{
        .name = room.name, .title = room.title, .started = {}, .lobby = false, .locked = locks_in(0)};
    std::string text;
    std::optional<wall_time> empty;
    record_reader from(value);
    while (from.next()) {
        switch (from.tag()) {
            case room_tag::title: made.title = from.text(); break;
            case room_tag::started: made.started = time_in(from.number()); break;
            case room_tag::lobby: made.lobby = from.number() != 0; break;
            case room_tag::locks: made.locked = locks_in(from.number()); break;
            case room_tag::lobby_text: text = from.text(); break;
            case room_tag::empty_since: empty = time_in(from.number()); break;
            default: break;  // of a newer server
        }
    }
    if (!from.complete()) return false;
    room = std::move(made);
    lobby_text = std::move(text);
    empty_since = empty;
    return true;
}

bool meeting::state::restore_person(const record& kept, moment at) {
    auto read = rooms::read_person(kept.key, kept.value);
    if (!read || people.contains(read->number) || by_id.contains(read->info.id)) return false;
    auto& who = people.emplace(read->number, std::move(*read)).first->second;
    by_id.emplace(who.info.id, &who);
    if (who.token) by_token.emplace(*who.token, &who);
    if (who.token_before) by_token.emplace(*who.token_before, &who);
    next_person = std::max(next_person, who.number + 1);
    next_entry = std::max(next_entry, who.entered + 1);
    if (!who.is_in() && !who.is_waiting()) {
        set_memory_timer(who, at);
        return true;
    }
    who.last_seen = at.wall;
    timers.set({timer_kind::place, who.number}, at.now + place_time);
    (who.is_in() ? inside : waiters).push_back(&who);
    return true;
}

std::size_t meeting::restore(std::span<const record> kept, moment at) {
    auto& to = *state_;
    std::size_t unreadable = 0;
    const auto read_all = [&](record_kind kind, auto&& read) {
        for (const auto& one : kept) {
            if (one.kind == kind && !read(one)) ++unreadable;
        }
    };
    read_all(record_kind::room, [&](const record& one) { return to.read_room(one.value); });
    read_all(record_kind::person, [&](const record& one) { return to.restore_person(one, at); });
    read_all(record_kind::ban, [&](const record& one) { return to.bans.restore(one.key, one.value); });
    read_all(record_kind::ticket, [&](const record& one) { return to.tickets.restore(one.key, one.value); });
    read_all(record_kind::chat,
             [&](const record& one) { return to.chat.restore_message(one.key, one.value); });
    read_all(record_kind::reactions,
             [&](const record& one) { return to.chat.restore_reactions(one.key, one.value); });
    std::ranges::sort(to.inside, {}, &person::entered);
    std::ranges::sort(to.waiters, {}, &person::number);
    to.watch_emptiness(at);
    return unreadable;
}

}  // namespace conf::rooms
