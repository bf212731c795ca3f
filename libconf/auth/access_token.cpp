#include "libconf/auth/access_token.hpp"

#include "libconf/base/bytes.hpp"
#include "libconf/crypto/digest.hpp"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace conf::auth {
namespace {

// Signed with the claims, so that no other use of the same secret can make a token.
constexpr std::string_view purpose = "libconf access token 1";

class token_error_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "conf.token"; }

    [[nodiscard]] std::string message(int code) const override {
        switch (static_cast<token_errc>(code)) {
            case token_errc::malformed: return "this is not an access token; ask for a new one";
            case token_errc::bad_signature:
                return "the access token was changed or signed by somebody else; ask for a new one";
            case token_errc::expired: return "the access token has expired; ask for a new one";
            case token_errc::other_room: return "the access token is for another room";
            case token_errc::other_right: return "the access token does not allow this";
            case token_errc::other_name: return "the access token is for another participant";
            case token_errc::bad_room:
                return "a room's name is 1 to 64 letters, digits, \"-\", \"_\" or \".\"";
            case token_errc::bad_name:
                return "a participant's name is 1 to 64 letters, digits, \"-\", \"_\" or \".\"";
            case token_errc::bad_expiry: return "a token expires between the years 1970 and 9999";
            case token_errc::weak_secret: return "a secret for tokens has at least 16 bytes";
        }
        return "unknown token error";
    }
};

crypto::sha256_digest signature_of(bytes claims, std::string_view secret) {
    return crypto::hmac_sha256(as_bytes(secret), {as_bytes(purpose), claims});
}

void append_text(std::vector<std::byte>& to, std::string_view text) {
    to.push_back(static_cast<std::byte>(text.size()));
    const auto raw = as_bytes(text);
    to.insert(to.end(), raw.begin(), raw.end());
}

std::vector<std::byte> write_claims(const access_token& token) {
    std::vector<std::byte> made;
    made.reserve(claims_bytes_max);
    made.push_back(static_cast<std::byte>(token.right));
    const auto expires = static_cast<std::uint64_t>(token.expires.time_since_epoch().count());
    for (int shift = 56; shift >= 0; shift -= 8) made.push_back(static_cast<std::byte>(expires >> shift));
    made.insert(made.end(), token.nonce.begin(), token.nonce.end());
    append_text(made, token.room);
    append_text(made, token.name);
    return made;
}

// Takes a length and so many characters from the front.
std::optional<std::string> take_text(bytes& from) {
    if (from.empty()) return std::nullopt;
    const std::size_t size = load_u8(from, 0);
    if (from.size() - 1 < size) return std::nullopt;
    std::string made(as_text(from.subspan(1, size)));
    from = from.subspan(1 + size);
    return made;
}

std::optional<access_token> read_claims(bytes from) {
    access_token made;
    constexpr std::size_t fixed = 1 + 8 + std::tuple_size_v<token_nonce>;
    if (from.size() < fixed) return std::nullopt;
    const auto right = load_u8(from, 0);
    if (right < 1 || right > 3) return std::nullopt;
    made.right = static_cast<media_right>(right);
    const auto expires = std::uint64_t{load_u32(from, 1)} << 32U | load_u32(from, 5);
    if (expires > static_cast<std::uint64_t>(expiry_max)) return std::nullopt;
    made.expires = unix_time(std::chrono::seconds(static_cast<std::int64_t>(expires)));
    std::ranges::copy(from.subspan(9, made.nonce.size()), made.nonce.begin());
    from = from.subspan(fixed);

    auto room = take_text(from);
    auto name = take_text(from);
    if (!room || !name || !from.empty()) return std::nullopt;
    if (!is_name(*room) || (!name->empty() && !is_name(*name))) return std::nullopt;
    made.room = std::move(*room);
    made.name = std::move(*name);
    return made;
}

}  // namespace

result<std::string> sign(const access_token& token, std::string_view secret) {
    const auto expires = token.expires.time_since_epoch().count();
    if (secret.size() < secret_bytes_min) return token_errc::weak_secret;
    if (!is_name(token.room)) return token_errc::bad_room;
    if (!token.name.empty() && !is_name(token.name)) return token_errc::bad_name;
    if (expires < 0 || expires > expiry_max) return token_errc::bad_expiry;
    const auto claims = write_claims(token);
    std::string made(token_prefix);
    made += base64url(claims);
    made += '.';
    made += base64url(signature_of(claims, secret));
    return made;
}

result<access_token> read_signed(std::string_view text, std::span<const std::string> secrets) {
    if (text.size() > token_chars_max || !text.starts_with(token_prefix)) return token_errc::malformed;
    text.remove_prefix(token_prefix.size());
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return token_errc::malformed;
    const auto claims = from_base64url(text.substr(0, dot));
    const auto signature = from_base64url(text.substr(dot + 1));
    if (!claims || !signature || signature->size() != sizeof(crypto::sha256_digest)) {
        return token_errc::malformed;
    }
    // Every secret is tried, so the time says nothing about which one it was.
    bool signed_by_us = false;
    for (const auto& secret : secrets) {
        if (secret.size() < secret_bytes_min) continue;
        signed_by_us |= crypto::equal_in_constant_time(signature_of(*claims, secret), *signature);
    }
    if (!signed_by_us) return token_errc::bad_signature;
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

const std::error_category& token_category() noexcept {
    static const token_error_category category;
    return category;
}

}  // namespace conf::auth
