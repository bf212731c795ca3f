/// A session description as typed values: what RFC 8866 text says to a WebRTC server, and no more.
#pragma once

#include "libconf/base/ip_address.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace conf::sdp {

// Every string here is free of control characters and of what would end its place in a line: the parser lets
// nothing else in, and the writer checks it again. Thread: all of these are values.

enum class media_kind : std::uint8_t { audio, video, application };
enum class direction : std::uint8_t { sendrecv, sendonly, recvonly, inactive };
enum class setup_role : std::uint8_t { actpass, active, passive, holdconn };    // RFC 4145 §4
enum class hash_function : std::uint8_t { sha256, sha384, sha512 };             // the ones that we trust
enum class group_semantics : std::uint8_t { bundle, lip_sync };                 // RFC 8843, RFC 5888
enum class ssrc_group_semantics : std::uint8_t { flow_id, simulcast, fec_fr };  // FID, SIM, FEC-FR
enum class candidate_transport : std::uint8_t { udp, tcp };
enum class candidate_type : std::uint8_t { host, srflx, prflx, relay };
enum class tcp_type : std::uint8_t { active, passive, so };  // RFC 6544 §4.5
enum class rid_direction : std::uint8_t { send, recv };

/// The way back: what the answerer says to an offer of `offered`.
[[nodiscard]] constexpr direction reversed(direction offered) noexcept {
    if (offered == direction::sendonly) return direction::recvonly;
    if (offered == direction::recvonly) return direction::sendonly;
    return offered;
}
[[nodiscard]] constexpr bool sends(direction of) noexcept {
    return of == direction::sendrecv || of == direction::sendonly;
}
[[nodiscard]] constexpr bool receives(direction of) noexcept {
    return of == direction::sendrecv || of == direction::recvonly;
}

/// o=. The default address is the one of RFC 8829 §5.2.1 for those who do not tell theirs.
struct origin {
    std::string username = "-";
    std::uint64_t session_id = 0;
    std::uint64_t session_version = 0;
    ip_family family = ip_family::v4;
    std::string address = "0.0.0.0";

    friend bool operator==(const origin&, const origin&) = default;
};

struct bandwidth {
    std::string type;  // AS, TIAS, …
    std::uint64_t value = 0;

    friend bool operator==(const bandwidth&, const bandwidth&) = default;
};

struct group {
    group_semantics semantics{};
    std::vector<std::string> mids;

    friend bool operator==(const group&, const group&) = default;
};

struct ice_parameters {
    std::string ufrag;  // empty: not said
    std::string pwd;
    std::vector<std::string> options;

    friend bool operator==(const ice_parameters&, const ice_parameters&) = default;
};

struct fingerprint {
    hash_function hash{};
    std::vector<std::byte> value;  // as many as the hash has

    friend bool operator==(const fingerprint&, const fingerprint&) = default;
};

/// Exactly one of `ip` and `name` is there. A name is never resolved (SEC-ICE-5): it is text to look at.
struct candidate {
    std::string foundation;
    std::uint16_t component = 1;  // 1 to 256
    candidate_transport transport{};
    std::uint32_t priority = 0;
    std::optional<ip_address> ip;
    std::string name;  // a host name, mostly of mDNS ("….local")
    std::uint16_t port = 0;
    candidate_type type{};
    std::optional<tcp_type> tcp;

    [[nodiscard]] bool is_resolved() const noexcept { return ip.has_value(); }
    friend bool operator==(const candidate&, const candidate&) = default;
};

/// "key=value", or a bare word with an empty value.
struct parameter {
    std::string key;
    std::string value;

    friend bool operator==(const parameter&, const parameter&) = default;
};

/// One payload type of an m= line with its rtpmap, fmtp and rtcp-fb.
struct payload_format {
    std::uint8_t payload_type = 0;  // 0 to 127
    std::string encoding;           // empty: a static payload type without rtpmap
    std::uint32_t clock_rate_hz = 0;
    std::uint8_t channels = 1;
    std::vector<parameter> parameters;
    std::vector<std::string> feedback;  // "nack", "nack pli", …

    friend bool operator==(const payload_format&, const payload_format&) = default;
};

struct extension_map {
    std::uint8_t id = 0;  // 1 to 255
    std::string uri;
    sdp::direction direction = direction::sendrecv;

    friend bool operator==(const extension_map&, const extension_map&) = default;
};

/// RFC 8851.
struct restriction_id {
    std::string id;
    rid_direction direction{};
    std::vector<std::uint8_t> payload_types;  // of "pt="; empty: all
    std::vector<parameter> restrictions;      // all but "pt"

    friend bool operator==(const restriction_id&, const restriction_id&) = default;
};

struct simulcast_alternative {
    std::string rid;
    bool paused = false;  // "~"

    friend bool operator==(const simulcast_alternative&, const simulcast_alternative&) = default;
};
/// One encoding, best format first.
using simulcast_stream = std::vector<simulcast_alternative>;

/// RFC 8853 §5.1.
struct simulcast_streams {
    std::vector<simulcast_stream> send;
    std::vector<simulcast_stream> recv;

    friend bool operator==(const simulcast_streams&, const simulcast_streams&) = default;
};

/// RFC 8830. The stream is "-" for none; the track may be missing.
struct media_stream_id {
    std::string stream;
    std::string track;

    friend bool operator==(const media_stream_id&, const media_stream_id&) = default;
};

struct ssrc_source {
    std::uint32_t ssrc = 0;
    std::string cname;  // whatever its sender liked, visible ASCII; for nobody else's eyes
    std::optional<media_stream_id> msid;

    friend bool operator==(const ssrc_source&, const ssrc_source&) = default;
};

/// RFC 5576 §4.2.
struct ssrc_group {
    ssrc_group_semantics semantics{};
    std::vector<std::uint32_t> ssrcs;

    friend bool operator==(const ssrc_group&, const ssrc_group&) = default;
};

struct media_section {
    media_kind kind{};
    std::uint16_t port = 9;  // 0: rejected, or bundle-only
    std::string protocol;
    std::vector<payload_format> formats;  // empty for application
    std::vector<bandwidth> bandwidths;
    std::string mid;
    sdp::direction direction = direction::sendrecv;
    bool bundle_only = false;
    bool rtcp_mux = false;
    bool rtcp_mux_only = false;
    bool rtcp_rsize = false;
    bool extmap_allow_mixed = false;
    ice_parameters ice;
    std::vector<fingerprint> fingerprints;
    std::optional<setup_role> setup;
    std::vector<candidate> candidates;
    bool end_of_candidates = false;
    std::vector<std::string> feedback_for_all;  // of "rtcp-fb:*"
    std::vector<extension_map> extensions;
    std::vector<media_stream_id> msids;
    std::vector<restriction_id> rids;
    simulcast_streams simulcast;
    std::vector<ssrc_source> ssrcs;
    std::vector<ssrc_group> ssrc_groups;
    std::optional<std::uint16_t> ptime_ms;
    std::optional<std::uint16_t> maxptime_ms;
    std::optional<std::uint16_t> sctp_port;
    std::optional<std::uint64_t> max_message_bytes;

    friend bool operator==(const media_section&, const media_section&) = default;
};

/// An offer or an answer.
struct session {
    sdp::origin origin;
    std::string name = "-";
    std::vector<bandwidth> bandwidths;
    std::vector<group> groups;
    bool ice_lite = false;
    bool extmap_allow_mixed = false;
    ice_parameters ice;
    std::vector<fingerprint> fingerprints;
    std::optional<setup_role> setup;
    std::vector<media_section> media;

    friend bool operator==(const session&, const session&) = default;
};

struct fragment_section {
    media_kind kind{};
    std::string mid;
    ice_parameters ice;
    std::vector<candidate> candidates;
    bool end_of_candidates = false;

    friend bool operator==(const fragment_section&, const fragment_section&) = default;
};

/// The body of application/trickle-ice-sdpfrag, RFC 8840 §9: candidates, or new credentials, or both.
struct fragment {
    std::vector<group> groups;
    bool ice_lite = false;
    ice_parameters ice;
    bool end_of_candidates = false;
    std::vector<fragment_section> media;

    friend bool operator==(const fragment&, const fragment&) = default;
};

}  // namespace conf::sdp
