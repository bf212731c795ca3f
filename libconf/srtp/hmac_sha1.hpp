/// HMAC-SHA1 for one key and many short messages (RFC 2104), without an allocation.
#pragma once

#include "libconf/base/bytes.hpp"

#include <array>
#include <cstdint>

namespace conf::srtp {

/// The two blocks that depend on the key alone are hashed once. Wiped when it is destroyed.
class hmac_sha1 {
public:
    using chaining_value = std::array<std::uint32_t, 5>;
    using digest = std::array<std::byte, 20>;

    hmac_sha1() = default;
    /// Precondition: `key` is not longer than a block of SHA-1, 64 bytes.
    explicit hmac_sha1(bytes key);
    hmac_sha1(const hmac_sha1&) = default;
    hmac_sha1& operator=(const hmac_sha1&) = default;
    ~hmac_sha1();

    [[nodiscard]] digest of(bytes message) const;

    /// What SHA-1 has come to after the key XORed with ipad, and with opad.
    [[nodiscard]] const chaining_value& inner() const noexcept { return inner_; }
    [[nodiscard]] const chaining_value& outer() const noexcept { return outer_; }

private:
    chaining_value inner_{};
    chaining_value outer_{};
};

}  // namespace conf::srtp
