/// One section of a publisher: its streams, and everybody who receives one of them.
#pragma once

#include "libconf/base/time.hpp"
#include "libconf/sdp/negotiate.hpp"
#include "libconf/sfu/incoming_stream.hpp"
#include "libconf/sfu/worst_loss.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace conf::sfu {

class outgoing_stream;

/// Belongs to its publisher.
class track {
public:
    explicit track(const sdp::negotiated_media& media) : media_(media) {}

    [[nodiscard]] const sdp::negotiated_media& media() const noexcept { return media_; }
    [[nodiscard]] bool is_video() const noexcept { return media_.kind == sdp::media_kind::video; }

    /// How many streams there may be: one, or one for each rid.
    [[nodiscard]] std::size_t layers_max() const noexcept {
        return std::max<std::size_t>(media_.rids.size(), 1);
    }
    /// Precondition: `layer` < layers_max() and has none yet.
    incoming_stream& add_stream(std::uint32_t ssrc, std::uint8_t layer);
    /// Null before its first packet.
    [[nodiscard]] incoming_stream* stream(std::size_t layer) const noexcept {
        return layer < streams_.size() ? streams_[layer].get() : nullptr;
    }
    [[nodiscard]] bool started() const noexcept { return !streams_.empty(); }
    template <class Visitor>
    void for_each_stream(Visitor&& visit) const {
        for (const auto& one : streams_) {
            if (one) visit(*one);
        }
    }
    void want_key_frame(std::size_t layer, instant now) const noexcept {
        if (auto* const one = stream(layer)) one->want_key_frame(now);
    }

    /// The active layers, smallest picture first: by height where key frames told it, else by bitrate, else
    /// as the offer has them. Offers name them in either order.
    struct layer_order {
        std::array<std::uint8_t, 8> layers{};
        std::size_t size = 0;
    };
    [[nodiscard]] layer_order active_layers(instant now) const noexcept;

    /// Whether somebody would miss a packet.
    [[nodiscard]] bool heard() const noexcept { return tapped || !receivers.empty(); }

    std::vector<outgoing_stream*> receivers;
    bool tapped = false;  ///< our own program listens
    /// While it is not, whatever arrives is repaired and counted, and goes to nobody: somebody is muted.
    bool open = true;
    worst_loss listeners_loss;  ///< of sound

private:
    const sdp::negotiated_media& media_;
    std::vector<std::unique_ptr<incoming_stream>> streams_;  // by layer
};

}  // namespace conf::sfu
