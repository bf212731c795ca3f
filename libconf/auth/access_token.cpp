#include "libconf/auth/access_token.hpp"

#include <optional>
#include <utility>

namespace conf::auth {
namespace {

constexpr token_kind kind{token_prefix, "libconf access token 1", claims_bytes_max};

std::optional<access_token> read_claims(bytes from) {
    claims_reader claims(from);
    const auto right = claims.number(1);
    const auto expires = claims.time();
    access_token made;
    if (!right || *right < 1 || *right > 3 || !expires || !claims.raw(made.nonce)) return std::nullopt;
    auto room = claims.text();
    auto name = claims.text();
    if (!room || !name || !claims.at_end()) return std::nullopt;
    if (!is_name(*room) || (!name->empty() && !is_name(*name))) return std::nullopt;
    made.right = static_cast<media_right>(*right);
    made.expires = *expires;
    made.room = std::move(*room);
    made.name = std::move(*name);
    return made;
}

}  // namespace

result<std::string> sign(const access_token& token, std::string_view secret) {
    const auto expires = token.expires.time_since_epoch().count();
    if (!is_name(token.room)) return token_errc::bad_room;
    if (!token.name.empty() && !is_name(token.name)) return token_errc::bad_name;
    if (expires < 0 || expires > expiry_max) return token_errc::bad_expiry;
    claims_writer claims;
    claims.number(static_cast<std::uint64_t>(token.right), 1);
    claims.number(static_cast<std::uint64_t>(expires), 8);
    claims.raw(token.nonce);
    claims.text(token.room);
    claims.text(token.name);
    return sign_claims(kind, claims.written(), secret);
}

result<access_token> read_signed(std::string_view text, std::span<const std::string> secrets) {
    const auto claims = read_signed_claims(kind, text, secrets);
    if (!claims) return claims.error();
    auto made = read_claims(*claims);
    if (!made) return token_errc::malformed;
    return std::move(*made);
}

result<access_token> verify(std::string_view text, std::span<const std::string> secrets, unix_time now) {
    auto made = read_signed(text, secrets);
    if (made && now >= made->expires) return token_errc::expired;
    return made;
}

result<void> admits(const access_token& token, std::string_view room, media_right right,
                    std::string_view name) {
    const auto has = static_cast<unsigned>(token.right);
    const auto wanted = static_cast<unsigned>(right);
    const auto publishes = (wanted & static_cast<unsigned>(media_right::publish)) != 0;
    if (token.room != room) return token_errc::other_room;
    if ((has & wanted) != wanted) return token_errc::other_right;
    if (publishes && !token.name.empty() && token.name != name) return token_errc::other_name;
    return {};
}

}  // namespace conf::auth
