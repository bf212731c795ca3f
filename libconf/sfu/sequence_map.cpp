#include "libconf/sfu/sequence_map.hpp"

#include <algorithm>

namespace conf::sfu {

std::optional<std::uint64_t> sequence_map::map(std::uint64_t in) noexcept {
    if (in < base_in_) return std::nullopt;
    auto before = drops_;
    while (before > 0) {
        if (drops_ - before == drops_remembered) return std::nullopt;
        const auto at = recent_[(before - 1) % drops_remembered];
        if (at < in) break;
        if (at == in) return std::nullopt;  // it was dropped, and its number is another's
        --before;
    }
    const auto out = base_out_ + (in - base_in_) - before;
    next_ = std::max(next_, out + 1);
    highest_in_ = std::max(highest_in_, in);
    started_ = true;
    return out;
}

void sequence_map::drop(std::uint64_t in) noexcept {
    if (in < base_in_ || in <= highest_in_) return;
    recent_[drops_ % drops_remembered] = in;
    ++drops_;
    highest_in_ = in;
}

}  // namespace conf::sfu
