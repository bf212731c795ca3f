#include "libconf/rtp/twcc_recorder.hpp"

#include <algorithm>

namespace conf::rtp {
namespace {

constexpr instant never = instant::min();

}  // namespace

void twcc_recorder::record(std::uint16_t transport_sequence, instant arrival) {
    if (arrivals_.empty()) arrivals_.assign(window_packets, never);
    const bool first = !numbers_.started();
    const auto before = numbers_.highest();
    const auto extended = numbers_.update(transport_sequence);
    if (first || extended >= before + window_packets) {
        // The first packet, or so far ahead that nothing from before is in the window.
        std::ranges::fill(arrivals_, never);
        oldest_ = unreported_ = extended;
    } else if (extended > before) {
        for (auto number = before + 1; number <= extended; ++number) arrival_of(number) = never;
        if (extended - oldest_ >= window_packets) oldest_ = extended - window_packets + 1;
        unreported_ = std::max(unreported_, oldest_);
    } else if (extended < oldest_ || arrival_of(extended) != never) {
        return;  // too late, or the same again
    }
    arrival_of(extended) = arrival;
    unreported_ = std::min(unreported_, extended);
    if (!deadline_) deadline_ = arrival + interval;
    forget_old(arrival);
}

void twcc_recorder::forget_old(instant now) noexcept {
    while (oldest_ < unreported_ && (arrival_of(oldest_) == never || now - arrival_of(oldest_) > kept))
        ++oldest_;
}

bool twcc_recorder::report(rtcp_builder& to, std::uint32_t sender_ssrc, std::uint32_t media_ssrc) {
    if (!deadline_) return false;
    const auto end = numbers_.highest() + 1;
    auto first_received = unreported_;
    while (arrival_of(first_received) == never) ++first_received;  // the highest one always arrived

    transport_feedback_writer feedback(static_cast<std::uint16_t>(unreported_), arrival_of(first_received),
                                       to.room());
    auto next = unreported_;  // behind what the feedback covers
    for (auto number = first_received; number != end; ++number) {
        const auto arrival = arrival_of(number);
        if (arrival == never) continue;
        if (!feedback.add(number - next, arrival)) break;
        next = number + 1;
    }
    if (feedback.statuses() == 0 ||
        !to.add_transport_feedback(feedback, sender_ssrc, media_ssrc, feedback_count_)) {
        return false;
    }
    ++feedback_count_;
    unreported_ = next;
    if (unreported_ == end) deadline_.reset();
    return true;
}

}  // namespace conf::rtp
