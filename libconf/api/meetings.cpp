#include "libconf/api/meetings.hpp"

#include "libconf/auth/base64url.hpp"
#include "libconf/auth/room_token.hpp"
#include "libconf/crypto/random.hpp"
#include "libconf/net/clock.hpp"

#include <conf/track.hpp>

#include <algorithm>
#include <mutex>
#include <type_traits>
#include <utility>
#include <variant>

namespace conf {
namespace api {
namespace {

meeting_role public_role(rooms::role role) noexcept {
    switch (role) {
        case rooms::role::viewer: return meeting_role::viewer;
        case rooms::role::presenter: return meeting_role::presenter;
        case rooms::role::moderator: return meeting_role::moderator;
    }
    return meeting_role::viewer;
}

meeting_person person_of(const rooms::person_info& from) {
    return {.id = from.id,
            .name = from.name,
            .role = public_role(from.acts_as),
            .waiting = false,
            .guest = from.guest,
            .here = from.here,
            .microphone = from.microphone,
            .camera = from.camera,
            .screen = from.screen,
            .hand = from.hand.has_value(),
            .away = from.away};
}

auth::room_role token_role(meeting_role role) noexcept {
    switch (role) {
        case meeting_role::viewer: return auth::room_role::viewer;
        case meeting_role::presenter: return auth::room_role::presenter;
        case meeting_role::moderator: return auth::room_role::moderator;
    }
    return auth::room_role::viewer;
}

}  // namespace

rooms::role role_of(meeting_role role) noexcept {
    switch (role) {
        case meeting_role::viewer: return rooms::role::viewer;
        case meeting_role::presenter: return rooms::role::presenter;
        case meeting_role::moderator: return rooms::role::moderator;
    }
    return rooms::role::viewer;
}

meeting_event event_of(const std::string& room, const rooms::event& what) {
    using kind = meeting_event_kind;
    meeting_event made{.what = kind::ended, .room = room};
    const auto about = [&](kind which, const std::string& who) {
        made.what = which;
        made.who = who;
    };
    std::visit(
        [&](const auto& each) {
            using event = std::decay_t<decltype(each)>;
            if constexpr (std::is_same_v<event, rooms::came_in>) {
                about(kind::came_in, each.person.id);
                made.name = each.person.name;
                made.role = public_role(each.person.acts_as);
            } else if constexpr (std::is_same_v<event, rooms::went_away>) {
                about(kind::left, each.id);
                made.name = each.name;
                made.text = rooms::name_of(each.why);
            } else if constexpr (std::is_same_v<event, rooms::lost_connection>) {
                about(kind::lost, each.id);
            } else if constexpr (std::is_same_v<event, rooms::came_back>) {
                about(kind::came_back, each.id);
            } else if constexpr (std::is_same_v<event, rooms::renamed>) {
                about(kind::renamed, each.id);
                made.name = each.name;
            } else if constexpr (std::is_same_v<event, rooms::got_role>) {
                about(kind::role_changed, each.id);
                made.role = public_role(each.acts_as);
            } else if constexpr (std::is_same_v<event, rooms::raised_hand>) {
                about(kind::hand, each.id);
                made.on = each.up;
            } else if constexpr (std::is_same_v<event, rooms::switched_source>) {
                about(kind::source, each.id);
                made.text = rooms::name_of(each.what);
                made.on = each.on;
            } else if constexpr (std::is_same_v<event, rooms::asked_to_enter>) {
                about(kind::waits, each.guest.id);
                made.name = each.guest.name;
            } else if constexpr (std::is_same_v<event, rooms::wrote>) {
                about(kind::message, each.message.from);
                made.name = each.message.name;
                made.text = each.message.text;
            }
        },
        what);
    return made;
}

}  // namespace api

inline namespace v0 {

bool meetings::impl::reach(const std::function<void(end&)>& what) {
    const std::shared_lock lock(mutex);
    if (!server) return false;
    server->loop.call([&] { what(*server); });
    return true;
}

void meetings::impl::tell(std::string_view room,
                          std::function<void(rooms::meeting&, const rooms::moment&, rooms::outputs&)> what) {
    const std::shared_lock lock(mutex);
    if (!server) return;
    server->loop.post([&calls = server->calls, room = std::string(room), what = std::move(what)] {
        if (calls.has(room)) calls.with_meeting(room, what);
    });
}

void meetings::impl::take(const std::string& room, const rooms::event& what) {
    // Titles and locks are nobody's news.
    if (!handler || std::holds_alternative<rooms::room_set>(what)) return;
    const auto kept = handler;  // it may be replaced by itself
    kept(api::event_of(room, what));
}

void meetings::impl::cut() {
    const std::unique_lock lock(mutex);
    server.reset();
}

meetings::meetings(std::shared_ptr<impl> state) noexcept : impl_(std::move(state)) {}

result<std::string> meetings::invite(const invitation& what) const {
    constexpr std::chrono::seconds life_max = std::chrono::hours{366 * 24};
    if (what.life <= std::chrono::seconds{0} || what.life > life_max) {
        return conf::error(std::make_error_code(std::errc::argument_out_of_domain),
                           "an invitation lives for a second to 366 days");
    }
    auth::room_token token{.kind = auth::room_token_kind::invitation,
                           .room = what.room,
                           .acts_as = api::token_role(what.role),
                           .name = what.name,
                           .user = what.user,
                           .uses = what.uses,
                           .expires = net::wall_now() + what.life};
    const auto drawn = crypto::system_random_key();
    std::copy_n(drawn.begin(), token.id.size(), token.id.begin());
    result<std::string> made = conf::error(media_errc::stopped);
    impl_->reach([&](impl::end& server) { made = auth::sign(token, server.secrets().front()); });
    return made;
}

result<void> meetings::revoke(std::string_view text) const {
    result<auth::room_token> token = conf::error(media_errc::stopped);
    const auto reached = impl_->reach([&](impl::end& server) {
        token = auth::verify_room_token(text, server.secrets(), net::wall_now());
        if (!token) return;
        const auto since_1970 = [](unix_time at) {
            return std::chrono::duration_cast<rooms::wall_time>(at.time_since_epoch());
        };
        server.revoked.add(auth::base64url(token->id), since_1970(token->expires),
                           since_1970(net::wall_now()));
    });
    if (!reached || !token) return token.error();
    return {};
}

std::vector<meeting_person> meetings::people(std::string_view room) const {
    std::vector<meeting_person> all;
    impl_->reach([&](impl::end& server) {
        server.calls.look_at(std::string(room), [&](const rooms::meeting& in) {
            for (const auto& one : in.people()) all.push_back(api::person_of(one));
            for (const auto& one : in.guests()) {
                all.push_back({.id = one.id, .name = one.name, .waiting = true});
            }
        });
    });
    return all;
}

std::vector<std::string> meetings::rooms() const {
    std::vector<std::string> all;
    impl_->reach([&](impl::end& server) { all = server.calls.busy_rooms(); });
    return all;
}

void meetings::admit(std::string_view room, std::string_view person) const {
    impl_->tell(room, [who = std::string(person)](auto& in, const auto& at, auto& out) {
        static_cast<void>(in.let_in(who, at, out));
    });
}

void meetings::refuse(std::string_view room, std::string_view person) const {
    impl_->tell(room, [who = std::string(person)](auto& in, const auto& at, auto& out) {
        static_cast<void>(in.turn_away(who, at, out));
    });
}

void meetings::set_role(std::string_view room, std::string_view person, meeting_role role) const {
    impl_->tell(room, [who = std::string(person), role](auto& in, const auto& at, auto& out) {
        static_cast<void>(in.give_role(who, api::role_of(role), at, out));
    });
}

void meetings::remove(std::string_view room, std::string_view person, bool ban) const {
    impl_->tell(room, [who = std::string(person), ban](auto& in, const auto& at, auto& out) {
        static_cast<void>(in.remove(who, ban, at, out));
    });
}

void meetings::say(std::string_view room, std::string_view name, std::string_view text) const {
    impl_->tell(room,
                [name = std::string(name), text = std::string(text)](auto& in, const auto& at, auto& out) {
                    static_cast<void>(in.say(name, text, at, out));
                });
}

void meetings::end(std::string_view room) const {
    impl_->tell(room, [](auto& in, const auto& at, auto& out) { in.end(at, out); });
}

void meetings::on_event(meeting_event_handler handler) const {
    impl_->reach([&](impl::end&) { impl_->handler = std::move(handler); });
}

}  // namespace v0
}  // namespace conf
