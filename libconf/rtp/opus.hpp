/// Opus packets as far as a forwarder looks: how long one plays and whether it is silence (RFC 6716 §3.1,
/// §3.2).
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/time.hpp"

#include <optional>

namespace conf::rtp::opus {

inline constexpr duration duration_max = std::chrono::milliseconds(120);
/// RFC 7587 §3.1.3: during silence a packet has no more than the TOC byte and perhaps one more.
inline constexpr std::size_t dtx_bytes_max = 2;

[[nodiscard]] constexpr bool is_dtx(bytes payload) noexcept {
    return !payload.empty() && payload.size() <= dtx_bytes_max;
}

/// What the TOC byte says, and for its code 3 the byte after it.
/// @return nothing for an empty payload, one without frames, or one of more than 120 ms.
[[nodiscard]] std::optional<duration> packet_duration(bytes payload) noexcept;

}  // namespace conf::rtp::opus
