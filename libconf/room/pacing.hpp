/// How fast one connection may ask, and how often it may ask wrongly (SEC-WS-4).
#pragma once

#include "libconf/base/time.hpp"
#include "libconf/base/token_bucket.hpp"
#include "libconf/room/limits.hpp"
#include "libconf/room/permissions.hpp"

#include <cstddef>
#include <cstdint>

namespace conf::rooms {

/// Belongs to its connection.
class pacing {
public:
    /// False: too fast.
    [[nodiscard]] bool take(pace speed, instant now) noexcept {
        if (speed == pace::chat && !chat_.take(1, chats_burst, slowed(now, chats_per_second, chats_burst)))
            return false;
        if (speed == pace::gesture && !gesture_.take(1, gestures_per_second, now)) return false;
        return general_.take(1, requests_burst, slowed(now, requests_per_second, requests_burst));
    }

    /// True when that was one too many.
    [[nodiscard]] bool count_bad(instant now) noexcept {
        if (bad_ == 0 || now - bad_since_ >= bad_requests_time) {
            bad_ = 0;
            bad_since_ = now;
        }
        return ++bad_ >= bad_requests_max;
    }

private:
    /// A bucket holds one second's worth. One whose second is longer fills up to a burst.
    static instant slowed(instant now, std::size_t per_second, std::size_t burst) noexcept {
        return instant(now.time_since_epoch() * static_cast<std::int64_t>(per_second) /
                       static_cast<std::int64_t>(burst));
    }

    token_bucket general_;
    token_bucket chat_;
    token_bucket gesture_;
    std::size_t bad_ = 0;
    instant bad_since_{};
};

}  // namespace conf::rooms
