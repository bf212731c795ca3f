/// What the worst of a track's listeners loses.
#pragma once

#include "libconf/base/time.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace conf::sfu {

/// An encoder of Opus protects what it sends by the loss that its receiver reports (in-band FEC, RFC 6716
/// §2.1.7). Its receiver is the server, and its packets get lost behind it: the server reports the worst
/// path. Video has no use for that: one bad path would throttle the encoder for all. A value of its track.
class worst_loss {
public:
    /// Listeners report every five seconds at the latest, so this forgets none who is there, and soon who
    /// left.
    static constexpr duration window = std::chrono::seconds(5);

    /// `fraction`: of a report block, 1/256.
    void on_report(std::uint8_t fraction, instant now) noexcept {
        turn(now);
        current_ = std::max(current_, fraction);
    }
    /// The worst of the last five to ten seconds.
    [[nodiscard]] std::uint8_t fraction(instant now) noexcept {
        turn(now);
        return std::max(current_, before_);
    }

private:
    void turn(instant now) noexcept {
        if (now - since_ < window) return;
        before_ = now - since_ < 2 * window ? current_ : std::uint8_t{0};
        current_ = 0;
        since_ = now;
    }

    instant since_{};
    std::uint8_t current_ = 0;
    std::uint8_t before_ = 0;
};

}  // namespace conf::sfu
