/// ICE user name fragments and passwords (RFC 8445 §5.3).
#pragma once

#include "libconf/crypto/random.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace conf::ice {

struct credentials {
    std::string ufrag;
    std::string pwd;

    friend bool operator==(const credentials&, const credentials&) = default;
};

/// SEC-ICE-6: RFC 8445 wants 4 and 22 characters, of 6 bits each.
inline constexpr std::size_t ufrag_bytes = 8;
inline constexpr std::size_t pwd_bytes = 32;

/// The first character of the fragment tells the shard, so that a datagram that lands on the wrong one finds
/// its way. Precondition: `shard` < 64.
[[nodiscard]] credentials make_credentials(crypto::keyed_random& random, std::uint8_t shard);
/// Nothing for a fragment that we did not make.
[[nodiscard]] std::optional<std::uint8_t> shard_of(std::string_view ufrag) noexcept;

/// RFC 8839 §5.4: ice-char, and the lengths a peer may use.
[[nodiscard]] bool is_valid_ufrag(std::string_view text) noexcept;
[[nodiscard]] bool is_valid_pwd(std::string_view text) noexcept;

}  // namespace conf::ice
