/// Cutting a VP8 or VP9 frame into RTP payloads: RFC 7741 and RFC 9628.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/sdp/codec.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace conf::media {

/// Payload descriptors as we write them: with picture ids of 15 bits, no layers, VP8 without its partitions.
inline constexpr std::size_t vp8_descriptor_bytes = 4;
inline constexpr std::size_t vp9_descriptor_bytes = 3;
/// What leaves room for IP, UDP, TURN, extensions and SRTP's tag in 1280 bytes.
inline constexpr std::size_t payload_bytes_default = 1100;

/// Nearly equal pieces, as a paced sender and a batching forwarder want them. The last one gets the marker.
/// Preconditions: `frame` is not empty; `payload_bytes_max` holds a descriptor and a byte.
[[nodiscard]] std::vector<std::vector<std::byte>> packetize(
    sdp::codec which, bytes frame, bool key_frame, std::uint16_t picture_id,
    std::size_t payload_bytes_max = payload_bytes_default);

/// One payload, read back.
struct video_payload {
    bytes data;  ///< behind the descriptor
    bool starts_frame = false;
    bool starts_key_frame = false;
};

/// @return nothing for what is no payload of that codec (SEC-RTP-4).
[[nodiscard]] std::optional<video_payload> depacketize(sdp::codec which, bytes payload) noexcept;

}  // namespace conf::media
