/// Keys and packets for the tests of SRTP.
#pragma once

#include "libconf/crypto/random.hpp"
#include "libconf/srtp/keys.hpp"
#include "libconf/srtp/protector.hpp"

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace conf::test {

inline constexpr std::array profiles{srtp::profile::aes128_cm_sha1_80, srtp::profile::aead_aes_128_gcm,
                                     srtp::profile::aead_aes_256_gcm};

inline std::vector<std::byte> random_bytes(crypto::keyed_random& random, std::size_t size) {
    std::vector<std::byte> made(size);
    random.fill(made);
    return made;
}

inline srtp::master_key random_key(srtp::profile which, crypto::keyed_random& random) {
    const auto sizes = srtp::sizes_of(which);
    return {which, random_bytes(random, sizes.key), random_bytes(random, sizes.salt)};
}

/// A 12-byte header, with so many CSRCs and an extension block of `words` words.
inline std::vector<std::byte> rtp_header(std::uint32_t ssrc, std::uint16_t sequence, std::size_t words,
                                         crypto::keyed_random& random, std::size_t csrcs = 0) {
    const auto fixed = 12 + 4 * csrcs;
    std::vector<std::byte> made(fixed + (words > 0 ? 4 + 4 * words : 0));
    random.fill(made);
    made[0] = static_cast<std::byte>(0x80 | (words > 0 ? 0x10 : 0) | static_cast<int>(csrcs));
    store_u16(made, 2, sequence);
    store_u32(made, 8, ssrc);
    if (words > 0) {
        store_u16(made, fixed, 0xBEDE);
        store_u16(made, fixed + 2, static_cast<std::uint16_t>(words));
    }
    return made;
}

struct named_protector {
    std::string name;
    std::unique_ptr<srtp::protector> protector;
};

/// Every protector that works here, the multi-buffer library at each level that this processor has.
inline std::vector<named_protector> protectors_here() {
    std::vector<named_protector> made;
    for (const auto name : srtp::protector_names()) {
        if (auto one = srtp::make_protector(name)) made.push_back({std::string(name), std::move(one)});
    }
    using enum srtp::cpu_level;
    for (const auto& [level, name] :
         {std::pair{sse, "sse"}, {avx, "avx"}, {avx2, "avx2"}, {avx512, "avx512"}}) {
        if (auto one = srtp::make_ipsec_mb_protector(level)) {
            made.push_back({"ipsec_mb with " + std::string(name), std::move(one)});
        }
    }
    return made;
}

/// One packet through one protector; `prefix` bytes of the payload are given apart from the rest.
inline std::vector<std::byte> protect_one(srtp::protector& with, srtp::sending_key& key, bytes header,
                                          bytes payload, std::uint64_t index, std::size_t tag,
                                          std::size_t prefix = 0) {
    std::vector<std::byte> out(header.size() + payload.size() + tag);
    const srtp::job one{&key, header, payload.first(prefix), payload.subspan(prefix), index, out.data()};
    with.protect(std::span(&one, 1));
    out.resize(header.size() + payload.size() + tag);
    return out;
}

}  // namespace conf::test
