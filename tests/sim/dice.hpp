/// The chance of a simulation: the same seed gives the same run everywhere.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/time.hpp"

#include <cstdint>

namespace conf::sim {

/// SplitMix64. Every part of a world forks its own, so that one part's draws do not shift another's.
class dice {
public:
    explicit dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() noexcept {
        auto z = state_ += 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }

    /// Uniform enough in [0, bound). Precondition: bound > 0.
    std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }
    std::uint64_t between(std::uint64_t low, std::uint64_t high) noexcept {
        return low + below(high - low + 1);
    }
    duration between(duration low, duration high) noexcept {
        return low + duration(static_cast<duration::rep>(
                         below(static_cast<std::uint64_t>((high - low).count()) + 1)));
    }
    bool chance(double probability) noexcept {
        return static_cast<double>(next() >> 11) * 0x1p-53 < probability;
    }
    void fill(mutable_bytes out) noexcept {
        for (auto& b : out) b = static_cast<std::byte>(next());
    }
    dice fork() noexcept { return dice(next()); }

private:
    std::uint64_t state_;
};

}  // namespace conf::sim
