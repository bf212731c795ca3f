/// Hashes and message authentication codes; OpenSSL is behind it and nowhere else in the cores.
#pragma once

#include "libconf/base/bytes.hpp"

#include <array>
#include <initializer_list>

namespace conf::crypto {

using md5_digest = std::array<std::byte, 16>;
using sha1_digest = std::array<std::byte, 20>;
using sha256_digest = std::array<std::byte, 32>;

/// All take their message in parts, so that nobody has to join them first. Thread: any.
[[nodiscard]] md5_digest md5(std::initializer_list<bytes> parts);
[[nodiscard]] sha256_digest sha256(std::initializer_list<bytes> parts);
[[nodiscard]] sha1_digest hmac_sha1(bytes key, std::initializer_list<bytes> parts);
[[nodiscard]] sha256_digest hmac_sha256(bytes key, std::initializer_list<bytes> parts);

/// Compares in a time that depends on the sizes only. False for different sizes.
[[nodiscard]] bool equal_in_constant_time(bytes a, bytes b) noexcept;

/// Overwrites a secret that is no longer needed; the compiler cannot leave it out.
void wipe(mutable_bytes secret) noexcept;

}  // namespace conf::crypto
