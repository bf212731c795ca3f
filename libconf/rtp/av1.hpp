/// AV1 payloads: the aggregation header and what OBUs begin (RTP Payload Format For AV1 §4.4).
#pragma once

#include "libconf/base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace conf::rtp::av1 {

/// AV1 §6.2.2.
enum class obu_type : std::uint8_t {
    sequence_header = 1,
    temporal_delimiter = 2,
    frame_header = 3,
    tile_group = 4,
    metadata = 5,
    frame = 6,
};

inline constexpr std::size_t leb128_bytes_max = 8;

struct descriptor {
    bool continues = false;           // Z: the first element is the rest of an OBU from the packet before
    bool continued = false;           // Y: the last element goes on in the next packet
    bool new_coded_sequence = false;  // N
    bool sequence_header = false;     // an OBU of that type begins here
    bool has_layers = false;  // some OBU that begins here has an extension; the ids are the first one's
    std::uint8_t temporal_id = 0;
    std::uint8_t spatial_id = 0;
    std::size_t elements = 0;

    /// N alone says that the packet is the first of a coded video sequence; the sequence header proves it.
    [[nodiscard]] bool key_frame() const noexcept { return new_coded_sequence && sequence_header; }
    /// §4.2: the marker bit is on the last packet of a temporal unit. Nothing marks the first one but a new
    /// timestamp.
    [[nodiscard]] static bool ends_frame(bool marker) noexcept { return marker; }
};

/// @return nothing for a payload without an element, with one that overruns or a length in more than eight
/// bytes
///         (SEC-RTP-4), or with N and Z at once.
[[nodiscard]] std::optional<descriptor> parse(bytes payload) noexcept;

}  // namespace conf::rtp::av1
