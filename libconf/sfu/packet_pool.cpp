#include "libconf/sfu/packet_pool.hpp"

#include <algorithm>

namespace conf::sfu {

packet_ref packet_pool::take(bytes data) {
    if (data.size() > packet::bytes_max) return {};
    if (free_ == nullptr && !grow()) return {};
    auto* one = free_;
    free_ = one->next_free;
    ++in_use_;
    std::ranges::copy(data, one->data.begin());
    one->view = {};
    one->payload = {};
    one->audio_level = one->video_orientation = one->dependency_descriptor = {};
    one->layer = 0;
    return packet_ref(one);
}

bool packet_pool::grow() {
    if (slots() + slab_slots > slots_max_) return false;
    // Not make_unique: it would write zeros into every slot first.
    auto& slab = slabs_.emplace_back(new packet[slab_slots]);
    for (std::size_t i = slab_slots; i-- > 0;) {
        slab[i].home = this;
        slab[i].next_free = free_;
        free_ = &slab[i];
    }
    return true;
}

void packet_pool::give_back(packet* one) noexcept {
    one->next_free = free_;
    free_ = one;
    --in_use_;
}

}  // namespace conf::sfu
