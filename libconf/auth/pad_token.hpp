/// Pad tokens: a signed "may read, write or manage this pad, or all pads of this room, until then".
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

/// Each holds the ones before it. Who manages also makes, names, locks and removes pads.
enum class pad_right : std::uint8_t { read = 1, write = 2, manage = 3 };

/// Good again and again until it expires: clients of y-websocket come back with the address that they have.
struct pad_token {
    std::string room;
    std::string pad;  ///< empty: every pad of the room
    pad_right right = pad_right::read;
    std::string person;  ///< client ids are bound to it, at most 255 bytes; empty: a guest
    std::string name;    ///< as people see it, at most 255 bytes; empty: he says it himself
    unix_time expires;   ///< the first second in which it is worthless

    friend bool operator==(const pad_token&, const pad_token&) = default;
};

/// @return `bad_room`, `bad_name` (person, name or pad), `bad_expiry`, `weak_secret`.
[[nodiscard]] result<std::string> sign(const pad_token& token, std::string_view secret);

/// The token whose signature one of `secrets` made and that is still valid: `malformed`, `bad_signature`,
/// `expired`.
[[nodiscard]] result<pad_token> verify_pad_token(std::string_view text, std::span<const std::string> secrets,
                                                 unix_time now);

/// Whether the token is for this pad: `other_room`, `other_name`; and for this right: `other_right`. An empty
/// `pad` asks about the room's list.
[[nodiscard]] result<void> admits(const pad_token& token, std::string_view room, std::string_view pad,
                                  pad_right right);

}  // namespace conf::auth
