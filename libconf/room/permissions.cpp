#include "libconf/room/permissions.hpp"

#include <cstddef>
#include <variant>

namespace conf::rooms {
namespace {

constexpr std::array<rule, role_count> everybody{rule::always, rule::always, rule::always};
constexpr std::array<rule, role_count> lockable{rule::unless_locked, rule::always, rule::always};
constexpr std::array<rule, role_count> moderators{rule::never, rule::never, rule::always};
constexpr std::array<rule, role_count> authors{rule::own_unless_locked, rule::own, rule::own};
constexpr std::array<rule, role_count> authors_and_moderators{rule::own, rule::own, rule::always};

constexpr bool kept = true;

// Whether an id that a request names exists, whether its person may be removed, and the last moderator's role
// depend on the room: its functions look at them.
constexpr std::array<permission, request_count> table{{
    {"hello", place::fresh, everybody},
    {"join", place::outside, everybody, pace::general, kept},
    {"resume", place::fresh | place::outside, everybody, pace::general, kept},
    {"leave", place::outside | place::waiting | place::inside, everybody},
    {"media", place::inside, lockable, pace::general, kept},
    {"name", place::inside, everybody, pace::gesture, kept},
    {"hand", place::inside, everybody, pace::gesture, kept},
    {"hand.lower", place::inside, moderators, pace::general, kept},
    {"react", place::inside, everybody, pace::gesture},
    {"away", place::inside, everybody, pace::gesture, kept},
    {"mute", place::inside, moderators, pace::general, kept},
    {"unmute.ask", place::inside, moderators},
    {"role", place::inside, moderators, pace::general, kept},
    {"remove", place::inside, moderators, pace::general, kept},
    {"end", place::inside, moderators, pace::general, kept},
    {"lock", place::inside, moderators, pace::general, kept},
    {"room", place::inside, moderators, pace::general, kept},
    {"admit", place::inside, moderators, pace::general, kept},
    {"refuse", place::inside, moderators, pace::general, kept},
    {"lobby.message", place::inside, moderators, pace::general, kept},
    {"ice", place::inside, everybody},
    {"pads", place::inside, everybody},
    {"chat.send", place::inside, lockable, pace::chat, kept},
    {"chat.edit", place::inside, authors, pace::chat, kept},
    {"chat.delete", place::inside, authors_and_moderators, pace::chat, kept},
    {"chat.react", place::inside, everybody, pace::chat, kept},
    {"chat.typing", place::inside, lockable},
    {"chat.history", place::inside, everybody},
    {"publish", place::inside, everybody},
    {"view", place::inside, everybody},
    {"receive.answer", place::inside, everybody},
    {"receive.restart", place::inside, everybody},
    {"receive.reset", place::inside, everybody},
}};

/// Whether the lock that this request is under is on.
bool lock_is_on(const request_body& what, const circumstances& where) noexcept {
    if (const auto* const media = std::get_if<set_media>(&what)) {
        return media->on && is_locked(media->what, where.locked);
    }
    const auto* const typing = std::get_if<chat_typing>(&what);
    if (typing != nullptr && !typing->on) return false;
    if (!where.is_private) return where.locked.chat;
    return where.locked.private_chat && !where.to_moderator;
}

}  // namespace

std::span<const permission, request_count> permissions() noexcept {
    return table;
}

const permission& permission_of(const request_body& what) noexcept {
    return table[what.index()];
}

verdict may(const request_body& what, const circumstances& where) noexcept {
    switch (permission_of(what).by_role[static_cast<std::size_t>(where.acts_as)]) {
        case rule::never: return verdict::wrong_role;
        case rule::own: return where.own ? verdict::yes : verdict::not_own;
        case rule::own_unless_locked:
            if (!where.own) return verdict::not_own;
            [[fallthrough]];
        case rule::unless_locked: return lock_is_on(what, where) ? verdict::locked : verdict::yes;
        case rule::always: break;
    }
    return verdict::yes;
}

bool is_locked(source what, const locks& locked) noexcept {
    switch (what) {
        case source::microphone: return locked.microphone;
        case source::camera: return locked.camera;
        case source::screen:
        case source::screen_audio: return locked.screen;
    }
    return true;
}

}  // namespace conf::rooms
