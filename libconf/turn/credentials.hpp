/// From a user name to the keys it may have signed with.
#pragma once

#include "libconf/base/time.hpp"
#include "libconf/stun/integrity.hpp"
#include "libconf/turn/options.hpp"
#include "libconf/turn/quota_book.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace conf::turn {

/// The password of a time-limited credential: base64(HMAC-SHA1(secret, username)).
[[nodiscard]] std::string rest_password(std::string_view secret, std::string_view username);

/// The expiry in "expiry:user"; nothing for a name that is no time-limited one.
[[nodiscard]] std::optional<unix_time> rest_expiry(std::string_view username);

struct authenticated_user {
    std::string name;
    quota_book::user_kind kind{};
    stun::long_term_key key;
};

/// Finds the user whose key signed `request`, of which the caller knows that it has an integrity attribute.
/// Static users are asked first, then each secret in turn, so that secrets rotate without a gap.
///
/// Nothing for an unknown or expired user and for a wrong signature alike: a stranger learns no difference.
[[nodiscard]] std::optional<authenticated_user> authenticate(const stun::message& request,
                                                             stun::password_algorithm algorithm,
                                                             const settings& settings, unix_time now);

/// Whether `key` signed `request`, with the integrity attribute it carries; the stronger one if it has both.
[[nodiscard]] bool signed_with(const stun::message& request, const stun::long_term_key& key);

}  // namespace conf::turn
