/// A rate limit: so much a second, and one second's worth at once.
#pragma once

#include "libconf/base/time.hpp"

#include <algorithm>
#include <cstdint>

namespace conf {

/// Fills with `rate` units a second up to `rate` units. A rate of 0 means no limit.
class token_bucket {
public:
    /// Takes `amount` if it is there.
    [[nodiscard]] bool take(std::uint64_t amount, std::uint64_t rate, instant now) noexcept {
        if (rate == 0) return true;
        // Counted in millionths, so that a microsecond adds exactly `rate` of them.
        const auto elapsed = std::clamp<std::int64_t>((now - last_).count(), 0, micro);
        const auto full = rate * micro;
        missing_ -= std::min(missing_, static_cast<std::uint64_t>(elapsed) * rate);
        missing_ = std::min(missing_, full);  // the rate may have been lowered
        last_ = now;
        if (amount > rate || missing_ > full - amount * micro) return false;
        missing_ += amount * micro;
        return true;
    }

private:
    static constexpr std::uint64_t micro = 1'000'000;

    std::uint64_t missing_ = 0;  // millionths of a unit below full
    instant last_{};
};

}  // namespace conf
