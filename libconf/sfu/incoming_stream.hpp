/// One stream of a publisher: a microphone, a camera, or one simulcast layer of a camera.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/time.hpp"
#include "libconf/rtp/nack_generator.hpp"
#include "libconf/rtp/ntp.hpp"
#include "libconf/rtp/packet.hpp"
#include "libconf/rtp/receiver_stats.hpp"
#include "libconf/rtp/sequence.hpp"
#include "libconf/sdp/negotiate.hpp"
#include "libconf/sfu/counters.hpp"
#include "libconf/sfu/key_frame_requests.hpp"
#include "libconf/sfu/packet_history.hpp"
#include "libconf/sfu/packet_pool.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace conf::sfu {

/// Takes the packets of one SSRC: which to accept, what is missing, what to report. Belongs to its track.
class incoming_stream {
public:
    incoming_stream(std::uint32_t ssrc, sdp::media_kind kind, bool nack, std::uint8_t layer);

    struct taken {
        packet_ref what;         ///< null: dropped and counted
        bool restarted = false;  ///< the publisher began anew: numbers and times have no relation to before
    };
    /// A packet of this stream; one that came by RTX has been restored.
    [[nodiscard]] taken take(packet_pool& pool, const rtp::packet_view& arrived,
                             const sdp::negotiated_codec& as, const sdp::extension_ids& extensions,
                             instant now, counters& count);

    void on_sender_report(rtp::ntp_time ntp, std::uint32_t rtp_timestamp, instant now) noexcept;

    /// The publisher's clock at its last sender report.
    struct clock_reading {
        rtp::ntp_time ntp;
        std::uint32_t rtp_timestamp = 0;
        instant arrival{};
    };
    [[nodiscard]] const std::optional<clock_reading>& last_report() const noexcept { return last_report_; }

    /// Somebody can only go on with a key frame.
    void want_key_frame(instant now) noexcept { requests_.want(now); }
    [[nodiscard]] key_frame_requests& requests() noexcept { return requests_; }
    /// Null where NACK was not negotiated.
    [[nodiscard]] rtp::nack_generator* nacks() noexcept { return nack_ ? &nacks_ : nullptr; }
    [[nodiscard]] rtp::receiver_stats& stats() noexcept { return stats_; }
    [[nodiscard]] const packet_history& history() const noexcept { return history_; }

    [[nodiscard]] std::uint32_t ssrc() const noexcept { return ssrc_; }
    [[nodiscard]] std::uint32_t clock_rate_hz() const noexcept { return clock_rate_hz_; }
    [[nodiscard]] std::uint8_t layer() const noexcept { return layer_; }
    [[nodiscard]] std::uint16_t height() const noexcept { return height_; }
    [[nodiscard]] bool started() const noexcept { return last_arrival_.has_value(); }
    /// A layer that sends nothing for so long has stopped: the publisher's encoder gave it up.
    [[nodiscard]] bool is_active(instant now) const noexcept {
        return last_arrival_ && now - *last_arrival_ < inactive_after;
    }
    /// Of the last whole second.
    [[nodiscard]] std::uint64_t bits_per_second() const noexcept { return rate_bps_; }

    /// Forgets what is too old to be asked for again, and measures the rate. Once a second or more often.
    void handle_timeout(instant now) noexcept;

    static constexpr duration inactive_after = std::chrono::milliseconds(1500);
    static constexpr std::size_t video_history = 2048;
    static constexpr std::size_t audio_history = 128;

private:
    std::uint32_t ssrc_;
    std::uint32_t clock_rate_hz_;
    std::uint8_t layer_;
    bool nack_;
    rtp::sequence_gate gate_;
    rtp::receiver_stats stats_;
    rtp::nack_generator nacks_;
    packet_history history_;
    key_frame_requests requests_;
    std::optional<clock_reading> last_report_;
    std::optional<instant> last_arrival_;
    std::uint16_t height_ = 0;
    std::uint64_t bits_ = 0;  ///< since rate_since_
    instant rate_since_{};
    std::uint64_t rate_bps_ = 0;
};

}  // namespace conf::sfu
