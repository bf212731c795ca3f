#include "libconf/sdp/offer.hpp"

#include "libconf/base/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace conf::sdp {
namespace {

constexpr std::uint8_t opus_payload_type = 111;
constexpr std::uint8_t red_payload_type = 63;
constexpr std::uint8_t first_video_payload_type = 96;

constexpr std::array extension_numbers{
    std::pair{extension::mid, std::uint8_t{1}},
    std::pair{extension::abs_send_time, std::uint8_t{2}},
    std::pair{extension::transport_cc, std::uint8_t{3}},
    std::pair{extension::audio_level, std::uint8_t{4}},
    std::pair{extension::video_orientation, std::uint8_t{5}},
    std::pair{extension::dependency_descriptor, std::uint8_t{6}},
};

constexpr bool is_for(extension which, media_kind kind) noexcept {
    switch (which) {
        case extension::audio_level: return kind == media_kind::audio;
        case extension::video_orientation:
        case extension::dependency_descriptor: return kind == media_kind::video;
        default: return true;
    }
}

std::vector<parameter> parameters_of(const codec_format& format) {
    switch (format.codec) {
        case codec::opus: return {{"minptime", "10"}, {"useinbandfec", "1"}};
        case codec::red: return {{fmt::format("{0}/{0}", opus_payload_type), {}}};
        case codec::vp8: return {};
        case codec::vp9: return {{"profile-id", std::to_string(format.profile)}};
        case codec::av1: return {{"profile", std::to_string(format.profile)}};
        case codec::h264: break;
    }
    // RFC 6184 §8.1, table 5, in the order of h264_profile; level 3.1, and more where the peer allows it.
    constexpr std::array ids{"42e01f", "42001f", "4d001f", "640c1f", "64001f"};
    return {{"level-asymmetry-allowed", "1"},
            {"packetization-mode", "1"},
            {"profile-level-id", ids.at(format.profile)}};
}

std::vector<std::string> feedback_of(const feedback& wanted) {
    std::vector<std::string> made;
    if (wanted.transport_cc) made.emplace_back("transport-cc");
    if (wanted.ccm_fir) made.emplace_back("ccm fir");
    if (wanted.nack) made.emplace_back("nack");
    if (wanted.nack_pli) made.emplace_back("nack pli");
    return made;
}

payload_format make_format(std::uint8_t payload_type, const codec_format& format, const feedback& wanted) {
    return {.payload_type = payload_type,
            .encoding = std::string(to_string(format.codec)),
            .clock_rate_hz = clock_rate_hz_of(format.codec),
            .channels = static_cast<std::uint8_t>(kind_of(format.codec) == media_kind::audio ? 2 : 1),
            .parameters = parameters_of(format),
            .feedback = feedback_of(wanted)};
}

/// Payload types by the place in the list of codecs: a video codec and its RTX stand beside each other.
std::vector<payload_format> formats_of(const capabilities& ours, media_kind kind) {
    std::vector<payload_format> made;
    auto next = first_video_payload_type;
    const auto take = [&] {
        if (next == opus_payload_type) ++next;
        return next++;
    };
    for (const auto& format : ours.codecs) {
        if (kind_of(format.codec) == media_kind::audio) {
            if (kind != media_kind::audio) continue;
            const auto type = format.codec == codec::opus ? opus_payload_type : red_payload_type;
            made.push_back(make_format(type, format, ours.audio));
            continue;
        }
        const auto type = take();
        const auto rtx = take();
        if (kind != media_kind::video) continue;
        made.push_back(make_format(type, format, ours.video));
        made.push_back({.payload_type = rtx,
                        .encoding = "rtx",
                        .clock_rate_hz = clock_rate_hz_of(format.codec),
                        .channels = 1,
                        .parameters = {{"apt", std::to_string(type)}},
                        .feedback = {}});
    }
    check(next <= 127);
    return made;
}

std::vector<extension_map> extensions_of(const capabilities& ours, media_kind kind) {
    std::vector<extension_map> made;
    for (const auto& [which, id] : extension_numbers) {
        if (std::ranges::find(ours.extensions, which) == ours.extensions.end() || !is_for(which, kind))
            continue;
        made.push_back({id, std::string(uri_of(which)), direction::sendrecv});
    }
    return made;
}

/// Nothing, or why a section of the answer is not one to that section of the offer.
std::optional<std::string> difference(const negotiated_media& answered, const media_section& offered) {
    if (answered.kind != offered.kind || answered.mid != offered.mid)
        return "it does not answer the section of the offer in its place";
    const auto offered_format = [&](std::uint8_t payload_type) {
        const auto found = std::ranges::find(offered.formats, payload_type, &payload_format::payload_type);
        return found == offered.formats.end() ? nullptr : &*found;
    };
    for (const auto& codec : answered.codecs) {
        const auto* const same = offered_format(codec.payload_type);
        if (same == nullptr || format_of(*same) != codec.format)
            return fmt::format("payload type {} was not offered for that", codec.payload_type);
        if (!codec.rtx_payload_type) continue;
        const auto* const rtx = offered_format(*codec.rtx_payload_type);
        if (rtx == nullptr || apt_of(*rtx) != codec.payload_type)
            return fmt::format("payload type {} was not offered for that", *codec.rtx_payload_type);
    }
    for (std::size_t i = 0; i < extension_uris.size(); ++i) {
        const auto id = answered.extensions[static_cast<extension>(i)];
        if (id == 0) continue;
        const auto same = std::ranges::find(offered.extensions, id, &extension_map::id);
        if (same == offered.extensions.end() || same->uri != extension_uris[i])
            return fmt::format("extension id {} was not offered for that", id);
    }
    return std::nullopt;
}

}  // namespace

session make_offer(const capabilities& ours, const server_parameters& server,
                   std::span<const offered_section> sections) {
    check(!sections.empty());
    session made;
    made.origin.session_id = server.session_id;
    made.origin.session_version = server.session_version;
    made.ice_lite = true;
    made.extmap_allow_mixed = true;
    made.ice.options = {"trickle", "ice2"};
    made.groups = {{group_semantics::bundle, {}}};
    for (const auto& one : sections) {
        made.groups.front().mids.push_back(one.mid);
        auto& section = made.media.emplace_back();
        section.kind = one.kind;
        section.protocol = "UDP/TLS/RTP/SAVPF";
        section.mid = one.mid;
        section.direction = direction::sendonly;
        section.rtcp_mux = true;
        section.rtcp_rsize = true;
        section.extmap_allow_mixed = true;
        section.ice.ufrag = server.ufrag;
        section.ice.pwd = server.pwd;
        section.fingerprints = {server.certificate};
        section.setup = setup_role::actpass;
        section.formats = formats_of(ours, one.kind);
        section.extensions = extensions_of(ours, one.kind);
        section.msids = {one.sent.msid};
        section.ssrcs.push_back({one.sent.ssrc, one.sent.cname, {}});
        if (one.kind == media_kind::video && one.sent.rtx_ssrc) {
            section.ssrc_groups.push_back(
                {ssrc_group_semantics::flow_id, {one.sent.ssrc, *one.sent.rtx_ssrc}});
            section.ssrcs.push_back({*one.sent.rtx_ssrc, one.sent.cname, {}});
        }
    }
    made.media.front().candidates = server.candidates;
    made.media.front().end_of_candidates = true;
    return made;
}

outcome<negotiated, refusal> read_answer(const session& answer, const session& offer,
                                         const capabilities& ours, const server_parameters& server,
                                         std::span<const offered_section> sections) {
    check(sections.size() == offer.media.size());
    if (answer.media.size() != offer.media.size()) {
        return refusal{.status = 400,
                       .why = fmt::format("the offer has {} sections, the answer {}", offer.media.size(),
                                          answer.media.size()),
                       .mid = {}};
    }
    std::vector<sent_stream> sent;
    sent.reserve(sections.size());
    for (const auto& one : sections) sent.push_back(one.sent);
    // An answer says of its sender what an offer would say: what it can take, and where it is.
    auto both = answer_whep(answer, ours, server, sent);
    if (!both) return both.error();
    for (std::size_t i = 0; i < both->media.size(); ++i) {
        if (auto wrong = difference(both->media[i], offer.media[i])) {
            return refusal{
                .status = 400, .section = i + 1, .why = *std::move(wrong), .mid = both->media[i].mid};
        }
    }
    return both;
}

}  // namespace conf::sdp
