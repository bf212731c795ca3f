#include "libconf/media/vpx_codec.hpp"

#include <algorithm>
#include <span>

#include <vpx/vp8cx.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>
#include <vpx/vpx_encoder.h>

namespace conf::media {
namespace {

vpx_codec_iface_t* encoder_of(sdp::codec which) {
    check(which == sdp::codec::vp8 || which == sdp::codec::vp9);
    return which == sdp::codec::vp8 ? vpx_codec_vp8_cx() : vpx_codec_vp9_cx();
}

vpx_codec_iface_t* decoder_of(sdp::codec which) {
    check(which == sdp::codec::vp8 || which == sdp::codec::vp9);
    return which == sdp::codec::vp8 ? vpx_codec_vp8_dx() : vpx_codec_vp9_dx();
}

struct codec_context {
    codec_context() = default;
    codec_context(const codec_context&) = delete;
    codec_context& operator=(const codec_context&) = delete;
    ~codec_context() { vpx_codec_destroy(&raw); }

    vpx_codec_ctx_t raw{};
};

void copy_plane(const vpx_image_t& from, int plane, unsigned width, unsigned height,
                std::vector<std::uint8_t>& to) {
    const auto stride = from.stride[plane];
    for (unsigned row = 0; row < height; ++row) {
        const auto* line = from.planes[plane] + static_cast<std::ptrdiff_t>(row) * stride;
        std::copy_n(line, width, to.begin() + static_cast<std::ptrdiff_t>(std::size_t{row} * width));
    }
}

}  // namespace

struct video_encoder::impl {
    video_format format;
    codec_context codec;
    vpx_codec_pts_t time = 0;
};

video_encoder::video_encoder(const video_format& format) : impl_(std::make_unique<impl>()) {
    impl_->format = format;
    vpx_codec_enc_cfg_t settings{};
    auto* const kind = encoder_of(format.codec);
    check(vpx_codec_enc_config_default(kind, &settings, 0) == VPX_CODEC_OK);
    settings.g_w = format.width;
    settings.g_h = format.height;
    settings.g_timebase = {1, static_cast<int>(format.frames_per_second)};
    settings.g_threads = 1;
    settings.g_lag_in_frames = 0;
    settings.g_error_resilient = VPX_ERROR_RESILIENT_DEFAULT;
    settings.rc_end_usage = VPX_CBR;
    settings.rc_target_bitrate = format.bitrate_bps / 1000;
    settings.rc_dropframe_thresh = 0;  // each number of a test card is sent
    settings.rc_max_quantizer = 56;
    settings.kf_mode = VPX_KF_AUTO;
    settings.kf_max_dist = 3000;  // key frames are asked for
    auto* const raw = &impl_->codec.raw;
    check(vpx_codec_enc_init(raw, kind, &settings, 0) == VPX_CODEC_OK);
    check(vpx_codec_control(raw, VP8E_SET_CPUUSED, format.codec == sdp::codec::vp8 ? -8 : 8) == VPX_CODEC_OK);
}

video_encoder::video_encoder(video_encoder&&) noexcept = default;
video_encoder& video_encoder::operator=(video_encoder&&) noexcept = default;
video_encoder::~video_encoder() = default;

std::optional<encoded_frame> video_encoder::encode(const picture& from, frame_kind kind) {
    const auto& format = impl_->format;
    check(from.width == format.width && from.height == format.height);
    vpx_image_t image{};
    // libvpx only reads, though its type does not say so.
    auto* const luma = const_cast<std::uint8_t*>(from.y.data());
    check(vpx_img_wrap(&image, VPX_IMG_FMT_I420, from.width, from.height, 1, luma) != nullptr);
    image.planes[VPX_PLANE_Y] = luma;
    image.planes[VPX_PLANE_U] = const_cast<std::uint8_t*>(from.u.data());
    image.planes[VPX_PLANE_V] = const_cast<std::uint8_t*>(from.v.data());
    image.stride[VPX_PLANE_Y] = static_cast<int>(from.width);
    image.stride[VPX_PLANE_U] = image.stride[VPX_PLANE_V] = static_cast<int>(from.width / 2);
    auto* const raw = &impl_->codec.raw;
    const vpx_enc_frame_flags_t flags = kind == frame_kind::key ? VPX_EFLAG_FORCE_KF : 0;
    check(vpx_codec_encode(raw, &image, impl_->time++, 1, flags, VPX_DL_REALTIME) == VPX_CODEC_OK);
    vpx_codec_iter_t at = nullptr;
    while (const auto* packet = vpx_codec_get_cx_data(raw, &at)) {
        if (packet->kind != VPX_CODEC_CX_FRAME_PKT) continue;
        const auto& frame = packet->data.frame;
        return encoded_frame{bytes(static_cast<const std::byte*>(frame.buf), frame.sz),
                             (frame.flags & VPX_FRAME_IS_KEY) != 0};
    }
    return std::nullopt;
}

struct video_decoder::impl {
    sdp::codec which{};
    codec_context codec;
    picture last;
};

video_decoder::video_decoder(sdp::codec which) : impl_(std::make_unique<impl>()) {
    impl_->which = which;
    check(vpx_codec_dec_init(&impl_->codec.raw, decoder_of(which), nullptr, 0) == VPX_CODEC_OK);
}

video_decoder::video_decoder(video_decoder&&) noexcept = default;
video_decoder& video_decoder::operator=(video_decoder&&) noexcept = default;
video_decoder::~video_decoder() = default;

const picture* video_decoder::decode(bytes frame) {
    const auto size = static_cast<unsigned>(frame.size());
    if (frame.empty() || size != frame.size()) return nullptr;  // nothing at all would mean a flush
    const auto* data = reinterpret_cast<const std::uint8_t*>(frame.data());
    vpx_codec_stream_info_t info{};
    info.sz = sizeof info;
    if (vpx_codec_peek_stream_info(decoder_of(impl_->which), data, size, &info) == VPX_CODEC_OK &&
        std::size_t{info.w} * info.h > pixels_max)
        return nullptr;
    auto* const raw = &impl_->codec.raw;
    if (vpx_codec_decode(raw, data, size, nullptr, 0) != VPX_CODEC_OK) return nullptr;
    vpx_codec_iter_t at = nullptr;
    const auto* shown = vpx_codec_get_frame(raw, &at);
    if (!shown || shown->fmt != VPX_IMG_FMT_I420) return nullptr;
    // An odd line or column carries no colour of its own.
    const auto width = shown->d_w & ~1U;
    const auto height = shown->d_h & ~1U;
    if (width < 2 || height < 2 || width > picture::side_max || height > picture::side_max) return nullptr;
    auto& to = impl_->last;
    if (to.width != width || to.height != height) to = picture(width, height);
    copy_plane(*shown, VPX_PLANE_Y, width, height, to.y);
    copy_plane(*shown, VPX_PLANE_U, width / 2, height / 2, to.u);
    copy_plane(*shown, VPX_PLANE_V, width / 2, height / 2, to.v);
    return &to;
}

}  // namespace conf::media
