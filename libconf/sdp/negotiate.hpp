/// Our answer to the offer of a WHIP publisher or a WHEP player: the subset of JSEP (RFC 8829) that they
/// need.
#pragma once

#include "libconf/sdp/codec.hpp"
#include "libconf/sdp/extension.hpp"
#include "libconf/sdp/model.hpp"
#include "libconf/sdp/outcome.hpp"
#include "libconf/sdp/parse.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace conf::sdp {

/// The RTCP feedback of RFC 4585, RFC 5104 and transport-cc that both sides know.
struct feedback {
    bool nack = false;
    bool nack_pli = false;
    bool ccm_fir = false;
    bool transport_cc = false;

    friend bool operator==(const feedback&, const feedback&) = default;
};

/// What we take. Immutable while in use; any thread.
struct capabilities {
    std::vector<codec_format> codecs{
        {codec::opus},
        {codec::red},
        {codec::vp8},
        {codec::vp9, 0},
        {codec::vp9, 2},
        h264(h264_profile::constrained_baseline),
        h264(h264_profile::baseline),
        h264(h264_profile::main),
        h264(h264_profile::constrained_high),
        h264(h264_profile::high),
        {codec::av1, 0},
    };
    feedback audio{.transport_cc = true};
    feedback video{.nack = true, .nack_pli = true, .ccm_fir = true, .transport_cc = true};
    std::vector<extension> extensions{
        extension::mid,
        extension::rtp_stream_id,
        extension::repaired_rtp_stream_id,
        extension::audio_level,
        extension::transport_cc,
        extension::abs_send_time,
        extension::dependency_descriptor,
        extension::video_orientation,
    };
    std::size_t rids_max = 3;  // layers taken of a simulcast; the others are declined
};

/// Our end of the one transport. Its texts must fit the grammar, or `write` fails a check.
struct server_parameters {
    std::uint64_t session_id = 0;  // of o=; RFC 8829 §5.2.1: 63 random bits
    std::uint64_t session_version = 0;
    std::string ufrag;
    std::string pwd;
    fingerprint certificate;
    std::vector<candidate> candidates;  // all there will ever be
};

/// What we send in one section to a player: a cname of visible ASCII, identifiers as msid.
struct sent_stream {
    std::uint32_t ssrc = 0;
    std::optional<std::uint32_t> rtx_ssrc;  // left out of the answer where the offer has no RTX
    std::string cname;
    media_stream_id msid;
};

struct negotiated_codec {
    codec_format format;
    std::uint8_t payload_type = 0;  // the offer's
    std::optional<std::uint8_t> rtx_payload_type;
    std::uint32_t clock_rate_hz = 0;
    sdp::feedback feedback;
    std::uint32_t profile_level_id = 0;  // H.264

    friend bool operator==(const negotiated_codec&, const negotiated_codec&) = default;
};

struct negotiated_media {
    std::string mid;
    media_kind kind{};
    std::vector<negotiated_codec> codecs;  // the offer's preference first
    extension_ids extensions;
    bool extmap_allow_mixed = false;  // one-byte and two-byte headers in one stream, RFC 8285 §4.1.2
    std::vector<std::string> rids;    // of the simulcast that we receive, in the offer's order
    // What a publisher declared, maybe nothing.
    std::vector<ssrc_source> ssrcs;
    std::vector<ssrc_group> ssrc_groups;
};

/// The other end of the one transport: everything is bundled.
struct remote_transport {
    ice_parameters ice;
    std::vector<fingerprint> fingerprints;  // at least one; the certificate must match one of them
    setup_role setup{};                     // as offered, actpass or active: the peer is the DTLS client
    std::vector<candidate> candidates;      // literal addresses that could be anybody's, component 1
};

struct negotiated {
    session answer;
    remote_transport remote;
    std::size_t tagged = 0;               // the section that carries the transport, RFC 8843 §7.3
    std::vector<negotiated_media> media;  // one for each section of the offer
};

/// Why an offer is not answered. Not for a log: it quotes its sender.
struct refusal {
    int status = 422;         // of HTTP: 400 for what contradicts itself, 422 for what we do not do
    std::size_t line = 0;     // of the text, from 1; 0 where a section tells the place
    std::size_t section = 0;  // the m= line, from 1; 0: the session part, or a line
    std::string why;
    std::string mid;  // of that section, where it has one

    /// `section 2 (mid "1"): a=rtcp-mux is required`, or what the parser says of a line.
    [[nodiscard]] std::string message() const;
};

/// 400.
[[nodiscard]] refusal to_refusal(const parse_error& wrong);

/// Answers a publisher: at most one audio and one video section, which we receive. Never rejects a section: a
/// whole answer or none (RFC 9725 §4.4).
[[nodiscard]] outcome<negotiated, refusal> answer_whip(const session& offer, const capabilities& ours,
                                                       const server_parameters& server);

/// Answers somebody in a call: up to that many sections of any kind, in which we receive; otherwise as a
/// publisher of WHIP. Precondition: `sections_max` > 0.
[[nodiscard]] outcome<negotiated, refusal> answer_sender(const session& offer, const capabilities& ours,
                                                         const server_parameters& server,
                                                         std::size_t sections_max);

/// Answers a player: any number of sections, in which we send.
/// @param sent  one for each section of the offer, in their order.
[[nodiscard]] outcome<negotiated, refusal> answer_whep(const session& offer, const capabilities& ours,
                                                       const server_parameters& server,
                                                       std::span<const sent_stream> sent);

/// The first payload type or extension id that means something else than before in the same session, as a
/// refusal; nothing if all is well (SEC-SDP-5).
[[nodiscard]] std::optional<refusal> changed_meaning(const negotiated& before, const negotiated& after);

/// The body of the 200 that answers an ICE restart, RFC 9725 §4.3: the new credentials and all candidates.
[[nodiscard]] fragment make_fragment(const negotiated& of, const server_parameters& server);

/// The ufrag and pwd of a PATCH, of its first section that has both or else of its session part; nothing if
/// it brings candidates only.
[[nodiscard]] std::optional<ice_parameters> credentials_of(const fragment& from);

}  // namespace conf::sdp
