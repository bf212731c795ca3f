/// What a receiver reports about one SSRC: losses and jitter, RFC 3550 §6.4.1, §A.3 and §A.8.
#pragma once

#include "libconf/base/time.hpp"
#include "libconf/rtp/rtcp.hpp"

#include <cstdint>
#include <optional>

namespace conf::rtp {

/// Counts the packets of one stream. Only authenticated packets that its sequence_gate accepted are told.
/// Belongs to its stream.
class receiver_stats {
public:
    /// A jump of the timestamps by more than this is a pause or a new source, and no jitter.
    static constexpr duration jitter_step_max = std::chrono::seconds(5);

    /// Precondition: `clock_rate_hz` > 0.
    receiver_stats(std::uint32_t ssrc, std::uint32_t clock_rate_hz);

    /// `extended` as sequence_gate says it.
    void on_packet(std::uint64_t extended, std::uint32_t rtp_timestamp, instant arrival) noexcept;
    void on_sender_report(ntp_time ntp, instant arrival) noexcept;
    /// The source began anew: what is missing from before is not lost. Jitter and the last SR stay.
    void restart() noexcept;

    /// The report block for now; fraction lost counts from the last call. Nothing before the first packet.
    [[nodiscard]] std::optional<report_block> report(instant now) noexcept;

    [[nodiscard]] std::uint64_t received() const noexcept { return received_; }
    [[nodiscard]] std::uint64_t expected() const noexcept { return started_ ? highest_ - base_ + 1 : 0; }
    /// Negative if packets came twice.
    [[nodiscard]] std::int64_t lost() const noexcept {
        return static_cast<std::int64_t>(expected()) - static_cast<std::int64_t>(received_);
    }
    [[nodiscard]] std::uint32_t jitter_ticks() const noexcept {
        return static_cast<std::uint32_t>(jitter_sixteenths_ >> 4);
    }

private:
    void update_jitter(std::uint32_t rtp_timestamp, instant arrival) noexcept;

    std::uint64_t base_ = 0;
    std::uint64_t highest_ = 0;
    std::uint64_t received_ = 0;
    std::uint64_t expected_before_ = 0;  // at the last report
    std::uint64_t received_before_ = 0;
    std::int64_t jitter_sixteenths_ = 0;
    instant last_arrival_{};
    instant sender_report_at_{};
    std::uint32_t last_timestamp_ = 0;
    std::uint32_t last_sr_ = 0;
    std::uint32_t ssrc_;
    std::uint32_t clock_rate_hz_;
    bool started_ = false;
};

}  // namespace conf::rtp
