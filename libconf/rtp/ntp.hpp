/// Wall-clock time as sender reports carry it, RFC 3550 §4, and round trips measured with it.
#pragma once

#include "libconf/base/time.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace conf::rtp {

/// Seconds since 1900 in the upper half, fractions of 2^-32 s in the lower. No timer ever runs on it.
struct ntp_time {
    std::uint64_t value = 0;

    /// The middle 32 bits: seconds and fractions of 2^-16 s, as in LSR and LRR.
    [[nodiscard]] constexpr std::uint32_t middle() const noexcept {
        return static_cast<std::uint32_t>(value >> 16);
    }
    friend constexpr auto operator<=>(ntp_time, ntp_time) = default;
};

/// Precondition: not before 1970.
[[nodiscard]] constexpr ntp_time ntp_from_unix(std::chrono::microseconds since_1970) noexcept {
    constexpr std::uint64_t seconds_1900_to_1970 = 2'208'988'800;
    const auto micro = static_cast<std::uint64_t>(since_1970.count());
    return {(micro / 1'000'000 + seconds_1900_to_1970) << 32 | ((micro % 1'000'000) << 32) / 1'000'000};
}

/// Units of 1/65536 s, as in DLSR and DLRR; 0 for a negative time, the largest for more than 18 hours.
[[nodiscard]] constexpr std::uint32_t to_short_ntp(duration time) noexcept {
    constexpr std::int64_t longest = 65'535'999'999;  // µs
    const auto micro = std::clamp<std::int64_t>(time.count(), 0, longest);
    return static_cast<std::uint32_t>((micro << 16) / 1'000'000);
}

[[nodiscard]] constexpr duration from_short_ntp(std::uint32_t units) noexcept {
    return duration((std::int64_t{units} * 1'000'000) >> 16);
}

/// RFC 3550 §6.4.1: now − last report − what the peer held it. The same for DLRR (RFC 3611 §4.5).
///
/// @return nothing without a report, or where clocks and delays contradict each other.
[[nodiscard]] constexpr std::optional<duration> round_trip_time(ntp_time now, std::uint32_t last_report,
                                                                std::uint32_t delay) noexcept {
    if (last_report == 0) return std::nullopt;
    constexpr std::int32_t rounding = 2;  // each side cuts off up to one unit
    const auto units = static_cast<std::int32_t>(now.middle() - last_report - delay);
    if (units < -rounding) return std::nullopt;
    return from_short_ntp(static_cast<std::uint32_t>(std::max(units, 0)));
}

}  // namespace conf::rtp
