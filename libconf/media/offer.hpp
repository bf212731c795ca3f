/// What our participants say in SDP: offers to publish and to play, answers to offers, and what they read in
/// the other side's description.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/dtls/certificate.hpp"
#include "libconf/ice/credentials.hpp"
#include "libconf/media/errors.hpp"
#include "libconf/sdp/codec.hpp"
#include "libconf/sdp/extension.hpp"
#include "libconf/sdp/model.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::media {

/// Payload types and extension ids of our offers.
inline constexpr std::uint8_t opus_payload_type = 111;
inline constexpr std::uint8_t vp8_payload_type = 96;
inline constexpr std::uint8_t vp8_rtx_payload_type = 97;
inline constexpr std::uint8_t audio_level_id = 1;
inline constexpr std::uint8_t abs_send_time_id = 2;
inline constexpr std::uint8_t transport_cc_id = 3;
inline constexpr std::uint8_t mid_id = 4;
inline constexpr std::uint8_t rid_id = 10;
inline constexpr std::uint8_t repaired_rid_id = 11;

/// Our end of the one transport.
struct local_transport {
    ice::credentials ice;
    dtls::fingerprint certificate;
    std::uint64_t session_id = 0;        ///< of o=; at most 2^63 - 1
    std::vector<endpoint> candidates{};  ///< UDP, of hosts; an ICE-lite server needs none
};

/// What a publisher sends: Opus, VP8 with RTX, or both.
struct publication {
    std::optional<std::uint32_t> audio_ssrc;
    std::optional<std::uint32_t> video_ssrc;
    std::optional<std::uint32_t> video_rtx_ssrc;
    /// Simulcast: then the video's SSRCs are not declared, packets carry their rid.
    std::vector<std::string> rids;
    std::string cname = "conf";
};

/// The first section is audio with mid "0" where there is audio, then video. Precondition: one of them.
[[nodiscard]] sdp::session publish_offer(const local_transport& local, const publication& what);
/// Pairs of an audio and a video section in turn, then what is left of either kind. Precondition: at least
/// one.
[[nodiscard]] sdp::session play_offer(const local_transport& local, std::size_t audio_sections,
                                      std::size_t video_sections);
/// Takes what the other side offers to send or receive: Opus, and VP8 with its RTX, under the offer's
/// numbers. As the active side of DTLS. Where it offers to receive we send `what`.
[[nodiscard]] sdp::session answer_to(const sdp::session& offer, const local_transport& local,
                                     const publication& what = {});

/// One section of the other side's description.
struct remote_media {
    std::string mid;
    sdp::media_kind kind{};
    sdp::direction direction{};                ///< as that side sees it
    std::optional<std::uint8_t> payload_type;  ///< of the first codec that we know; none: nothing in common
    sdp::codec codec{};
    std::optional<std::uint8_t> rtx_payload_type;
    sdp::extension_ids extensions;
    std::optional<std::uint32_t> ssrc;  ///< what it sends with, where it says so
    std::optional<std::uint32_t> rtx_ssrc;
};

/// An answer or an offer of the other side: what a transport needs to begin.
struct remote_description {
    ice::credentials ice;
    bool ice_lite = false;
    std::vector<dtls::fingerprint> fingerprints;  ///< at least one
    sdp::setup_role setup{};
    std::vector<endpoint> candidates;  ///< UDP with literal addresses, the best first; maybe none
    std::vector<remote_media> media;
};

/// `media_errc::bad_answer` with what is wrong.
[[nodiscard]] result<remote_description> read_description(std::string_view text);

}  // namespace conf::media
