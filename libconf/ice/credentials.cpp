#include "libconf/ice/credentials.hpp"

#include "libconf/base/check.hpp"

#include <algorithm>

namespace conf::ice {
namespace {

constexpr std::string_view ice_chars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string random_text(crypto::keyed_random& random, std::size_t size) {
    std::string made(size, ' ');
    for (auto& each : made) each = ice_chars[random.below(ice_chars.size())];
    return made;
}

bool is_ice_text(std::string_view text, std::size_t least) noexcept {
    constexpr std::size_t most = 256;
    return text.size() >= least && text.size() <= most && text.find_first_not_of(ice_chars) == text.npos;
}

}  // namespace

credentials make_credentials(crypto::keyed_random& random, std::uint8_t shard) {
    check(shard < ice_chars.size());
    return {ice_chars[shard] + random_text(random, ufrag_bytes - 1), random_text(random, pwd_bytes)};
}

std::optional<std::uint8_t> shard_of(std::string_view ufrag) noexcept {
    if (ufrag.size() != ufrag_bytes) return std::nullopt;
    const auto found = ice_chars.find(ufrag.front());
    if (found == ice_chars.npos) return std::nullopt;
    return static_cast<std::uint8_t>(found);
}

bool is_valid_ufrag(std::string_view text) noexcept {
    return is_ice_text(text, 4);
}

bool is_valid_pwd(std::string_view text) noexcept {
    return is_ice_text(text, 22);
}

}  // namespace conf::ice
