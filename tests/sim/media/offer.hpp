/// The offers that simulated clients send, as browsers write them.
#pragma once

#include "libconf/ice/credentials.hpp"

#include <cstdint>
#include <string>

namespace conf::sim::media {

inline constexpr std::uint8_t opus_type = 111, vp8_type = 96, rtx_type = 97;
inline constexpr std::uint8_t level_id = 1, sequence_id = 3, mid_id = 4, rid_id = 10, repaired_rid_id = 11;
inline constexpr std::string_view audio_mid = "0", video_mid = "1";

struct published_ssrcs {
    std::uint32_t audio = 0;
    std::uint32_t video = 0;
    std::uint32_t video_rtx = 0;
};

/// `declared`: with a=ssrc lines; without, packets tell by their MID and RID. `layers` > 1: simulcast.
[[nodiscard]] std::string publisher_offer(const ice::credentials& own, const std::string& fingerprint,
                                          const published_ssrcs* declared, unsigned layers);
/// So many audio and as many video sections.
[[nodiscard]] std::string player_offer(const ice::credentials& own, const std::string& fingerprint,
                                       unsigned pairs);
/// The body of a PATCH that restarts ICE.
[[nodiscard]] std::string restart_fragment(const ice::credentials& own);
/// The name of a simulcast layer.
[[nodiscard]] std::string_view rid_of(unsigned layer);

}  // namespace conf::sim::media
