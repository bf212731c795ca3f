/// IVF files, which hold the frames of one VP8 or VP9 stream: reading them from memory.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/media/errors.hpp"
#include "libconf/sdp/codec.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace conf::media {

/// A view: the file's bytes must outlive it.
struct ivf_file {
    sdp::codec codec{};  ///< vp8 or vp9
    std::uint16_t width = 0;
    std::uint16_t height = 0;
    std::uint32_t rate = 0;  ///< frames/s are rate / scale; neither is 0
    std::uint32_t scale = 0;
    std::vector<bytes> frames;  ///< at least one, none empty

    /// @return `media_errc::bad_file` with what is wrong and where. What follows the last whole frame is left
    ///         out: a recording may end anywhere.
    [[nodiscard]] static result<ivf_file> read(bytes file);
};

inline constexpr std::size_t ivf_header_bytes = 32;
inline constexpr std::size_t ivf_frame_header_bytes = 12;

/// Whether decoding can begin with this frame. False for what is too short to tell.
[[nodiscard]] bool is_key_frame(sdp::codec codec, bytes frame) noexcept;

}  // namespace conf::media
