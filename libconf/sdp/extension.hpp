/// The RTP header extensions that libconf uses, by purpose; their ids are the offer's (RFC 8285).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace conf::sdp {

enum class extension : std::uint8_t {
    mid,
    rtp_stream_id,
    repaired_rtp_stream_id,
    audio_level,
    transport_cc,
    abs_send_time,
    dependency_descriptor,
    video_orientation,
};

/// By the value of `extension`.
inline constexpr std::array<std::string_view, 8> extension_uris{
    "urn:ietf:params:rtp-hdrext:sdes:mid",
    "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
    "urn:3gpp:video-orientation",
};

[[nodiscard]] constexpr std::string_view uri_of(extension which) noexcept {
    return extension_uris[static_cast<std::size_t>(which)];
}

[[nodiscard]] constexpr std::optional<extension> extension_named(std::string_view uri) noexcept {
    for (std::size_t i = 0; i < extension_uris.size(); ++i) {
        if (extension_uris[i] == uri) return static_cast<extension>(i);
    }
    return std::nullopt;
}

/// Which id stands for which extension in one media section.
class extension_ids {
public:
    /// 1 to 255; 0: not in use.
    [[nodiscard]] constexpr std::uint8_t operator[](extension which) const noexcept {
        return ids_[static_cast<std::size_t>(which)];
    }
    constexpr void set(extension which, std::uint8_t id) noexcept {
        ids_[static_cast<std::size_t>(which)] = id;
    }

    friend bool operator==(const extension_ids&, const extension_ids&) = default;

private:
    std::array<std::uint8_t, extension_uris.size()> ids_{};
};

}  // namespace conf::sdp
