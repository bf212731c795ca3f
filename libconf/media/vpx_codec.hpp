/// VP8 and VP9 for live pictures: libvpx behind it.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/media/picture.hpp"
#include "libconf/sdp/codec.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace conf::media {

struct video_format {
    sdp::codec codec = sdp::codec::vp8;  ///< or vp9
    unsigned width = 320;
    unsigned height = 180;
    unsigned frames_per_second = 25;
    unsigned bitrate_bps = 400'000;
};

struct encoded_frame {
    bytes data;  ///< one frame; valid until the next call
    bool key_frame = false;
};

enum class frame_kind : std::uint8_t { any, key };

/// One layer at a constant bitrate, without delay, one thread. Belongs to its owner.
class video_encoder {
public:
    explicit video_encoder(const video_format& format);
    video_encoder(video_encoder&&) noexcept;
    video_encoder& operator=(video_encoder&&) noexcept;
    ~video_encoder();

    /// Precondition: of the format's size.
    /// @return nothing where the encoder dropped the frame to keep to its rate.
    [[nodiscard]] std::optional<encoded_frame> encode(const picture& from, frame_kind kind = frame_kind::any);

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

/// Belongs to its stream.
class video_decoder {
public:
    /// `which`: vp8 or vp9.
    explicit video_decoder(sdp::codec which);
    video_decoder(video_decoder&&) noexcept;
    video_decoder& operator=(video_decoder&&) noexcept;
    ~video_decoder();

    /// @return the picture, valid until the next call; null for a frame that cannot be decoded, or that is
    ///         larger than `pixels_max`, or shows nothing.
    [[nodiscard]] const picture* decode(bytes frame);

    /// A header may claim far more than it has data for.
    static constexpr std::size_t pixels_max = std::size_t{4096} * 2304;

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace conf::media
