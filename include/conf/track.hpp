/// What a participant publishes: one microphone, one camera or one screen.
#pragma once

#include <conf/export.hpp>
#include <conf/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <type_traits>
#include <vector>

namespace conf::inline v0 {

enum class media_kind : std::uint8_t { audio, video };

/// One payload format of a track, as its offer has it (RFC 8866 §6.6).
struct codec_info {
    std::string name;  ///< of its rtpmap: "opus", "red", "VP8", "VP9", "H264", "AV1"
    std::uint8_t payload_type = 0;
    std::uint32_t clock_rate_hz = 0;
};

/// One stream of a track: the only one, or one of simulcast (RFC 8853).
struct layer_info {
    std::string rid;                ///< RFC 8851; empty without simulcast
    std::uint16_t height = 0;       ///< pixels, where a key frame told it; 0: unknown
    std::uint64_t bitrate_bps = 0;  ///< of the last whole second
    bool active = false;            ///< packets came in the last 1.5 s
};

/// A moment's picture of a track.
struct track_info {
    media_kind kind{};
    std::string mid;                 ///< RFC 8843
    std::vector<codec_info> codecs;  ///< the publisher's preference first
    std::vector<layer_info> layers;  ///< in the offer's order, those that have begun
};

/// Names a track; a cheap copy. It may outlive the track, its room and the server: then calls say so.
///
/// Thread-safe. Calls go to the media thread that has the room and wait for it; see `media_errc` for which
/// callbacks may make them.
class CONF_EXPORT track {
public:
    struct impl;
    explicit track(std::shared_ptr<const impl> state) noexcept;

    /// The place of its section in the publisher's offer, from 0.
    [[nodiscard]] std::uint16_t section() const noexcept;
    [[nodiscard]] media_kind kind() const noexcept;

    /// @return `no_participant` when the publisher is gone; `stopped`, `wrong_thread`.
    [[nodiscard]] result<track_info> info() const;

    /// Asks the publisher for a key frame of every layer, by PLI or FIR (RFC 4585 §6.3.1, RFC 5104 §4.3.1);
    /// requests that come too fast become one. While nobody receives the track it waits. Nothing for audio.
    /// @return as `info`.
    result<void> request_key_frame() const;

    friend CONF_EXPORT bool operator==(const track& a, const track& b) noexcept;

private:
    std::shared_ptr<const impl> impl_;
};

/// Why a call about rooms, participants, tracks or forwarding failed.
enum class media_errc {
    stopped = 1,     ///< the server is gone, or stopping; with `drain`, it takes nobody new
    no_media,        ///< `media.listen` is empty
    bad_name,        ///< a room's or participant's name is not 1 to 64 of A-Z a-z 0-9 - _ .
    bad_sdp,         ///< the offer or fragment cannot be answered; the context names line or section
    no_room,         ///< nobody is in the room, so it does not exist
    no_participant,  ///< the session has ended
    no_section,      ///< the session has no such section, or is of the other kind: a publisher, a player
    name_taken,      ///< somebody publishes by that name
    not_publishing,  ///< nobody publishes by that name yet
    full,            ///< `rooms.limits.participants` or the server's own limit
    not_restarted,   ///< the fragment has no new ICE credentials
    /// Called from a callback that runs on another media thread than the room's. Two such callbacks could
    /// wait for each other for ever: make the call from a thread of your own.
    wrong_thread,
};

[[nodiscard]] CONF_EXPORT const std::error_category& media_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(media_errc code) noexcept {
    return {static_cast<int>(code), media_category()};
}

}  // namespace conf::inline v0

template <>
struct std::is_error_code_enum<conf::media_errc> : std::true_type {};
