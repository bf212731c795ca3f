/// Counters, gauges and histograms: counted by one thread, read by any.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace conf::metrics {

/// Only ever grows. One thread adds, any thread reads: no locked instruction, so it costs what a plain
/// integer does.
class counter {
public:
    void add(std::uint64_t by = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// A level that goes up and down. One thread changes it, any thread reads.
class gauge {
public:
    void add(std::int64_t by) noexcept { set(value() + by); }
    void set(std::int64_t to) noexcept { value_.store(to, std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::int64_t> value_{0};
};

/// How many observations were at most each of `Buckets` bounds. One thread observes, any thread reads; a
/// reader may see an observation in a bucket that is not in the sum yet.
template <std::size_t Buckets>
class histogram {
public:
    /// @param bounds  ascending; an observation above the last one counts in "+Inf".
    explicit constexpr histogram(const std::array<double, Buckets>& bounds) noexcept : bounds_(bounds) {}

    void observe(double value) noexcept {
        const auto at = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
        counts_[static_cast<std::size_t>(at)].add();
        sum_.store(sum_.load(std::memory_order_relaxed) + value, std::memory_order_relaxed);
    }

    [[nodiscard]] const std::array<double, Buckets>& bounds() const noexcept { return bounds_; }
    [[nodiscard]] double sum() const noexcept { return sum_.load(std::memory_order_relaxed); }

    /// Observations between each bound and the one before; the last is above all bounds.
    [[nodiscard]] std::array<std::uint64_t, Buckets + 1> counts() const noexcept {
        std::array<std::uint64_t, Buckets + 1> made{};
        std::ranges::transform(counts_, made.begin(), &counter::value);
        return made;
    }

private:
    std::array<double, Buckets> bounds_;
    std::array<counter, Buckets + 1> counts_;
    std::atomic<double> sum_{0};
};

}  // namespace conf::metrics
