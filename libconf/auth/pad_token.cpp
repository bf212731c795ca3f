#include "libconf/auth/pad_token.hpp"

#include <optional>
#include <utility>

namespace conf::auth {
namespace {

constexpr std::size_t text_bytes_max = 255;

// Right, expiry, and four texts with their lengths.
constexpr token_kind pad_kind{"pt1.", "libconf pad token 1",
                              1 + 8 + 2 * (1 + name_chars_max) + 2 * (1 + text_bytes_max)};

std::optional<pad_token> read_pad_claims(bytes from) {
    claims_reader claims(from);
    const auto right = claims.number(1);
    const auto expires = claims.time();
    if (!right || *right < 1 || *right > 3 || !expires) return std::nullopt;
    auto room = claims.text();
    auto pad = claims.text();
    auto person = claims.text();
    auto name = claims.text();
    if (!room || !pad || !person || !name || !claims.at_end() || !is_name(*room)) return std::nullopt;
    if (!pad->empty() && !is_name(*pad)) return std::nullopt;
    return pad_token{std::move(*room),   std::move(*pad),  static_cast<pad_right>(*right),
                     std::move(*person), std::move(*name), *expires};
}

}  // namespace

result<std::string> sign(const pad_token& token, std::string_view secret) {
    const auto expires = token.expires.time_since_epoch().count();
    if (!is_name(token.room)) return token_errc::bad_room;
    if (!token.pad.empty() && !is_name(token.pad)) return token_errc::bad_name;
    if (token.person.size() > text_bytes_max || token.name.size() > text_bytes_max)
        return token_errc::bad_name;
    if (expires < 0 || expires > expiry_max) return token_errc::bad_expiry;
    claims_writer claims;
    claims.number(static_cast<std::uint64_t>(token.right), 1);
    claims.number(static_cast<std::uint64_t>(expires), 8);
    claims.text(token.room);
    claims.text(token.pad);
    claims.text(token.person);
    claims.text(token.name);
    return sign_claims(pad_kind, claims.written(), secret);
}

result<pad_token> verify_pad_token(std::string_view text, std::span<const std::string> secrets,
                                   unix_time now) {
    const auto claims = read_signed_claims(pad_kind, text, secrets);
    if (!claims) return claims.error();
    auto made = read_pad_claims(*claims);
    if (!made) return token_errc::malformed;
    if (now >= made->expires) return token_errc::expired;
    return std::move(*made);
}

result<void> admits(const pad_token& token, std::string_view room, std::string_view pad, pad_right right) {
    if (token.room != room) return token_errc::other_room;
    if (!pad.empty() && !token.pad.empty() && token.pad != pad) return token_errc::other_name;
    if (token.right < right) return token_errc::other_right;
    return {};
}

}  // namespace conf::auth
