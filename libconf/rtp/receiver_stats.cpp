#include "libconf/rtp/receiver_stats.hpp"

#include "libconf/base/check.hpp"
#include "libconf/rtp/sequence.hpp"

#include <algorithm>
#include <cstdlib>

namespace conf::rtp {

receiver_stats::receiver_stats(std::uint32_t ssrc, std::uint32_t clock_rate_hz)
    : ssrc_(ssrc), clock_rate_hz_(clock_rate_hz) {
    check(clock_rate_hz > 0);
}

void receiver_stats::on_packet(std::uint64_t extended, std::uint32_t rtp_timestamp,
                               instant arrival) noexcept {
    ++received_;
    if (!started_) {
        started_ = true;
        base_ = extended;
    } else if (extended <= highest_) {
        base_ = std::min(base_, extended);  // the first packets changed places
        return;                             // a repaired packet says nothing about the network's jitter
    } else {
        update_jitter(rtp_timestamp, arrival);
    }
    highest_ = extended;
    last_timestamp_ = rtp_timestamp;
    last_arrival_ = arrival;
}

void receiver_stats::update_jitter(std::uint32_t rtp_timestamp, instant arrival) noexcept {
    constexpr std::int64_t micro = 1'000'000;
    const auto elapsed = arrival - last_arrival_;
    const auto ticks_max = std::int64_t{clock_rate_hz_} * (jitter_step_max.count() / micro);
    const std::int64_t ticks = distance(last_timestamp_, rtp_timestamp);
    if (elapsed < duration(0) || elapsed > jitter_step_max || std::abs(ticks) > ticks_max) return;
    const auto difference = std::abs(elapsed.count() * clock_rate_hz_ / micro - ticks);
    // RFC 3550 §A.8: J += (|D| - J) / 16, in sixteenths so that nothing is cut off on the way.
    jitter_sixteenths_ += difference - ((jitter_sixteenths_ + 8) >> 4);
}

void receiver_stats::on_sender_report(ntp_time ntp, instant arrival) noexcept {
    last_sr_ = ntp.middle();
    sender_report_at_ = arrival;
}

void receiver_stats::restart() noexcept {
    started_ = false;
    received_ = 0;
    received_before_ = 0;
    expected_before_ = 0;
}

std::optional<report_block> receiver_stats::report(instant now) noexcept {
    if (!started_) return std::nullopt;
    const auto expected_now = static_cast<std::int64_t>(expected() - expected_before_);
    const auto received_now = static_cast<std::int64_t>(received_ - received_before_);
    const auto lost_now = expected_now - received_now;
    expected_before_ = expected();
    received_before_ = received_;

    report_block block;
    block.ssrc = ssrc_;
    if (expected_now > 0 && lost_now > 0) {
        block.fraction_lost =
            static_cast<std::uint8_t>(std::min<std::int64_t>((lost_now << 8) / expected_now, 255));
    }
    block.cumulative_lost = static_cast<std::int32_t>(std::clamp<std::int64_t>(lost(), -0x800000, 0x7FFFFF));
    // extended_sequence begins in cycle 1, a report in cycle 0.
    block.highest_sequence = static_cast<std::uint32_t>(highest_ - extended_sequence::cycle);
    block.jitter_ticks = jitter_ticks();
    block.last_sr = last_sr_;
    if (last_sr_ != 0) block.delay_since_last_sr = to_short_ntp(now - sender_report_at_);
    return block;
}

}  // namespace conf::rtp
