/// Room tokens: a signed "may come into this room as a viewer, presenter or moderator, until then".
#pragma once

#include "libconf/auth/names.hpp"
#include "libconf/auth/token_text.hpp"

#include <conf/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace conf::auth {

/// An invitation is a link that is passed on, for days; a join token is for one person who is signed in
/// somewhere else, for minutes, once (SEC-ROOM-2).
enum class room_token_kind : std::uint8_t { invitation = 1, join = 2 };
enum class room_role : std::uint8_t { viewer = 1, presenter = 2, moderator = 3 };

struct room_token {
    room_token_kind kind = room_token_kind::invitation;
    std::string room;
    room_role acts_as = room_role::viewer;
    std::string name;        ///< as people see it; empty: who enters says it
    std::string user;        ///< of the account; empty: none
    std::uint32_t uses = 0;  ///< how many may enter with it; 0: any number. Of a join token always 1
    unix_time expires;       ///< the first second in which it is worthless
    token_nonce id{};        ///< random; uses are counted, and invitations taken back, by it

    friend bool operator==(const room_token&, const room_token&) = default;
};

/// Bytes of `name` and of `user`.
inline constexpr std::size_t token_text_bytes_max = 255;

/// @return `bad_room`, `bad_name` (too long), `bad_expiry`, `weak_secret`.
[[nodiscard]] result<std::string> sign(const room_token& token, std::string_view secret);

/// The token whose signature one of `secrets` made and that is still valid: `malformed`, `bad_signature`,
/// `expired`. Uses are the caller's to count.
[[nodiscard]] result<room_token> verify_room_token(std::string_view text,
                                                   std::span<const std::string> secrets, unix_time now);

}  // namespace conf::auth
