/// The VP9 payload descriptor, RFC 9628 §4.2: reading it, and rewriting its picture ids.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/rtp/descriptor_patch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace conf::rtp::vp9 {

inline constexpr std::size_t spatial_layers_max = 8;  // three bits count them
inline constexpr std::size_t reference_indices_max = 3;

/// Of the scalability structure: what chooses a layer. Its list of pictures is checked and skipped.
struct scalability_structure {
    std::uint8_t spatial_layers = 0;  // 1 to 8
    bool has_resolutions = false;
    std::array<std::uint16_t, spatial_layers_max> widths{};
    std::array<std::uint16_t, spatial_layers_max> heights{};
};

struct descriptor {
    std::uint16_t size = 0;            // bytes before the VP9 data
    bool inter_predicted = false;      // P
    bool flexible = false;             // F
    bool layer_start = false;          // B: begins a frame, which is one spatial layer of a picture
    bool layer_end = false;            // E
    bool not_reference_above = false;  // Z: no higher spatial layer needs this frame

    bool has_picture_id = false;
    bool long_picture_id = false;  // 15 bits instead of 7
    std::uint16_t picture_id = 0;
    bool has_layers = false;  // L
    std::uint8_t temporal_id = 0;
    std::uint8_t spatial_id = 0;
    bool switching_up_point = false;      // U: temporal layers above may start here
    bool inter_layer_dependency = false;  // D
    bool has_tl0_picture_index = false;   // with L in non-flexible mode
    std::uint8_t tl0_picture_index = 0;
    std::optional<scalability_structure> structure;  // V

    /// Of the picture, which is all the spatial layers of one moment.
    [[nodiscard]] bool starts_frame() const noexcept { return layer_start && spatial_id == 0; }
    [[nodiscard]] bool key_frame() const noexcept { return starts_frame() && !inter_predicted; }
    /// The marker bit is on the last packet of the highest layer that was sent; whoever drops layers above
    /// the one that ends here sets it.
    [[nodiscard]] static bool ends_frame(bool marker) noexcept { return marker; }
};

/// @return nothing for a payload that ends within its descriptor (SEC-RTP-4), names more than three
/// references,
///         or has nothing behind the descriptor.
[[nodiscard]] std::optional<descriptor> parse(bytes payload) noexcept;

/// The beginning of the descriptor with other ids; picture ids of 7 bits become 15 bits long, what the packet
/// does not have is not added. References and structure follow as they came. Precondition: `of` is what
/// `parse` made of `payload`.
[[nodiscard]] descriptor_patch rewrite(const descriptor& of, bytes payload, std::uint16_t picture_id,
                                       std::uint8_t tl0_picture_index) noexcept;

}  // namespace conf::rtp::vp9
