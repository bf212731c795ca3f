/// Negotiated sections as a router gets them, for tests and fuzz targets.
#pragma once

#include "libconf/sdp/negotiate.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sfu_test {

namespace sdp = conf::sdp;

inline constexpr std::uint8_t mid_id = 1, rid_id = 2, repaired_id = 3, level_id = 4, sequence_id = 5;

struct wanted_codec {
    sdp::codec_format format;
    std::uint8_t payload_type = 0;
    std::optional<std::uint8_t> rtx;
};

inline sdp::negotiated_media section(std::string mid, std::vector<wanted_codec> codecs,
                                     std::vector<std::string> rids = {}) {
    sdp::negotiated_media media;
    media.mid = std::move(mid);
    media.kind = sdp::kind_of(codecs.front().format.codec);
    const bool video = media.kind == sdp::media_kind::video;
    for (const auto& one : codecs) {
        sdp::negotiated_codec codec;
        codec.format = one.format;
        codec.payload_type = one.payload_type;
        codec.rtx_payload_type = one.rtx;
        codec.clock_rate_hz = sdp::clock_rate_hz_of(one.format.codec);
        codec.feedback = {.nack = video, .nack_pli = video, .ccm_fir = video, .transport_cc = true};
        media.codecs.push_back(codec);
    }
    media.extensions.set(sdp::extension::mid, mid_id);
    media.extensions.set(sdp::extension::transport_cc, sequence_id);
    if (!video) media.extensions.set(sdp::extension::audio_level, level_id);
    if (!rids.empty()) {
        media.extensions.set(sdp::extension::rtp_stream_id, rid_id);
        media.extensions.set(sdp::extension::repaired_rtp_stream_id, repaired_id);
    }
    media.rids = std::move(rids);
    return media;
}

inline const wanted_codec opus{{sdp::codec::opus}, 111, {}};
inline const wanted_codec vp8{{sdp::codec::vp8}, 96, 97};

}  // namespace sfu_test
