/// Remembers when the packets of a transport arrived and reports it to their sender, transport_feedback.hpp.
#pragma once

#include "libconf/base/time.hpp"
#include "libconf/rtp/rtcp_builder.hpp"
#include "libconf/rtp/sequence.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace conf::rtp {

/// Arrivals of transport-wide sequence numbers. Feedback is due `interval` after the first arrival that it
/// will report. Arrivals stay for `kept` after that, so that a late packet is reported together with what
/// came after it. Belongs to its transport; allocates once, at the first packet.
class twcc_recorder {
public:
    static constexpr duration interval = std::chrono::milliseconds(50);
    static constexpr duration kept = std::chrono::milliseconds(500);
    static constexpr std::size_t window_packets = 2048;  // in `kept` that is twice what a publisher may send
    /// A report of one arrival behind the longest gap. In a smaller builder a report may never fit.
    static constexpr std::size_t report_bytes_max_of_one = 608;

    void record(std::uint16_t transport_sequence, instant arrival);

    /// Appends one feedback packet about what was not reported yet.
    /// @return false if there is nothing to report or no room. If `deadline()` is still in the past, there is
    /// more.
    bool report(rtcp_builder& to, std::uint32_t sender_ssrc, std::uint32_t media_ssrc);

    [[nodiscard]] std::optional<instant> deadline() const noexcept { return deadline_; }

private:
    [[nodiscard]] instant& arrival_of(std::uint64_t extended) noexcept {
        return arrivals_[extended % window_packets];
    }
    void make_room_for(std::uint64_t extended);
    void forget_old(instant now) noexcept;

    std::vector<instant> arrivals_;  // by number, `never` where nothing arrived
    extended_sequence numbers_;
    std::uint64_t oldest_ = 0;      // numbers before are forgotten
    std::uint64_t unreported_ = 0;  // the next report begins here
    std::optional<instant> deadline_;
    std::uint8_t feedback_count_ = 0;
};

}  // namespace conf::rtp
