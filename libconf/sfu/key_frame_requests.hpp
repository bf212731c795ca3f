/// When to ask a publisher for a key frame: at once, not too often, and again until one comes.
#pragma once

#include "libconf/base/time.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace conf::sfu {

/// Of one stream. A thousand subscribers who join within half a second cost their publisher one key frame.
/// Belongs to its stream.
class key_frame_requests {
public:
    static constexpr duration interval_min = std::chrono::milliseconds(500);
    static constexpr duration repeat_after = std::chrono::seconds(1);

    void want(instant now) noexcept {
        if (due_) return;
        due_ = last_ ? std::max(now, *last_ + interval_min) : now;
    }
    void on_key_frame() noexcept { due_.reset(); }

    /// Whether a request is to be sent now.
    [[nodiscard]] bool take_due(instant now) noexcept {
        if (!due_ || now < *due_) return false;
        last_ = now;
        due_ = now + repeat_after;
        return true;
    }
    [[nodiscard]] std::optional<instant> deadline() const noexcept { return due_; }

private:
    std::optional<instant> due_;
    std::optional<instant> last_;
};

}  // namespace conf::sfu
