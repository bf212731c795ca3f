#include "libconf/turn/nonce.hpp"

#include "libconf/crypto/digest.hpp"
#include "libconf/turn/options.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace conf::turn {
namespace {

// "obMatJos2" and base64 of the 24 feature bits, of which bit 0 is the highest: 0x800000.
constexpr std::string_view cookie = "obMatJos2gAAA";
constexpr std::size_t second_at = cookie.size();
constexpr std::size_t mac_at = second_at + 8;

constexpr char hex_digit(unsigned value) noexcept {
    return "0123456789abcdef"[value & 0xF];
}

std::uint32_t second_of(instant now) noexcept {
    return static_cast<std::uint32_t>(std::chrono::duration_cast<seconds>(now.time_since_epoch()).count());
}

}  // namespace

nonce_maker::text nonce_maker::make(const ip_address& client, instant now) const {
    return make_at(client, second_of(now));
}

nonce_maker::text nonce_maker::make_at(const ip_address& client, std::uint32_t second) const {
    text out;
    std::ranges::copy(cookie, out.begin());
    for (std::size_t i = 0; i < 8; ++i) out[second_at + i] = hex_digit(second >> (28 - 4 * i));
    const auto stamp = as_bytes(std::string_view(out.data() + second_at, 8));
    const auto mac = crypto::hmac_sha256(key_, {stamp, client.raw()});
    for (std::size_t i = 0; i < 8; ++i) {
        const auto octet = std::to_integer<unsigned>(mac[i]);
        out[mac_at + 2 * i] = hex_digit(octet >> 4);
        out[mac_at + 2 * i + 1] = hex_digit(octet);
    }
    return out;
}

bool nonce_maker::is_fresh(bytes nonce, const ip_address& client, instant now) const {
    if (nonce.size() != text_bytes) return false;
    const auto given = as_text(nonce);
    std::uint32_t second = 0;
    const auto* stamp = given.data() + second_at;
    if (const auto [end, failed] = std::from_chars(stamp, stamp + 8, second, 16);
        failed != std::errc{} || end != stamp + 8) {
        return false;
    }
    // Unsigned: a second in the future is a very old one.
    if (second_of(now) - second > nonce_lifetime.count()) return false;
    const auto expected = make_at(client, second);
    return crypto::equal_in_constant_time(as_bytes(std::string_view(expected.data(), expected.size())),
                                          nonce);
}

}  // namespace conf::turn
