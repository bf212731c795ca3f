/// Access tokens: a signed "may publish, play or both in this room until then".
#pragma once

#include "libconf/auth/base64url.hpp"
#include "libconf/auth/names.hpp"
#include "libconf/auth/token_text.hpp"

#include <conf/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace conf::auth {

enum class media_right : std::uint8_t { publish = 1, play = 2, both = 3 };

struct access_token {
    std::string room;
    media_right right = media_right::play;
    std::string name;     ///< the only name to publish as; empty: any
    unix_time expires;    ///< the first second in which it is worthless
    token_nonce nonce{};  ///< random: two tokens are never the same

    friend bool operator==(const access_token&, const access_token&) = default;
};

inline constexpr std::string_view token_prefix = "ct1.";
/// Right, expiry, nonce, and two texts with their lengths.
inline constexpr std::size_t claims_bytes_max = 1 + 8 + 16 + 2 * (1 + name_chars_max);
inline constexpr std::size_t token_chars_max =
    token_prefix.size() + base64url_chars(claims_bytes_max) + 1 + base64url_chars(32);
/// The token's text, in characters that a Bearer header takes (RFC 6750 §2.1).
[[nodiscard]] result<std::string> sign(const access_token& token, std::string_view secret);

/// The token whose signature one of `secrets` made, expired or not: `malformed` or `bad_signature`. Several
/// secrets are valid at once, so that they rotate without a gap.
[[nodiscard]] result<access_token> read_signed(std::string_view text, std::span<const std::string> secrets);

/// The same for one that is still valid, or `expired`.
[[nodiscard]] result<access_token> verify(std::string_view text, std::span<const std::string> secrets,
                                          unix_time now);

/// Whether the token is for this room: `other_room`; this right: `other_right`; this name, where it is bound
/// to one and `right` includes publishing: `other_name`.
[[nodiscard]] result<void> admits(const access_token& token, std::string_view room, media_right right,
                                  std::string_view name);

}  // namespace conf::auth
