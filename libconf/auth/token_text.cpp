#include "libconf/auth/token_text.hpp"

#include "libconf/auth/base64url.hpp"
#include "libconf/crypto/digest.hpp"

#include <algorithm>

namespace conf::auth {
namespace {

class token_error_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "conf.token"; }

    [[nodiscard]] std::string message(int code) const override {
        switch (static_cast<token_errc>(code)) {
            case token_errc::malformed: return "this is not an access token; ask for a new one";
            case token_errc::bad_signature:
                return "the access token was changed or signed by somebody else; ask for a new one";
            case token_errc::expired: return "the access token has expired; ask for a new one";
            case token_errc::revoked: return "the link was taken back; ask for a new one";
            case token_errc::not_yet_known: return "the server has just started; try again in a moment";
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

crypto::sha256_digest signature_of(const token_kind& kind, bytes claims, std::string_view secret) {
    return crypto::hmac_sha256(as_bytes(secret), {as_bytes(kind.purpose), claims});
}

}  // namespace

result<std::string> sign_claims(const token_kind& kind, bytes claims, std::string_view secret) {
    if (secret.size() < secret_bytes_min) return token_errc::weak_secret;
    std::string made(kind.prefix);
    made += base64url(claims);
    made += '.';
    made += base64url(signature_of(kind, claims, secret));
    return made;
}

result<std::vector<std::byte>> read_signed_claims(const token_kind& kind, std::string_view text,
                                                  std::span<const std::string> secrets) {
    const auto chars_max = kind.prefix.size() + base64url_chars(kind.claims_bytes_max) + 1 +
                           base64url_chars(sizeof(crypto::sha256_digest));
    if (text.size() > chars_max || !text.starts_with(kind.prefix)) return token_errc::malformed;
    text.remove_prefix(kind.prefix.size());
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return token_errc::malformed;
    auto claims = from_base64url(text.substr(0, dot));
    const auto signature = from_base64url(text.substr(dot + 1));
    if (!claims || !signature || signature->size() != sizeof(crypto::sha256_digest)) {
        return token_errc::malformed;
    }
    // Every secret is tried, so the time says nothing about which one it was.
    bool signed_by_us = false;
    for (const auto& secret : secrets) {
        if (secret.size() < secret_bytes_min) continue;
        signed_by_us |= crypto::equal_in_constant_time(signature_of(kind, *claims, secret), *signature);
    }
    if (!signed_by_us) return token_errc::bad_signature;
    return std::move(*claims);
}

void claims_writer::number(std::uint64_t value, std::size_t size) {
    for (auto left = size; left-- > 0;) made_.push_back(static_cast<std::byte>(value >> (8 * left)));
}

void claims_writer::raw(bytes data) {
    made_.insert(made_.end(), data.begin(), data.end());
}

void claims_writer::text(std::string_view value) {
    number(value.size(), 1);
    raw(as_bytes(value));
}

std::optional<std::uint64_t> claims_reader::number(std::size_t size) {
    if (left_.size() < size) return std::nullopt;
    std::uint64_t made = 0;
    for (const auto one : left_.first(size)) made = made << 8U | std::to_integer<std::uint64_t>(one);
    left_ = left_.subspan(size);
    return made;
}

bool claims_reader::raw(mutable_bytes into) {
    if (left_.size() < into.size()) return false;
    std::ranges::copy(left_.first(into.size()), into.begin());
    left_ = left_.subspan(into.size());
    return true;
}

std::optional<std::string> claims_reader::text() {
    const auto size = number(1);
    if (!size || left_.size() < *size) return std::nullopt;
    std::string made(as_text(left_.first(*size)));
    left_ = left_.subspan(*size);
    return made;
}

std::optional<unix_time> claims_reader::time() {
    const auto seconds = number(8);
    if (!seconds || *seconds > static_cast<std::uint64_t>(expiry_max)) return std::nullopt;
    return unix_time(std::chrono::seconds(static_cast<std::int64_t>(*seconds)));
}

const std::error_category& token_category() noexcept {
    static const token_error_category category;
    return category;
}

}  // namespace conf::auth
