/// Codecs: what an rtpmap with its fmtp means, and when two of them are the same thing to a decoder.
#pragma once

#include "libconf/sdp/model.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace conf::sdp {

enum class codec : std::uint8_t { opus, red, vp8, vp9, h264, av1 };

/// RFC 6184 §8.1, table 5. A value is a `codec_format::profile`.
enum class h264_profile : std::uint8_t { constrained_baseline, baseline, main, constrained_high, high };

/// Two streams of the same format can be forwarded into each other's place.
struct codec_format {
    sdp::codec codec{};
    /// VP9: profile-id (RFC 9628 §6). AV1: profile. H.264: an `h264_profile`. 0 for the others.
    std::uint8_t profile = 0;

    friend bool operator==(const codec_format&, const codec_format&) = default;
};

[[nodiscard]] constexpr codec_format h264(h264_profile profile) noexcept {
    return {codec::h264, static_cast<std::uint8_t>(profile)};
}

[[nodiscard]] std::string_view to_string(codec which) noexcept;  ///< as in an rtpmap
[[nodiscard]] constexpr media_kind kind_of(codec which) noexcept {
    return which == codec::opus || which == codec::red ? media_kind::audio : media_kind::video;
}
[[nodiscard]] constexpr std::uint32_t clock_rate_hz_of(codec which) noexcept {
    return kind_of(which) == media_kind::audio ? 48'000 : 90'000;
}

/// Nothing for a codec or a variant that libconf does not forward: H.264 with another packetization-mode than
/// 1, Opus as anything but 48000/2, a profile that does not exist.
[[nodiscard]] std::optional<codec_format> format_of(const payload_format& from) noexcept;

/// The profile that profile-level-id names, 0 to 0xFFFFFF; the same one may be spelled in several ways.
[[nodiscard]] std::optional<h264_profile> h264_profile_of(std::uint32_t profile_level_id) noexcept;
/// Nothing for an fmtp with a wrong one; 0x42000A without one (RFC 6184 §8.1).
[[nodiscard]] std::optional<std::uint32_t> profile_level_id_of(const payload_format& from) noexcept;

[[nodiscard]] bool is_rtx(const payload_format& from) noexcept;
/// RFC 4588 §8.1: the payload type that an rtx format repairs.
[[nodiscard]] std::optional<std::uint8_t> apt_of(const payload_format& from) noexcept;

/// The value of a format parameter; nothing where it is missing.
[[nodiscard]] std::optional<std::string_view> value_of(const payload_format& from,
                                                       std::string_view key) noexcept;
/// A numeric one, `absent` where it is missing, nothing where it is wrong or above `max`.
[[nodiscard]] std::optional<std::uint32_t> number_of(const payload_format& from, std::string_view key,
                                                     std::uint32_t absent, std::uint32_t max) noexcept;

}  // namespace conf::sdp
