#include "libconf/auth/room_token.hpp"

#include <optional>
#include <utility>

namespace conf::auth {
namespace {

// Kind, role, uses, expiry, id, and three texts with their lengths.
constexpr token_kind room_kind{"rt1.", "libconf room token 1",
                               1 + 1 + 4 + 8 + 16 + (1 + name_chars_max) + 2 * (1 + token_text_bytes_max)};

std::optional<room_token> read_room_claims(bytes from) {
    claims_reader claims(from);
    const auto which = claims.number(1);
    const auto acts_as = claims.number(1);
    const auto uses = claims.number(4);
    const auto expires = claims.time();
    room_token made;
    if (!which || *which < 1 || *which > 2 || !acts_as || *acts_as < 1 || *acts_as > 3) return std::nullopt;
    if (!uses || !expires || !claims.raw(made.id)) return std::nullopt;
    auto room = claims.text();
    auto name = claims.text();
    auto user = claims.text();
    if (!room || !name || !user || !claims.at_end() || !is_name(*room)) return std::nullopt;
    made.kind = static_cast<room_token_kind>(*which);
    made.acts_as = static_cast<room_role>(*acts_as);
    made.uses = static_cast<std::uint32_t>(*uses);
    made.expires = *expires;
    made.room = std::move(*room);
    made.name = std::move(*name);
    made.user = std::move(*user);
    return made;
}

}  // namespace

result<std::string> sign(const room_token& token, std::string_view secret) {
    const auto expires = token.expires.time_since_epoch().count();
    if (!is_name(token.room)) return token_errc::bad_room;
    if (token.name.size() > token_text_bytes_max || token.user.size() > token_text_bytes_max) {
        return token_errc::bad_name;
    }
    if (expires < 0 || expires > expiry_max) return token_errc::bad_expiry;
    claims_writer claims;
    claims.number(static_cast<std::uint64_t>(token.kind), 1);
    claims.number(static_cast<std::uint64_t>(token.acts_as), 1);
    claims.number(token.kind == room_token_kind::join ? 1 : token.uses, 4);
    claims.number(static_cast<std::uint64_t>(expires), 8);
    claims.raw(token.id);
    claims.text(token.room);
    claims.text(token.name);
    claims.text(token.user);
    return sign_claims(room_kind, claims.written(), secret);
}

result<room_token> verify_room_token(std::string_view text, std::span<const std::string> secrets,
                                     unix_time now) {
    const auto claims = read_signed_claims(room_kind, text, secrets);
    if (!claims) return claims.error();
    auto made = read_room_claims(*claims);
    if (!made) return token_errc::malformed;
    if (now >= made->expires) return token_errc::expired;
    return std::move(*made);
}

}  // namespace conf::auth
