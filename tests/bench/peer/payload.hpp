/// Made-up media: the shape of a VP8 payload, and the time of its own send call inside.
#pragma once

#include "libconf/base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace bench {

/// Where each payload, behind whatever a server may have changed, has the time of its own send call.
inline constexpr std::size_t stamp_at = 16;
inline constexpr std::size_t stamp_bytes = 16;
/// Nanoseconds of CLOCK_REALTIME. Precondition: the payload has `stamp_at + stamp_bytes` bytes.
void write_stamp(conf::mutable_bytes payload) noexcept;
/// Nothing where there is no stamp.
[[nodiscard]] std::optional<std::int64_t> read_stamp(conf::bytes payload) noexcept;

inline constexpr std::size_t vp8_descriptor_bytes = 6;
/// RFC 7741 §4.2: descriptor with a picture id of 15 bits, TL0PICIDX and layer bytes, as browsers write it.
void write_vp8_descriptor(conf::mutable_bytes payload, bool first, std::uint16_t picture) noexcept;

struct picture_size {
    std::uint16_t width = 640;
    std::uint16_t height = 360;
};
/// RFC 6386 §9.1: the frame's tag; a key frame has start code and size.
void write_vp8_tag(conf::mutable_bytes behind_descriptor, bool key_frame, picture_size size) noexcept;

/// RFC 6716 §3.1: CELT, 20 ms, one frame.
inline constexpr std::byte opus_toc{0x78};

}  // namespace bench
