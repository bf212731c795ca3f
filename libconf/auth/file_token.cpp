#include "libconf/auth/file_token.hpp"

#include <optional>
#include <utility>

namespace conf::auth {
namespace {

// Role, expiry, and two texts with their lengths.
constexpr token_kind file_kind{"ft1.", "libconf file token 1",
                               1 + 8 + (1 + name_chars_max) + (1 + token_text_bytes_max)};

std::optional<file_token> read_file_claims(bytes from) {
    claims_reader claims(from);
    const auto acts_as = claims.number(1);
    const auto expires = claims.time();
    if (!acts_as || *acts_as < 1 || *acts_as > 3 || !expires) return std::nullopt;
    auto room = claims.text();
    auto person = claims.text();
    if (!room || !person || !claims.at_end() || !is_name(*room)) return std::nullopt;
    return file_token{std::move(*room), static_cast<room_role>(*acts_as), std::move(*person), *expires};
}

}  // namespace

result<std::string> sign(const file_token& token, std::string_view secret) {
    const auto expires = token.expires.time_since_epoch().count();
    if (!is_name(token.room)) return token_errc::bad_room;
    if (token.person.size() > token_text_bytes_max) return token_errc::bad_name;
    if (expires < 0 || expires > expiry_max) return token_errc::bad_expiry;
    claims_writer claims;
    claims.number(static_cast<std::uint64_t>(token.acts_as), 1);
    claims.number(static_cast<std::uint64_t>(expires), 8);
    claims.text(token.room);
    claims.text(token.person);
    return sign_claims(file_kind, claims.written(), secret);
}

result<file_token> verify_file_token(std::string_view text, std::span<const std::string> secrets,
                                     unix_time now) {
    const auto claims = read_signed_claims(file_kind, text, secrets);
    if (!claims) return claims.error();
    auto made = read_file_claims(*claims);
    if (!made) return token_errc::malformed;
    if (now >= made->expires) return token_errc::expired;
    return std::move(*made);
}

}  // namespace conf::auth
