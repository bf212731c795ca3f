/// The VP8 payload descriptor, RFC 7741 §4.2: reading it, and rewriting its picture ids.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/rtp/descriptor_patch.hpp"

#include <cstdint>
#include <optional>

namespace conf::rtp::vp8 {

struct descriptor {
    std::uint8_t size = 0;  // bytes before the VP8 data, 1 to 6
    std::uint8_t partition = 0;
    bool partition_start = false;  // S
    bool non_reference = false;    // N: no other frame needs this one
    bool key_picture = false;      // of the frame's first packet: the inverse of bit P of the VP8 header

    bool has_picture_id = false;
    bool long_picture_id = false;  // 15 bits instead of 7
    std::uint16_t picture_id = 0;
    bool has_tl0_picture_index = false;
    std::uint8_t tl0_picture_index = 0;
    bool has_temporal_id = false;
    std::uint8_t temporal_id = 0;  // 0 where there is none
    bool layer_sync = false;       // Y: needs the base layer only, so a receiver may go up here
    bool has_key_index = false;
    std::uint8_t key_index = 0;

    [[nodiscard]] bool starts_frame() const noexcept { return partition_start && partition == 0; }
    [[nodiscard]] bool key_frame() const noexcept { return starts_frame() && key_picture; }
    /// RFC 7741 §4.1: the marker bit is on the last packet of a frame and on no other.
    [[nodiscard]] static bool ends_frame(bool marker) noexcept { return marker; }
};

struct resolution {
    std::uint16_t width = 0;
    std::uint16_t height = 0;

    friend constexpr bool operator==(const resolution&, const resolution&) = default;
};

/// @return nothing for a payload that ends within its descriptor (SEC-RTP-4) or right behind it.
[[nodiscard]] std::optional<descriptor> parse(bytes payload) noexcept;

/// The size of the picture, from the first packet of a key frame (RFC 6386 §9.1); nothing for any other
/// packet.
[[nodiscard]] std::optional<resolution> read_resolution(const descriptor& of, bytes payload) noexcept;

/// The descriptor with other ids. Picture ids of 7 bits become 15 bits long, so that arithmetic is the same
/// for all; what the packet does not have is not added. Precondition: `of` is what `parse` made of `payload`.
[[nodiscard]] descriptor_patch rewrite(const descriptor& of, bytes payload, std::uint16_t picture_id,
                                       std::uint8_t tl0_picture_index) noexcept;

}  // namespace conf::rtp::vp8
