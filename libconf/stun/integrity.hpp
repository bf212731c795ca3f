/// Whether a STUN message is genuine: MESSAGE-INTEGRITY, MESSAGE-INTEGRITY-SHA256, FINGERPRINT (RFC 8489
/// §14.5 to §14.7).
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/stun/attributes.hpp"
#include "libconf/stun/message.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace conf::stun {

/// A long-term key: MD5 gives 16 bytes, SHA-256 gives 32.
class long_term_key {
public:
    long_term_key() = default;

    /// RFC 8489 §18.5.1: a hash over "username:realm:password". The strings must already be prepared
    /// (OpaqueString).
    long_term_key(password_algorithm algorithm, std::string_view username, std::string_view realm,
                  std::string_view password);

    [[nodiscard]] bytes raw() const noexcept { return bytes(key_).first(size_); }
    [[nodiscard]] password_algorithm algorithm() const noexcept {
        return size_ == 32 ? password_algorithm::sha256 : password_algorithm::md5;
    }

private:
    std::array<std::byte, 32> key_{};
    std::uint8_t size_ = 0;
};

/// Both compare in constant time and answer false where the attribute is missing.
[[nodiscard]] bool integrity_holds(const message& in, bytes key);
[[nodiscard]] bool integrity_sha256_holds(const message& in, bytes key);

/// True for a right FINGERPRINT; a message without one answers false.
[[nodiscard]] bool fingerprint_holds(const message& in);

/// The value of a FINGERPRINT that stands behind `before`, whose header length already counts it.
[[nodiscard]] std::uint32_t fingerprint_of(bytes before) noexcept;

/// RFC 8489 §14.4: SHA-256 over "username:realm".
[[nodiscard]] std::array<std::byte, 32> userhash(std::string_view username, std::string_view realm);

}  // namespace conf::stun
