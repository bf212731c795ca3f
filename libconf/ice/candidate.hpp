/// Candidates that a server offers (RFC 8445 §5.1, RFC 6544).
#pragma once

#include <cstdint>

namespace conf::ice {

/// RFC 8445 §5.1.2.1 for host candidates, whose type preference is 126. `local_preference` is the order among
/// our own: 65535 first. UDP stands before TCP (RFC 6544 §4.2): its passive candidates prefer less.
[[nodiscard]] constexpr std::uint32_t host_priority(bool tcp, std::uint16_t local_preference) noexcept {
    constexpr std::uint32_t type_preference = 126;
    constexpr std::uint32_t component = 1;
    // RFC 6544 §4.2: 2^13 * direction preference + other preference, where passive has 4 for host candidates,
    // so that UDP, with all 16 bits of its own, can stand before it.
    constexpr std::uint32_t tcp_passive = 4;
    const std::uint32_t preference =
        tcp ? (tcp_passive << 13 | (local_preference & 0x1FFFU)) : std::uint32_t{local_preference};
    return type_preference << 24 | preference << 8 | (256 - component);
}

}  // namespace conf::ice
