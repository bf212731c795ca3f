/// The payload of a retransmission, RFC 4588 §4.
#pragma once

#include "libconf/base/bytes.hpp"

#include <cstdint>
#include <optional>

namespace conf::rtp {

struct rtx_payload {
    std::uint16_t original_sequence_number = 0;
    bytes original;  // the payload that was lost
};

inline constexpr std::size_t rtx_header_bytes = 2;

/// @return nothing for a payload too short to name what it repeats; an empty `original` is padding.
[[nodiscard]] constexpr std::optional<rtx_payload> parse_rtx(bytes payload) noexcept {
    if (payload.size() < rtx_header_bytes) return std::nullopt;
    return rtx_payload{load_u16(payload, 0), payload.subspan(rtx_header_bytes)};
}

}  // namespace conf::rtp
