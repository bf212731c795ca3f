/// Until an estimator of bandwidth is there: lasting loss takes a subscriber's video down.
#pragma once

#include "libconf/base/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace conf::sfu {

/// Judges the losses that a subscriber reports of one video stream. More than a tenth lost for two seconds is
/// too much. Reports count packets, so a tenth is only exceeded when the count is above it by four standard
/// deviations: it is asked each second, and by three a path that loses just a tenth would be paused in one
/// minute of ten. This is where the estimator will be asked instead. A value of its outgoing stream.
class loss_cap {
public:
    static constexpr duration patience = std::chrono::seconds(2);
    static constexpr duration window_max = std::chrono::seconds(10);
    /// Before a layer is tried again; doubles each time that was wrong.
    static constexpr duration retry_first = std::chrono::seconds(8);
    static constexpr duration retry_max = std::chrono::seconds(60);

    enum class advice : std::uint8_t { stay, down, up };
    /// `expected` and `lost`: packets since the report before.
    [[nodiscard]] advice on_report(std::uint64_t expected, std::uint64_t lost, instant now) noexcept;
    /// For a video that is paused, of which nobody reports anything.
    [[nodiscard]] advice handle_timeout(instant now) noexcept;
    [[nodiscard]] std::optional<instant> retry_at() const noexcept { return retry_at_; }
    /// The advice `up` was followed and there is nothing above.
    void at_the_top() noexcept { retry_at_.reset(); }

private:
    void reset_window() noexcept;

    std::optional<instant> window_since_;
    std::uint64_t expected_ = 0;
    std::uint64_t lost_ = 0;
    std::optional<instant> retry_at_;
    std::optional<instant> went_up_at_;
    duration retry_ = retry_first;
};

}  // namespace conf::sfu
