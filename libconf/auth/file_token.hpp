/// File tokens: a signed "may see what is shown in this room, and share there if presenter or moderator". The
/// room's signalling hands them to who is in; they stand in the addresses of pictures, where no header can be
/// set.
#pragma once

#include "libconf/auth/room_token.hpp"
#include "libconf/auth/token_text.hpp"

#include <conf/result.hpp>

#include <span>
#include <string>
#include <string_view>

namespace conf::auth {

struct file_token {
    std::string room;
    room_role acts_as = room_role::viewer;
    std::string person;  ///< who it was handed to: an id in the room
    unix_time expires;   ///< the first second in which it is worthless

    friend bool operator==(const file_token&, const file_token&) = default;
};

/// `bad_room`, `bad_name` (the person's id is too long), `bad_expiry`, `weak_secret`. The same claims make
/// the same token: so a browser finds in its cache what it has under one.
[[nodiscard]] result<std::string> sign(const file_token& token, std::string_view secret);

/// The token whose signature one of `secrets` made and that is still valid: `malformed`, `bad_signature`,
/// `expired`.
[[nodiscard]] result<file_token> verify_file_token(std::string_view text,
                                                   std::span<const std::string> secrets, unix_time now);

}  // namespace conf::auth
