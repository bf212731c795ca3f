#include "libconf/sfu/packet_history.hpp"

#include <algorithm>
#include <utility>

namespace conf::sfu {

void packet_history::insert(packet_ref one) {
    const auto number = one->extended;
    if (size_ == 0) oldest_ = newest_ = number;
    if (newest_ >= ring_.size() && number <= newest_ - ring_.size()) return;  // its slot holds a newer one
    auto& slot = slot_of(number);
    if (!slot) ++size_;
    slot = std::move(one);
    newest_ = std::max(newest_, number);
    oldest_ = std::min(oldest_, number);
}

const packet* packet_history::find(std::uint64_t extended) const noexcept {
    const auto& slot = ring_[extended & (ring_.size() - 1)];
    return slot && slot->extended == extended ? slot.get() : nullptr;
}

const packet* packet_history::find_low(std::uint32_t low) const noexcept {
    const auto& slot = ring_[low & (ring_.size() - 1)];
    return slot && static_cast<std::uint32_t>(slot->extended) == low ? slot.get() : nullptr;
}

void packet_history::drop_older_than(instant when) noexcept {
    // The numbers between `oldest_` and the newest are in the ring or have been written over.
    if (newest_ >= ring_.size()) oldest_ = std::max(oldest_, newest_ - ring_.size() + 1);
    for (; size_ > 0 && oldest_ <= newest_; ++oldest_) {
        auto& slot = slot_of(oldest_);
        if (!slot || slot->extended != oldest_) continue;
        if (slot->arrival >= when) return;
        slot = {};
        --size_;
    }
}

void packet_history::clear() noexcept {
    for (auto& slot : ring_) slot = {};
    size_ = 0;
}

}  // namespace conf::sfu
