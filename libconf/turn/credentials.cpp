#include "libconf/turn/credentials.hpp"

#include "libconf/crypto/base64.hpp"
#include "libconf/crypto/digest.hpp"

#include <algorithm>
#include <charconv>

namespace conf::turn {
namespace {

/// The name itself, or the static user whose USERHASH stands in the request. Time-limited names cannot be
/// found by their hash, which is why the nonce does not offer username anonymity.
std::optional<std::string> name_in(const stun::message& request, const settings& settings) {
    if (const auto name = request.find(stun::attribute_type::username)) return std::string(as_text(*name));
    const auto hash = request.find(stun::attribute_type::userhash);
    if (!hash) return std::nullopt;
    for (const auto& [name, password] : settings.users) {
        if (std::ranges::equal(stun::userhash(name, settings.realm), *hash)) return name;
    }
    return std::nullopt;
}

}  // namespace

std::string rest_password(std::string_view secret, std::string_view username) {
    return crypto::base64(crypto::hmac_sha1(as_bytes(secret), {as_bytes(username)}));
}

std::optional<unix_time> rest_expiry(std::string_view username) {
    const auto digits = username.substr(0, username.find(':'));
    std::int64_t seconds_since_1970 = 0;
    const auto [end, failed] =
        std::from_chars(digits.data(), digits.data() + digits.size(), seconds_since_1970);
    if (failed != std::errc{} || end != digits.data() + digits.size() || seconds_since_1970 < 0)
        return std::nullopt;
    return unix_time(std::chrono::seconds(seconds_since_1970));
}

bool signed_with(const stun::message& request, const stun::long_term_key& key) {
    if (request.integrity_sha256_at()) return stun::integrity_sha256_holds(request, key.raw());
    return stun::integrity_holds(request, key.raw());
}

std::optional<authenticated_user> authenticate(const stun::message& request,
                                               stun::password_algorithm algorithm, const settings& settings,
                                               unix_time now) {
    const auto name = name_in(request, settings);
    if (!name) return std::nullopt;
    const auto try_password = [&](std::string_view password,
                                  quota_book::user_kind kind) -> std::optional<authenticated_user> {
        const stun::long_term_key key(algorithm, *name, settings.realm, password);
        if (!signed_with(request, key)) return std::nullopt;
        return authenticated_user{*name, kind, key};
    };
    if (const auto user = settings.users.find(*name); user != settings.users.end()) {
        return try_password(user->second, quota_book::user_kind::fixed);
    }
    const auto expiry = rest_expiry(*name);
    if (!expiry || *expiry < now) return std::nullopt;
    for (const auto& secret : settings.secrets) {
        if (auto user = try_password(rest_password(secret, *name), quota_book::user_kind::time_limited))
            return user;
    }
    return std::nullopt;
}

}  // namespace conf::turn
