#include "libconf/sfu/track.hpp"

#include <algorithm>

namespace conf::sfu {

incoming_stream& track::add_stream(std::uint32_t ssrc, std::uint8_t layer) {
    if (streams_.size() <= layer) streams_.resize(layer + std::size_t{1});
    const bool nack = !media_.codecs.empty() && media_.codecs.front().feedback.nack;
    streams_[layer] = std::make_unique<incoming_stream>(ssrc, media_.kind, nack, layer);
    return *streams_[layer];
}

track::layer_order track::active_layers(instant now) const noexcept {
    layer_order order;
    for_each_stream([&](const incoming_stream& one) {
        if (order.size < order.layers.size() && one.is_active(now)) order.layers[order.size++] = one.layer();
    });
    const auto in_use = std::span(order.layers).first(order.size);
    const bool heights =
        std::ranges::all_of(in_use, [&](auto layer) { return stream(layer)->height() != 0; });
    std::ranges::stable_sort(in_use, {}, [&](auto layer) -> std::uint64_t {
        return heights ? stream(layer)->height() : stream(layer)->bits_per_second();
    });
    return order;
}

}  // namespace conf::sfu
