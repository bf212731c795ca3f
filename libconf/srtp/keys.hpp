/// SRTP protection profiles and keys (RFC 3711, RFC 5764, RFC 7714).
#pragma once

#include "libconf/base/bytes.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace conf::srtp {

/// The values are those of the use_srtp extension (RFC 5764 §4.1.2, RFC 7714 §14.2).
enum class profile : std::uint16_t {
    aes128_cm_sha1_80 = 0x0001,
    aead_aes_128_gcm = 0x0007,
    aead_aes_256_gcm = 0x0008,
};

struct profile_sizes {
    std::size_t key = 0;
    std::size_t salt = 0;
    std::size_t tag = 0;  ///< what protection adds to an RTP packet
};
[[nodiscard]] profile_sizes sizes_of(profile which) noexcept;
[[nodiscard]] std::string_view name_of(profile which) noexcept;

inline constexpr std::size_t tag_bytes_max = 16;

/// A master key with its master salt. Wiped when it is destroyed.
class master_key {
public:
    master_key() = default;
    /// Precondition: the sizes are those of the profile.
    master_key(srtp::profile which, bytes key, bytes salt);
    master_key(const master_key&) = default;
    master_key& operator=(const master_key&) = default;
    ~master_key();

    [[nodiscard]] srtp::profile profile() const noexcept { return profile_; }
    [[nodiscard]] bytes key() const noexcept { return bytes(material_).first(sizes_of(profile_).key); }
    [[nodiscard]] bytes salt() const noexcept {
        return bytes(material_).subspan(sizes_of(profile_).key, sizes_of(profile_).salt);
    }

private:
    srtp::profile profile_ = srtp::profile::aead_aes_128_gcm;
    std::array<std::byte, 32 + 14> material_{};
};

struct key_pair {
    master_key inbound;   ///< protects what the peer sends
    master_key outbound;  ///< protects what we send
};

/// How much the handshake has to export: both keys, then both salts (RFC 5764 §4.2).
[[nodiscard]] std::size_t exported_bytes(profile which) noexcept;
/// Cuts the exported keying material. Precondition: it has `exported_bytes(which)` bytes.
[[nodiscard]] key_pair split_exported(profile which, bytes exported, bool we_are_client);

/// What session keys are for (RFC 3711 §4.3.2).
enum class key_label : std::uint8_t {
    encryption = 0,
    authentication = 1,
    salt = 2,
    rtcp_encryption = 3,
    rtcp_authentication = 4,
    rtcp_salt = 5,
};
inline constexpr std::size_t auth_key_bytes = 20;
/// The key derivation of RFC 3711 §4.3.3, with no key derivation rate.
void derive(const master_key& from, key_label label, mutable_bytes out);

}  // namespace conf::srtp
