#include "tests/bench/peer/continuity.hpp"

namespace bench {

void continuity::begin() noexcept {
    base_ = highest_;
    received_ = 0;
}

void continuity::note(std::uint16_t sequence) noexcept {
    if (!started_) {
        started_ = true;
        highest_ = first_cycle + sequence;
        base_ = highest_ - 1;
        received_ = 1;
        return;
    }
    const auto step = static_cast<std::int16_t>(sequence - static_cast<std::uint16_t>(highest_));
    const auto number = highest_ + static_cast<std::uint64_t>(std::int64_t{step});
    if (number > highest_) highest_ = number;
    if (number > base_) ++received_;
}

}  // namespace bench
