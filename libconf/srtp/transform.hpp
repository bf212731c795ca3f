/// What our own protectors share of the transforms of RFC 3711 and RFC 7714, whatever does the ciphers.
#pragma once

#include "libconf/srtp/hmac_sha1.hpp"
#include "libconf/srtp/protector.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace conf::srtp {

[[nodiscard]] inline std::uint32_t roc_of(const job& one) noexcept {
    return static_cast<std::uint32_t>(one.index >> 16);
}
[[nodiscard]] inline std::size_t bytes_before_tag(const job& one) noexcept {
    return one.header.size() + one.prefix.size() + one.payload.size();
}

/// 00 00, SSRC, ROC and SEQ, XORed with the salt (RFC 7714 §8.1).
using gcm_vector = std::array<std::byte, 12>;
[[nodiscard]] inline gcm_vector gcm_vector_of(const job& one, const gcm_vector& salt) noexcept {
    gcm_vector made{};
    store_u32(made, 2, load_u32(one.header, 8));
    store_u32(made, 6, roc_of(one));
    store_u16(made, 10, static_cast<std::uint16_t>(one.index));
    for (std::size_t i = 0; i < made.size(); ++i) made[i] ^= salt[i];
    return made;
}

/// The first counter block: SSRC * 2^64 XOR index * 2^16 XOR salt * 2^16 (RFC 3711 §4.1.1). The last two
/// bytes of the salt as it is kept here are zero.
using cm_vector = std::array<std::byte, 16>;
inline constexpr std::size_t cm_salt_bytes = 14;
[[nodiscard]] inline cm_vector cm_vector_of(const job& one, const cm_vector& salt) noexcept {
    cm_vector made{};
    store_u32(made, 4, load_u32(one.header, 8));
    store_u32(made, 8, roc_of(one));
    store_u16(made, 12, static_cast<std::uint16_t>(one.index));
    for (std::size_t i = 0; i < made.size(); ++i) made[i] ^= salt[i];
    return made;
}

/// HMAC-SHA1 cut to 80 bits (RFC 3711 §4.2.1). It is made of the packet and then the ROC, which is put where
/// the tag comes later: so both lie in one piece.
inline constexpr std::size_t cm_tag_bytes = 10;
inline constexpr std::size_t roc_bytes = 4;
inline void store_roc_as_tag(const job& one) noexcept {
    store_u32(mutable_bytes(one.out + bytes_before_tag(one), roc_bytes), 0, roc_of(one));
}
inline void store_tag(const job& one, const hmac_sha1::digest& cut) noexcept {
    std::copy_n(cut.begin(), cm_tag_bytes, one.out + bytes_before_tag(one));
}
inline void store_cm_tag(const job& one, const hmac_sha1& with) {
    store_roc_as_tag(one);
    store_tag(one, with.of(bytes(one.out, bytes_before_tag(one) + roc_bytes)));
}

}  // namespace conf::srtp
