/// The values of the header extensions that this library reads or writes, and the URIs that name them in SDP.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace conf::rtp {

namespace extension_uri {

inline constexpr std::string_view audio_level = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
inline constexpr std::string_view mid = "urn:ietf:params:rtp-hdrext:sdes:mid";
inline constexpr std::string_view rid = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
inline constexpr std::string_view repaired_rid = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
inline constexpr std::string_view video_orientation = "urn:3gpp:video-orientation";
inline constexpr std::string_view abs_send_time =
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
inline constexpr std::string_view transport_sequence =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
inline constexpr std::string_view dependency_descriptor =
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";

}  // namespace extension_uri

/// RFC 6464 §3.
struct audio_level {
    std::uint8_t level = 127;  // -dBov: 0 is the loudest, 127 is silence
    bool voice_activity = false;

    friend constexpr bool operator==(const audio_level&, const audio_level&) = default;
};

/// 3GPP TS 26.114 §7.4.5: how the receiver has to turn the picture.
struct video_orientation {
    std::uint16_t rotation_degrees = 0;  // clockwise: 0, 90, 180, 270
    bool back_camera = false;
    bool flipped = false;

    friend constexpr bool operator==(const video_orientation&, const video_orientation&) = default;
};

/// Seconds with 18 fractional bits; wraps after 64 s. Only differences mean something.
struct abs_send_time {
    std::uint32_t value = 0;  // 24 bits

    friend constexpr bool operator==(abs_send_time, abs_send_time) = default;
};

inline constexpr std::size_t audio_level_bytes = 1;
inline constexpr std::size_t transport_sequence_bytes = 2;
inline constexpr std::size_t abs_send_time_bytes = 3;
inline constexpr std::size_t video_orientation_bytes = 1;
/// MID, RID and repaired RID: what fits the one-byte form. Browsers use one to eight bytes.
inline constexpr std::size_t stream_id_bytes_max = 16;

/// All readers answer nothing for a value of another size or with a meaning that its document does not give.
[[nodiscard]] std::optional<audio_level> read_audio_level(bytes value) noexcept;
[[nodiscard]] std::optional<std::uint16_t> read_transport_sequence(bytes value) noexcept;
[[nodiscard]] std::optional<abs_send_time> read_abs_send_time(bytes value) noexcept;
[[nodiscard]] std::optional<video_orientation> read_video_orientation(bytes value) noexcept;
/// MID, RID or repaired RID (RFC 8852, RFC 9143): letters, digits and the marks of a token. Zeros behind the
/// text are padding. The text lives as long as the packet; senders stop sending it once they are understood,
/// so who needs it keeps it.
[[nodiscard]] std::optional<std::string_view> read_stream_id(bytes value) noexcept;

[[nodiscard]] std::array<std::byte, audio_level_bytes> to_bytes(audio_level value) noexcept;
[[nodiscard]] std::array<std::byte, transport_sequence_bytes> to_bytes(
    std::uint16_t transport_sequence) noexcept;
[[nodiscard]] std::array<std::byte, abs_send_time_bytes> to_bytes(abs_send_time value) noexcept;
[[nodiscard]] std::array<std::byte, video_orientation_bytes> to_bytes(video_orientation value) noexcept;

[[nodiscard]] abs_send_time abs_send_time_at(instant now) noexcept;

}  // namespace conf::rtp
