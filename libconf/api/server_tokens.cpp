// Who may enter which room: tokens of the signalling, and those that confctl asks for.
#include "libconf/api/server_impl.hpp"
#include "libconf/auth/access_token.hpp"
#include "libconf/auth/base64url.hpp"
#include "libconf/auth/file_token.hpp"
#include "libconf/auth/pad_token.hpp"
#include "libconf/auth/room_token.hpp"
#include "libconf/crypto/random.hpp"
#include "libconf/net/clock.hpp"
#include "libconf/net/session_limiter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace conf::inline v0 {
namespace {

constexpr std::int64_t token_seconds_max = 366 * 86'400;

/// A page asks for another one when it is over.
constexpr std::chrono::hours pad_token_life{12};
/// Persons of meetings, told from those that other programs name.
const std::string person_prefix = "meeting:";

pads::right pad_right_of(rooms::role from) noexcept {
    return from == rooms::role::moderator ? pads::right::manage : pads::right::write;
}

rooms::role role_of(auth::room_role given) noexcept {
    switch (given) {
        case auth::room_role::viewer: return rooms::role::viewer;
        case auth::room_role::presenter: return rooms::role::presenter;
        case auth::room_role::moderator: return rooms::role::moderator;
    }
    return rooms::role::viewer;
}

/// `key=value` from the front of a request; the value of the last key may have spaces.
std::pair<std::string_view, std::string_view> take_word(std::string_view& request, std::string_view last) {
    const bool takes_all =
        !last.empty() && request.starts_with(last) && request.substr(last.size()).starts_with('=');
    const auto end = takes_all ? request.size() : std::min(request.find(' '), request.size());
    const auto word = request.substr(0, end);
    request.remove_prefix(std::min(end + 1, request.size()));
    const auto equals = std::min(word.find('='), word.size());
    return {word.substr(0, equals), word.substr(std::min(equals + 1, word.size()))};
}

template <class Number>
void read_number(std::string_view text, Number& into) {
    std::from_chars(text.data(), text.data() + text.size(), into);
}

}  // namespace

/// Where rooms are open, everybody may come in; elsewhere who has a token, or was in before. An address that
/// tried too many bad ones is not told whether the next one is good (SEC-ROOM-1).
rooms::entry server::impl::admit(const host::visitor& who) {
    const auto refuse = [](rooms::error_code code, std::string text,
                           std::optional<std::uint32_t> retry_after_seconds = std::nullopt) {
        return rooms::entry{
            .refused = code, .refused_text = std::move(text), .retry_after_seconds = retry_after_seconds};
    };
    if (draining_)
        return refuse(rooms::error_code::server_full, "the server is about to stop and takes nobody new", 5);
    rooms::entry made;
    if (who.resumes) return made;
    if (who.token == nullptr || who.token->empty()) {
        if (rooms_open_) return made;
        return refuse(rooms::error_code::unknown_room, "there is no such room, or it is not for you");
    }
    const auto from = ip_address::parse(who.address);
    const auto now = net::clock_now();
    if (from && !failed_lookups_->would_admit(*from, now))
        return refuse(rooms::error_code::rate, "too many links of yours were not good; wait a minute", 60);
    const auto token = verify_invitation(*who.token);
    if (!token && token.error().code() == auth::token_errc::not_yet_known)
        return refuse(rooms::error_code::server_full, token.error().message(), 1);
    if (!token || token->room != who.room) {
        if (from) static_cast<void>(failed_lookups_->admits(*from, now));
        if (token) return refuse(rooms::error_code::bad_token, "this link is for another room");
        const bool expired = token.error().code() == auth::token_errc::expired ||
                             token.error().code() == auth::token_errc::revoked;
        return refuse(expired ? rooms::error_code::expired_token : rooms::error_code::bad_token,
                      token.error().message());
    }
    made.acts_as = role_of(token->acts_as);
    made.external_id = token->user;
    if (!token->name.empty()) made.name = token->name;
    made.with = rooms::ticket{
        .id = auth::base64url(token->id),
        .uses_max = token->uses,
        .expires = std::chrono::duration_cast<rooms::wall_time>(token->expires.time_since_epoch())};
    // A link that is passed on is no person: who is banned with it must not ban all who have it.
    if (token->uses == 1) made.ban_keys = {"token " + made.with->id};
    return made;
}

/// Who may enter may look; without a token that is a viewer, where rooms are open.
std::variant<host::api_caller, host::api_refusal> server::impl::admit_to_api(const net::http_request& request,
                                                                             std::string_view room) {
    constexpr std::string_view scheme = "Bearer ";
    std::optional<std::string> token;
    if (const auto field = request.field("authorization")) {
        if (!net::equals_ignoring_case(field->substr(0, scheme.size()), scheme))
            return host::api_refusal{401, "bad_token", "a Bearer token is wanted", "Authorization"};
        token =
            std::string(field->substr(std::min(field->size(), field->find_first_not_of(' ', scheme.size()))));
    } else if (const auto parameter = request.parameter("token")) {
        token = std::string(*parameter);
    }
    // Those that people in the room were given with `board.open`.
    if (token) {
        const auto handed = auth::verify_file_token(*token, token_secrets_, net::wall_now());
        if (handed && handed->room == room) return host::api_caller{handed->person, role_of(handed->acts_as)};
    }
    const auto entry =
        admit({.room = room, .token = token ? &*token : nullptr, .address = request.remote.ip.to_string()});
    // Who comes in with a counted one is counted by the meeting, which a request is no part of.
    if (!entry.refused && entry.with && entry.with->uses_max != 0)
        return host::api_refusal{403, "forbidden", "a token for the API is one of any number of uses", {}};
    if (!entry.refused)
        return host::api_caller{entry.external_id, entry.acts_as.value_or(rooms::role::viewer)};
    host::api_refusal made{403, std::string(rooms::name_of(*entry.refused)), entry.refused_text, {}};
    switch (*entry.refused) {
        case rooms::error_code::rate: made.status = 429; break;
        case rooms::error_code::server_full: made.status = 503; break;
        case rooms::error_code::bad_token:
        case rooms::error_code::expired_token: made.status = 401; break;
        case rooms::error_code::unknown_room: made.status = token ? 403 : 401; break;
        default: break;
    }
    return made;
}

/// Of "room=algebra right=both name= seconds=3600": what confctl sends.
std::string server::impl::sign_token(std::string_view request) const {
    auth::access_token token{
        .room = {}, .right = auth::media_right::both, .name = {}, .expires = net::wall_now()};
    std::int64_t seconds = 3600;
    while (!request.empty()) {
        const auto [key, value] = take_word(request, {});
        if (key == "room") token.room = value;
        if (key == "name") token.name = value;
        if (key == "right" && value == "publish") token.right = auth::media_right::publish;
        if (key == "right" && value == "play") token.right = auth::media_right::play;
        if (key == "seconds") read_number(value, seconds);
    }
    if (seconds < 1 || seconds > token_seconds_max) {
        return fmt::format(R"({{"error":"expected a life of 1 to {} seconds"}})", token_seconds_max);
    }
    token.expires += std::chrono::seconds(seconds);
    const auto key = crypto::system_random_key();
    std::copy_n(key.begin(), token.nonce.size(), token.nonce.begin());
    const auto signed_text = auth::sign(token, token_secrets_.front());
    if (!signed_text) return fmt::format(R"({{"error":"{}"}})", signed_text.error().message());
    return fmt::format(R"({{"token":"{}"}})", *signed_text);
}

/// Of "room=ROOM role=ROLE uses=N seconds=S name=NAME".
std::string server::impl::sign_invitation(std::string_view request) const {
    invitation wanted;
    std::int64_t seconds = 0;
    while (!request.empty()) {
        const auto [key, value] = take_word(request, "name");
        if (key == "room") wanted.room = value;
        if (key == "role" && value == "presenter") wanted.role = meeting_role::presenter;
        if (key == "role" && value == "moderator") wanted.role = meeting_role::moderator;
        if (key == "uses") read_number(value, wanted.uses);
        if (key == "seconds") read_number(value, seconds);
        if (key == "name") wanted.name = value;
    }
    wanted.life = std::chrono::seconds(seconds);
    const auto made = meetings().invite(wanted);
    if (!made) return fmt::format(R"({{"error":"{}"}})", made.error().message());
    return fmt::format(R"({{"token":"{}"}})", *made);
}

/// Of "room=ROOM right=RIGHT pad=PAD seconds=S person=PERSON name=NAME".
std::string server::impl::sign_pad_token(std::string_view request) const {
    auth::pad_token token;
    token.right = auth::pad_right::write;
    std::int64_t seconds = 3600;
    while (!request.empty()) {
        const auto [key, value] = take_word(request, "name");
        if (key == "room") token.room = value;
        if (key == "pad") token.pad = value;
        if (key == "right" && value == "read") token.right = auth::pad_right::read;
        if (key == "right" && value == "manage") token.right = auth::pad_right::manage;
        if (key == "seconds") read_number(value, seconds);
        if (key == "person") token.person = value;
        if (key == "name") token.name = value;
    }
    if (seconds < 1 || seconds > token_seconds_max) {
        return fmt::format(R"({{"error":"expected a life of 1 to {} seconds"}})", token_seconds_max);
    }
    token.expires = net::wall_now() + std::chrono::seconds(seconds);
    const auto signed_text = auth::sign(token, token_secrets_.front());
    if (!signed_text) return fmt::format(R"({{"error":"{}"}})", signed_text.error().message());
    return fmt::format(R"({{"token":"{}"}})", *signed_text);
}

// People of meetings.

rooms::pads_given server::impl::give_pads(const std::string& room, const rooms::person_info& to) const {
    auth::pad_token token;
    token.room = room;
    token.right = static_cast<auth::pad_right>(pad_right_of(to.acts_as));
    token.person = person_prefix + to.id;
    token.name = to.name;
    token.expires = net::wall_now() + pad_token_life;
    const auto made = auth::sign(token, token_secrets_.front());
    if (!made) return {};  // a name that is too long for a token: there is none
    return {*made, std::chrono::duration_cast<rooms::wall_time>(token.expires.time_since_epoch())};
}

std::optional<pads::right> server::impl::live_right(std::string_view room, std::string_view person) {
    if (!person.starts_with(person_prefix)) return std::nullopt;
    std::optional<pads::right> found;
    calls_->look_at(std::string(room), [&](const rooms::meeting& meeting) {
        const auto known = meeting.find_person(rooms::participant_id(person.substr(person_prefix.size())));
        if (known) found = pad_right_of(known->acts_as);
    });
    return found;
}

/// What of it is the caller's to judge: the room, and its uses.
result<auth::room_token> server::impl::verify_invitation(std::string_view text) const {
    auto read = auth::verify_room_token(text, token_secrets_, net::wall_now());
    if (!read) return read;
    if (!revoked_->known()) return auth::token_errc::not_yet_known;
    if (revoked_->has(auth::base64url(read->id))) return auth::token_errc::revoked;
    return read;
}

/// A token of a pad, or an invitation, which opens the notes of its room to whom it lets in without anybody's
/// help. One whose uses are counted is spent by entering the room.
result<auth::pad_token> server::impl::verify_for_pads(std::string_view token) const {
    const auto now = net::wall_now();
    auto own = auth::verify_pad_token(token, token_secrets_, now);
    if (own) return own;
    const auto invited = verify_invitation(token);
    if (!invited && own.error().code() == auth::token_errc::malformed) return invited.error();
    if (!invited || invited->uses != 0) return own;
    bool has_lobby = false;
    calls_->look_at(invited->room, [&](const rooms::meeting& meeting) { has_lobby = meeting.room().lobby; });
    if (has_lobby && invited->acts_as == auth::room_role::viewer) return own;
    return auth::pad_token{.room = invited->room,
                           .pad = {},
                           .right = static_cast<auth::pad_right>(pad_right_of(role_of(invited->acts_as))),
                           .person = {},
                           .name = invited->name,
                           .expires = invited->expires};
}

bool server::impl::presents(std::string_view room, std::string_view person) {
    if (!person.starts_with(person_prefix)) return false;
    bool found = false;
    calls_->look_at(std::string(room), [&](const rooms::meeting& meeting) {
        const auto known = meeting.find_person(rooms::participant_id(person.substr(person_prefix.size())));
        found = known && known->acts_as != rooms::role::viewer;
    });
    return found;
}

void server::impl::tell_pads(const std::string& room, const rooms::event& what) {
    if (const auto* const changed = std::get_if<rooms::got_role>(&what))
        pads_->change_right(room, person_prefix + changed->id, pad_right_of(changed->acts_as));
    const auto* const gone = std::get_if<rooms::went_away>(&what);
    if (gone != nullptr && (gone->why == rooms::departure::removed || gone->why == rooms::departure::banned))
        pads_->dismiss(room, person_prefix + gone->id);
}

}  // namespace conf::inline v0
