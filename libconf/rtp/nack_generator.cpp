#include "libconf/rtp/nack_generator.hpp"

#include <algorithm>
#include <utility>

namespace conf::rtp {

bool nack_generator::on_packet(std::uint64_t extended, bool begins_key_frame, instant now) {
    if (begins_key_frame && extended > key_frame_) {
        key_frame_ = extended;
        drop_before(extended);
    }
    if (highest_ == 0) {
        highest_ = extended;
        return false;
    }
    if (extended > highest_) {
        const auto first = std::exchange(highest_, extended) + 1;
        if (first != extended) add_missing(std::max(first, key_frame_), extended, now);
        return false;
    }
    const auto at = std::ranges::lower_bound(missing_, extended, {}, &entry::extended);
    if (at == missing_.end() || at->extended != extended) return false;
    const bool asked = at->tries != 0;
    missing_.erase(at);
    return asked;
}

void nack_generator::add_missing(std::uint64_t first, std::uint64_t behind_last, instant now) {
    if (first >= behind_last) return;  // a key frame begins behind the gap
    const auto count = behind_last - first;
    if (missing_.size() + count > missing_max) drop_before(key_frame_);
    if (missing_.size() + count > missing_max) {
        // Too many to be worth repairing one by one.
        missing_.clear();
        key_frame_wanted_ = true;
        return;
    }
    const auto due = now + first_delay;
    if (missing_.empty() || due < next_due_) next_due_ = due;
    for (auto number = first; number != behind_last; ++number) missing_.push_back({number, now, due, 0});
}

void nack_generator::drop_before(std::uint64_t extended) noexcept {
    const auto behind = std::ranges::lower_bound(missing_, extended, {}, &entry::extended);
    missing_.erase(missing_.begin(), behind);
}

std::size_t nack_generator::take_due(instant now, duration rtt, std::span<std::uint16_t> due) noexcept {
    if (missing_.empty() || now < next_due_) return 0;
    const auto repeat = std::max(repeat_min, rtt * 6 / 5);
    std::size_t taken = 0;
    next_due_ = instant::max();
    const auto given_up = [&](entry& missing) {
        const bool is_due = missing.due <= now;
        if (now - missing.noticed >= age_max || (is_due && missing.tries == tries_max)) return true;
        if (is_due && taken < due.size()) {
            due[taken++] = static_cast<std::uint16_t>(missing.extended);
            ++missing.tries;
            missing.due = std::min(now + repeat, missing.noticed + age_max);
        }
        next_due_ = std::min(next_due_, missing.due);
        return false;
    };
    // Not std::erase_if: its order of calls is not promised, and the numbers must come out sorted.
    auto keep = missing_.begin();
    for (auto& missing : missing_) {
        if (given_up(missing)) {
            key_frame_wanted_ = true;
        } else {
            *keep++ = missing;
        }
    }
    missing_.erase(keep, missing_.end());
    return taken;
}

bool nack_generator::take_key_frame_request() noexcept {
    return std::exchange(key_frame_wanted_, false);
}

std::optional<instant> nack_generator::deadline() const noexcept {
    if (missing_.empty()) return std::nullopt;
    return next_due_;
}

void nack_generator::reset() noexcept {
    missing_.clear();
    highest_ = 0;
    key_frame_ = 0;
    key_frame_wanted_ = false;
}

}  // namespace conf::rtp
