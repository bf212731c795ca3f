/// What all signed tokens have in common: their text, their signature, and what is wrong with one.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/time.hpp"

#include <conf/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace conf::auth {

using token_nonce = std::array<std::byte, 16>;

/// A shorter secret signs nothing and makes no token valid: an empty one would let everybody in.
inline constexpr std::size_t secret_bytes_min = 16;
/// The last second of the year 9999.
inline constexpr std::int64_t expiry_max = 253402300799;

enum class token_errc {
    malformed = 1,  ///< not a token of ours
    bad_signature,  ///< changed, or signed with a secret that we do not have
    expired,
    revoked,        ///< taken back before it expired
    not_yet_known,  ///< the server has just started: whether it was revoked
    other_room,     ///< for another room
    other_right,    ///< for something else
    other_name,     ///< for another participant
    bad_room,       ///< of a token to be signed: not a room's name
    bad_name,       ///< not a participant's name
    bad_expiry,     ///< before 1970 or after 9999
    weak_secret,    ///< shorter than `secret_bytes_min`
};

/// How one kind of token is told from another. `purpose` is signed with the claims, so that no other use of
/// the same secret can make a token of this kind.
struct token_kind {
    std::string_view prefix;
    std::string_view purpose;
    std::size_t claims_bytes_max = 0;
};

/// The prefix, the claims in base64url, ".", HMAC-SHA256 in base64url: characters that a Bearer header takes
/// (RFC 6750 §2.1). `weak_secret`.
[[nodiscard]] result<std::string> sign_claims(const token_kind& kind, bytes claims, std::string_view secret);

/// The claims whose signature one of `secrets` made: `malformed` or `bad_signature`. What a token says is
/// looked at only after its signature, and the signature has no algorithm to choose (SEC-AUTH-9). Several
/// secrets are valid at once, so that they rotate without a gap.
[[nodiscard]] result<std::vector<std::byte>> read_signed_claims(const token_kind& kind, std::string_view text,
                                                                std::span<const std::string> secrets);

/// Claims are numbers of fixed size, and texts of at most 255 bytes with their length.
class claims_writer {
public:
    void number(std::uint64_t value, std::size_t size);
    void raw(bytes data);
    void text(std::string_view value);
    [[nodiscard]] bytes written() const noexcept { return made_; }

private:
    std::vector<std::byte> made_;
};

/// Nothing where the claims end too early.
class claims_reader {
public:
    explicit claims_reader(bytes from) : left_(from) {}

    [[nodiscard]] std::optional<std::uint64_t> number(std::size_t size);
    [[nodiscard]] bool raw(mutable_bytes into);
    [[nodiscard]] std::optional<std::string> text();
    /// 1970 to 9999.
    [[nodiscard]] std::optional<unix_time> time();
    [[nodiscard]] bool at_end() const noexcept { return left_.empty(); }

private:
    bytes left_;
};

[[nodiscard]] const std::error_category& token_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(token_errc code) noexcept {
    return {static_cast<int>(code), token_category()};
}

}  // namespace conf::auth

template <>
struct std::is_error_code_enum<conf::auth::token_errc> : std::true_type {};
