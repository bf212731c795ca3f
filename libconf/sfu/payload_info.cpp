#include "libconf/sfu/payload_info.hpp"

#include "libconf/rtp/av1.hpp"
#include "libconf/rtp/h264.hpp"
#include "libconf/rtp/red.hpp"

namespace conf::sfu {

bool payload_info::has_picture_id() const noexcept {
    if (const auto* vp8 = std::get_if<rtp::vp8::descriptor>(&descriptor)) return vp8->has_picture_id;
    if (const auto* vp9 = std::get_if<rtp::vp9::descriptor>(&descriptor)) return vp9->has_picture_id;
    return false;
}

std::uint16_t payload_info::picture_id() const noexcept {
    if (const auto* vp8 = std::get_if<rtp::vp8::descriptor>(&descriptor)) return vp8->picture_id;
    if (const auto* vp9 = std::get_if<rtp::vp9::descriptor>(&descriptor)) return vp9->picture_id;
    return 0;
}

std::uint8_t payload_info::tl0_picture_index() const noexcept {
    if (const auto* vp8 = std::get_if<rtp::vp8::descriptor>(&descriptor)) return vp8->tl0_picture_index;
    if (const auto* vp9 = std::get_if<rtp::vp9::descriptor>(&descriptor)) return vp9->tl0_picture_index;
    return 0;
}

payload_info inspect(sdp::codec_format format, bytes payload, bool marker) noexcept {
    payload_info info;
    info.ends_frame = marker;
    switch (format.codec) {
        case sdp::codec::vp8:
            if (const auto read = rtp::vp8::parse(payload)) {
                info.starts_key_frame = read->key_frame();
                if (const auto size = rtp::vp8::read_resolution(*read, payload)) info.height = size->height;
                info.descriptor = *read;
            }
            break;
        case sdp::codec::vp9:
            if (const auto read = rtp::vp9::parse(payload)) {
                info.starts_key_frame = read->key_frame();
                if (read->structure && read->structure->has_resolutions) {
                    info.height = read->structure->heights[read->structure->spatial_layers - 1U];
                }
                info.descriptor = *read;
            }
            break;
        case sdp::codec::h264:
            if (const auto read = rtp::h264::parse(payload)) {
                // An encoder that repeats its SPS before other pictures sends the slice in the same aggregate
                // or behind it; a decoder that begins there waits for the next IDR by itself.
                info.starts_key_frame = read->sps || (read->idr && read->unit_start);
            }
            break;
        case sdp::codec::av1:
            if (const auto read = rtp::av1::parse(payload)) info.starts_key_frame = read->key_frame();
            break;
        case sdp::codec::opus: info.starts_key_frame = true; break;  // every packet can be decoded alone
        case sdp::codec::red:
            info.starts_key_frame = true;
            if (const auto read = rtp::red::payload_view::parse(payload)) {
                const auto primary = read->primary();
                info.primary_at = static_cast<std::uint16_t>(payload.size() - primary.data.size());
                info.primary_type = primary.payload_type;
                info.red_of_one_type = true;
                read->for_each([&](const rtp::red::block& one) {
                    if (one.payload_type != primary.payload_type) info.red_of_one_type = false;
                });
            }
            break;
    }
    return info;
}

rtp::descriptor_patch rewrite_ids(const payload_info& of, bytes payload, std::uint16_t picture_id,
                                  std::uint8_t tl0_picture_index) noexcept {
    if (const auto* vp8 = std::get_if<rtp::vp8::descriptor>(&of.descriptor)) {
        return rtp::vp8::rewrite(*vp8, payload, picture_id, tl0_picture_index);
    }
    if (const auto* vp9 = std::get_if<rtp::vp9::descriptor>(&of.descriptor)) {
        return rtp::vp9::rewrite(*vp9, payload, picture_id, tl0_picture_index);
    }
    return {};
}

}  // namespace conf::sfu
