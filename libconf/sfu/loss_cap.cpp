#include "libconf/sfu/loss_cap.hpp"

#include <algorithm>

namespace conf::sfu {

namespace {

/// Whether `lost` of `expected` is more than a tenth beyond chance: lost > n/10 + 4 * sqrt(n * 0.1 * 0.9).
bool too_many(std::uint64_t expected, std::uint64_t lost) noexcept {
    if (10 * lost <= expected) return false;
    const auto beyond = 10 * lost - expected;  // tenths of packets
    return beyond * beyond > 144 * expected;
}

}  // namespace

loss_cap::advice loss_cap::on_report(std::uint64_t expected, std::uint64_t lost, instant now) noexcept {
    if (10 * lost <= expected) {
        reset_window();
        return handle_timeout(now);
    }
    if (!window_since_ || now - *window_since_ > window_max) {
        reset_window();
        window_since_ = now;
    }
    expected_ += expected;
    lost_ += lost;
    if (now - *window_since_ < patience || !too_many(expected_, lost_)) return advice::stay;
    reset_window();
    // What was wrong soon after going up is wrong for longer the next time.
    const bool soon = went_up_at_ && now - *went_up_at_ < 2 * retry_first;
    retry_ = soon ? std::min(2 * retry_, retry_max) : retry_first;
    retry_at_ = now + retry_;
    return advice::down;
}

loss_cap::advice loss_cap::handle_timeout(instant now) noexcept {
    if (!retry_at_ || now < *retry_at_) return advice::stay;
    went_up_at_ = now;
    retry_at_ = now + retry_;
    return advice::up;
}

void loss_cap::reset_window() noexcept {
    window_since_.reset();
    expected_ = 0;
    lost_ = 0;
}

}  // namespace conf::sfu
