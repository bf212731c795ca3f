#include "libconf/sdp/reading.hpp"

#include <algorithm>
#include <limits>

namespace conf::sdp {
namespace {

template <direction Which>
complaint read_direction(reading& in, std::string_view) {
    auto& has = in.in_media() ? in.notes.has_direction : in.has_session_direction;
    auto& kept = in.in_media() ? in.section().direction : in.session_direction;
    if (has && kept != Which) return "one direction in a section";
    has = true;
    kept = Which;
    return fine;
}

template <bool media_section::* Flag>
complaint read_flag(reading& in, std::string_view) {
    in.section().*Flag = true;
    return fine;
}

complaint read_allow_mixed(reading& in, std::string_view) {
    (in.in_media() ? in.section().extmap_allow_mixed : in.made.extmap_allow_mixed) = true;
    return fine;
}

complaint read_ice_lite(reading& in, std::string_view) {
    in.made.ice_lite = true;
    return fine;
}

complaint read_end_of_candidates(reading& in, std::string_view) {
    (in.in_media() ? in.section().end_of_candidates : in.end_of_candidates) = true;
    return fine;
}

complaint read_group(reading& in, std::string_view value) {
    auto scan = in.scan(value);
    const auto semantics = named(group_names, scan.word());
    if (!semantics) return fine;
    group made{*semantics, {}};
    while (!scan.at_end()) {
        const auto mid = scan.word();
        if (mid.empty()) break;  // spaces at the end
        if (!is_identifier(mid)) return "mids of at most 64 letters, digits, dots, hyphens, underscores";
        if (made.mids.size() == sections_max) return "at most 512 names in a group";
        made.mids.emplace_back(mid);
    }
    in.made.groups.push_back(std::move(made));
    in.group_lines.push_back(in.at);
    return fine;
}

complaint read_mid(reading& in, std::string_view value) {
    in.steps += value.size();
    if (!is_identifier(value)) return "a mid of at most 64 letters, digits, dots, hyphens, underscores";
    if (!in.section().mid.empty()) return "one a=mid in a section";
    if (!in.mids.try_emplace(value, 0).second) return "a mid that no other section has";
    in.section().mid = value;
    return fine;
}

complaint refuse_crypto(reading&, std::string_view) {
    return "DTLS-SRTP; SDES (a=crypto) is not accepted";
}

/// RFC 8866 §6.4 allows fractions; nobody sends them, and what we cannot keep we leave out.
template <std::optional<std::uint16_t> media_section::* Which>
complaint read_milliseconds(reading& in, std::string_view value) {
    in.steps += value.size();
    in.section().*Which = to_number<std::uint16_t>(value, 1, std::numeric_limits<std::uint16_t>::max());
    return fine;
}

complaint read_sctp_port(reading& in, std::string_view value) {
    in.steps += value.size();
    const auto port = to_number<std::uint16_t>(value, 0, std::numeric_limits<std::uint16_t>::max());
    if (!port) return "a port from 0 to 65535";
    in.section().sctp_port = port;
    return fine;
}

complaint read_max_message_size(reading& in, std::string_view value) {
    in.steps += value.size();
    const auto size = to_number(value, 0, std::numeric_limits<std::uint64_t>::max());
    if (!size) return "a number of bytes";
    in.section().max_message_bytes = size;
    return fine;
}

struct attribute {
    std::string_view name;
    attribute_reader at_session;  // null: unknown there
    attribute_reader at_media;
    bool in_fragment;  // RFC 8840 §9.2
};

constexpr attribute attributes[] = {
    {"bundle-only", nullptr, read_flag<&media_section::bundle_only>, false},
    {"candidate", nullptr, read_candidate, true},
    {"crypto", refuse_crypto, refuse_crypto, false},
    {"end-of-candidates", read_end_of_candidates, read_end_of_candidates, true},
    {"extmap", nullptr, read_extmap, false},
    {"extmap-allow-mixed", read_allow_mixed, read_allow_mixed, false},
    {"fingerprint", read_fingerprint, read_fingerprint, false},
    {"fmtp", nullptr, read_fmtp, false},
    {"group", read_group, nullptr, true},
    {"ice-lite", read_ice_lite, nullptr, true},
    {"ice-options", read_ice_options, read_ice_options, true},
    {"ice-pwd", read_pwd, read_pwd, true},
    {"ice-ufrag", read_ufrag, read_ufrag, true},
    {"inactive", read_direction<direction::inactive>, read_direction<direction::inactive>, false},
    {"max-message-size", nullptr, read_max_message_size, false},
    {"maxptime", nullptr, read_milliseconds<&media_section::maxptime_ms>, false},
    {"mid", nullptr, read_mid, true},
    {"msid", nullptr, read_msid, false},
    {"ptime", nullptr, read_milliseconds<&media_section::ptime_ms>, false},
    {"recvonly", read_direction<direction::recvonly>, read_direction<direction::recvonly>, false},
    {"rid", nullptr, read_rid, false},
    {"rtcp-fb", nullptr, read_rtcp_fb, false},
    {"rtcp-mux", nullptr, read_flag<&media_section::rtcp_mux>, false},
    {"rtcp-mux-only", nullptr, read_flag<&media_section::rtcp_mux_only>, false},
    {"rtcp-rsize", nullptr, read_flag<&media_section::rtcp_rsize>, false},
    {"rtpmap", nullptr, read_rtpmap, false},
    {"sctp-port", nullptr, read_sctp_port, false},
    {"sendonly", read_direction<direction::sendonly>, read_direction<direction::sendonly>, false},
    {"sendrecv", read_direction<direction::sendrecv>, read_direction<direction::sendrecv>, false},
    {"setup", read_setup, read_setup, false},
    {"simulcast", nullptr, read_simulcast, false},
    {"ssrc", nullptr, read_ssrc, false},
    {"ssrc-group", nullptr, read_ssrc_group, false},
};
static_assert(std::ranges::is_sorted(attributes, {}, &attribute::name));

}  // namespace

complaint read_attribute(reading& in, std::string_view text) {
    auto scan = in.scan(text);
    const auto name = scan.until(':');
    const auto* const found = std::ranges::lower_bound(attributes, name, {}, &attribute::name);
    if (found == std::end(attributes) || found->name != name) return fine;
    if (!in.whole && !found->in_fragment) return fine;
    const auto read = in.in_media() ? found->at_media : found->at_session;
    return read == nullptr ? fine : read(in, scan.rest());
}

complaint read_media(reading& in, std::string_view text) {
    if (in.made.media.size() == sections_max) return "at most 512 media sections";
    auto scan = in.scan(text);
    const auto kind = named(kind_names, scan.word());
    if (!kind) return "audio, video or application";
    const auto port = to_number<std::uint16_t>(scan.word(), 0, std::numeric_limits<std::uint16_t>::max());
    if (!port) return "a port from 0 to 65535";
    const auto protocol = scan.word();
    if (!is_protocol(protocol)) return "a protocol like UDP/TLS/RTP/SAVPF";

    in.notes = {};
    auto& section = in.made.media.emplace_back();
    section.kind = *kind;
    section.port = *port;
    section.protocol = protocol;
    section.direction = in.session_direction;
    section.end_of_candidates = in.whole && in.end_of_candidates;
    std::size_t count = 0;
    for (; !scan.at_end(); ++count) {
        const auto word = scan.word();
        if (word.empty()) break;                         // spaces at the end
        if (*kind == media_kind::application) continue;  // "webrtc-datachannel", or an SCTP port
        const auto number = to_number<std::uint8_t>(word, 0, 127);
        if (!number) return "payload types from 0 to 127";
        auto& place = in.notes.format_at[*number];
        if (place != 0) return "each payload type once";
        section.formats.push_back(
            {.payload_type = *number, .encoding = {}, .parameters = {}, .feedback = {}});
        place = static_cast<std::uint8_t>(section.formats.size());
    }
    return count == 0 ? complaint("at least one format") : fine;
}

}  // namespace conf::sdp
