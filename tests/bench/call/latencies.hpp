/// How long packets took, as counts of steps of ten microseconds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace call_load {

/// Of any number of packets; what took longer than a second counts as a second.
class latencies {
public:
    void note(std::int64_t took_ns) noexcept {
        const auto step = std::clamp<std::int64_t>(took_ns / step_ns, 0, std::int64_t{steps} - 1);
        ++counts_[static_cast<std::size_t>(step)];
        ++size_;
        longest_ns_ = std::max(longest_ns_, took_ns);
    }
    void clear() noexcept {
        std::ranges::fill(counts_, 0);
        size_ = 0;
        longest_ns_ = 0;
    }
    /// In milliseconds; 0 where there is none.
    [[nodiscard]] double quantile(double part) const noexcept {
        const auto wanted = static_cast<std::uint64_t>(part * static_cast<double>(size_));
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            sum += counts_[i];
            if (sum > wanted) return static_cast<double>(i + 1) * static_cast<double>(step_ns) / 1e6;
        }
        return static_cast<double>(longest_ns_) / 1e6;
    }
    [[nodiscard]] double longest() const noexcept { return static_cast<double>(longest_ns_) / 1e6; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

private:
    static constexpr std::size_t steps = 100'000;
    static constexpr std::int64_t step_ns = 10'000;

    std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(steps);
    std::uint64_t size_ = 0;
    std::int64_t longest_ns_ = 0;
};

}  // namespace call_load
