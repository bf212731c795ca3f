/// What simulated publishers send: who said it, in which stream, and proof that nothing was changed.
#pragma once

#include "tests/sim/network.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace conf::sim::media {

/// Names one packet of one publisher for ever.
struct content {
    std::uint32_t origin = 0;     ///< the session: see client::tag
    std::uint8_t stream = 0;      ///< 0: the microphone; 1 to 3: layers of the camera
    bool marker = false;          ///< of the RTP header it was sent with
    std::uint32_t number = 0;     ///< in its stream, from 0, without gaps
    std::uint32_t timestamp = 0;  ///< of the RTP header it was sent with

    friend auto operator<=>(const content&, const content&) = default;
};

inline constexpr std::size_t content_bytes_min = 24;

/// How a camera's packet begins: what the server reads of VP8.
struct vp8_place {
    bool key = false;
    bool starts_frame = false;
    std::uint16_t picture = 0;  ///< 15 bits
    std::uint8_t tl0 = 0;
    std::uint16_t height = 0;

    friend bool operator==(const vp8_place&, const vp8_place&) = default;
};

/// Precondition: `size` >= `content_bytes_min`.
void append_content(std::vector<std::byte>& to, const content& what, std::size_t size);
/// Nothing where a byte is wrong.
[[nodiscard]] std::optional<content> read_content(bytes payload) noexcept;

inline constexpr std::size_t vp8_head_bytes = 15;
void append_vp8_head(std::vector<std::byte>& to, const vp8_place& at);
/// Nothing where the payload does not begin as `append_vp8_head` makes it.
[[nodiscard]] std::optional<vp8_place> read_vp8_head(bytes payload) noexcept;

}  // namespace conf::sim::media
