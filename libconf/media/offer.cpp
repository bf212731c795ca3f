#include "libconf/media/offer.hpp"

#include "libconf/base/check.hpp"
#include "libconf/ice/candidate.hpp"
#include "libconf/sdp/parse.hpp"

#include <algorithm>

namespace conf::media {
namespace {

constexpr std::string_view stream_name = "stream";

sdp::fingerprint to_sdp(const dtls::fingerprint& from) {
    const auto hash = from.hash == dtls::hash_function::sha256   ? sdp::hash_function::sha256
                      : from.hash == dtls::hash_function::sha384 ? sdp::hash_function::sha384
                                                                 : sdp::hash_function::sha512;
    const auto digest = from.digest();
    return {hash, {digest.begin(), digest.end()}};
}

void add_extension(sdp::media_section& to, std::uint8_t id, sdp::extension which) {
    to.extensions.push_back({.id = id, .uri = std::string(sdp::uri_of(which))});
}

void add_transport(sdp::media_section& to, const local_transport& local, sdp::setup_role setup) {
    to.protocol = "UDP/TLS/RTP/SAVPF";
    to.rtcp_mux = true;
    to.rtcp_rsize = true;
    to.ice = {.ufrag = local.ice.ufrag, .pwd = local.ice.pwd, .options = {"trickle"}};
    to.fingerprints = {to_sdp(local.certificate)};
    to.setup = setup;
    for (const auto& at : local.candidates) {
        const auto preference = static_cast<std::uint16_t>(65535 - to.candidates.size());
        to.candidates.push_back({.foundation = std::to_string(to.candidates.size() + 1),
                                 .component = 1,
                                 .transport = sdp::candidate_transport::udp,
                                 .priority = ice::host_priority(false, preference),
                                 .ip = at.ip,
                                 .name = {},
                                 .port = at.port,
                                 .type = sdp::candidate_type::host,
                                 .tcp = {}});
    }
}

sdp::media_section audio_section(const local_transport& local, sdp::direction direction) {
    sdp::media_section made;
    made.kind = sdp::media_kind::audio;
    made.direction = direction;
    add_transport(made, local, sdp::setup_role::actpass);
    made.formats = {{.payload_type = opus_payload_type,
                     .encoding = "opus",
                     .clock_rate_hz = 48'000,
                     .channels = 2,
                     .parameters = {{"minptime", "10"}, {"useinbandfec", "1"}},
                     .feedback = {"transport-cc"}}};
    add_extension(made, audio_level_id, sdp::extension::audio_level);
    add_extension(made, abs_send_time_id, sdp::extension::abs_send_time);
    add_extension(made, transport_cc_id, sdp::extension::transport_cc);
    add_extension(made, mid_id, sdp::extension::mid);
    return made;
}

sdp::media_section video_section(const local_transport& local, sdp::direction direction) {
    sdp::media_section made;
    made.kind = sdp::media_kind::video;
    made.direction = direction;
    add_transport(made, local, sdp::setup_role::actpass);
    made.formats = {{.payload_type = vp8_payload_type,
                     .encoding = "VP8",
                     .clock_rate_hz = 90'000,
                     .channels = 1,
                     .parameters = {},
                     .feedback = {"transport-cc", "ccm fir", "nack", "nack pli"}},
                    {.payload_type = vp8_rtx_payload_type,
                     .encoding = "rtx",
                     .clock_rate_hz = 90'000,
                     .channels = 1,
                     .parameters = {{"apt", std::to_string(vp8_payload_type)}},
                     .feedback = {}}};
    add_extension(made, abs_send_time_id, sdp::extension::abs_send_time);
    add_extension(made, transport_cc_id, sdp::extension::transport_cc);
    add_extension(made, mid_id, sdp::extension::mid);
    add_extension(made, rid_id, sdp::extension::rtp_stream_id);
    add_extension(made, repaired_rid_id, sdp::extension::repaired_rtp_stream_id);
    return made;
}

void declare_audio(sdp::media_section& in, const publication& what) {
    in.msids = {{std::string(stream_name), "audio"}};
    if (what.audio_ssrc) in.ssrcs = {{.ssrc = *what.audio_ssrc, .cname = what.cname, .msid = {}}};
}

void declare_video(sdp::media_section& in, const publication& what) {
    in.msids = {{std::string(stream_name), "video"}};
    if (!what.rids.empty()) {
        for (const auto& rid : what.rids) {
            in.rids.push_back(
                {.id = rid, .direction = sdp::rid_direction::send, .payload_types = {}, .restrictions = {}});
            in.simulcast.send.push_back({{.rid = rid}});
        }
        return;
    }
    if (what.video_ssrc) in.ssrcs.push_back({.ssrc = *what.video_ssrc, .cname = what.cname, .msid = {}});
    if (!what.video_ssrc || !what.video_rtx_ssrc) return;
    in.ssrcs.push_back({.ssrc = *what.video_rtx_ssrc, .cname = what.cname, .msid = {}});
    in.ssrc_groups = {{sdp::ssrc_group_semantics::flow_id, {*what.video_ssrc, *what.video_rtx_ssrc}}};
}

sdp::session around(std::vector<sdp::media_section> sections, const local_transport& local) {
    check(!sections.empty());
    sdp::session made;
    made.origin.session_id = local.session_id;
    made.origin.session_version = 1;
    made.extmap_allow_mixed = true;
    sdp::group bundle{sdp::group_semantics::bundle, {}};
    for (auto& section : sections) {
        if (section.mid.empty()) section.mid = std::to_string(bundle.mids.size());
        bundle.mids.push_back(section.mid);
    }
    made.groups = {std::move(bundle)};
    made.media = std::move(sections);
    return made;
}

sdp::direction sending(bool we_send, bool we_receive) {
    if (we_send) return we_receive ? sdp::direction::sendrecv : sdp::direction::sendonly;
    return we_receive ? sdp::direction::recvonly : sdp::direction::inactive;
}

sdp::media_section answer_to(const sdp::media_section& offered, const local_transport& local,
                             const publication& what) {
    sdp::media_section made;
    made.kind = offered.kind;
    made.mid = offered.mid;
    add_transport(made, local, sdp::setup_role::active);
    made.protocol = offered.protocol;
    const auto wanted = offered.kind == sdp::media_kind::audio ? sdp::codec::opus : sdp::codec::vp8;
    for (const auto& format : offered.formats) {
        const auto known = sdp::format_of(format);
        const auto apt = sdp::is_rtx(format) ? sdp::apt_of(format) : std::nullopt;
        const auto repairs = [&](const sdp::payload_format& one) { return apt == one.payload_type; };
        if ((known && known->codec == wanted) || std::ranges::any_of(made.formats, repairs))
            made.formats.push_back(format);
    }
    for (const auto& one : offered.extensions) {
        if (sdp::extension_named(one.uri)) made.extensions.push_back(one);
    }
    const bool audio = offered.kind == sdp::media_kind::audio;
    const bool has = audio ? what.audio_ssrc.has_value() : what.video_ssrc || !what.rids.empty();
    const bool we_send = has && sdp::receives(offered.direction);
    made.direction = sending(we_send, sdp::sends(offered.direction));
    if (made.formats.empty()) {  // RFC 3264 §6: a rejected section keeps its formats
        made.formats = offered.formats;
        made.port = 0;
        made.direction = sdp::direction::inactive;
    } else if (we_send) {
        audio ? declare_audio(made, what) : declare_video(made, what);
    }
    return made;
}

conf::error bad_description(std::string why) {
    return {make_error_code(media_errc::bad_answer), std::move(why)};
}

remote_media read_section(const sdp::media_section& from) {
    remote_media made;
    made.mid = from.mid;
    made.kind = from.kind;
    made.direction = from.direction;
    for (const auto& format : from.formats) {
        if (const auto known = sdp::format_of(format); known && !made.payload_type) {
            made.payload_type = format.payload_type;
            made.codec = known->codec;
        } else if (sdp::is_rtx(format) && !made.rtx_payload_type && made.payload_type &&
                   sdp::apt_of(format) == made.payload_type) {
            made.rtx_payload_type = format.payload_type;
        }
    }
    for (const auto& one : from.extensions) {
        if (const auto which = sdp::extension_named(one.uri)) made.extensions.set(*which, one.id);
    }
    if (!from.ssrcs.empty()) made.ssrc = from.ssrcs.front().ssrc;
    for (const auto& group : from.ssrc_groups) {
        if (group.semantics != sdp::ssrc_group_semantics::flow_id || group.ssrcs.size() != 2) continue;
        made.ssrc = group.ssrcs[0];
        made.rtx_ssrc = group.ssrcs[1];
        break;
    }
    return made;
}

void read_candidates(const sdp::session& from, std::vector<endpoint>& to) {
    std::vector<const sdp::candidate*> usable;
    for (const auto& section : from.media) {
        for (const auto& one : section.candidates) {
            if (one.component == 1 && one.transport == sdp::candidate_transport::udp && one.ip)
                usable.push_back(&one);
        }
    }
    std::ranges::stable_sort(usable, std::ranges::greater{}, &sdp::candidate::priority);
    for (const auto* one : usable) {
        const endpoint at{*one->ip, one->port};
        if (std::ranges::find(to, at) == to.end()) to.push_back(at);
    }
}

}  // namespace

sdp::session publish_offer(const local_transport& local, const publication& what) {
    std::vector<sdp::media_section> sections;
    if (what.audio_ssrc) {
        sections.push_back(audio_section(local, sdp::direction::sendonly));
        declare_audio(sections.back(), what);
    }
    if (what.video_ssrc || !what.rids.empty()) {
        sections.push_back(video_section(local, sdp::direction::sendonly));
        declare_video(sections.back(), what);
    }
    return around(std::move(sections), local);
}

sdp::session play_offer(const local_transport& local, std::size_t audio_sections,
                        std::size_t video_sections) {
    std::vector<sdp::media_section> sections;
    for (std::size_t i = 0; i < std::max(audio_sections, video_sections); ++i) {
        if (i < audio_sections) sections.push_back(audio_section(local, sdp::direction::recvonly));
        if (i < video_sections) sections.push_back(video_section(local, sdp::direction::recvonly));
    }
    return around(std::move(sections), local);
}

sdp::session answer_to(const sdp::session& offer, const local_transport& local, const publication& what) {
    std::vector<sdp::media_section> sections;
    for (const auto& offered : offer.media) sections.push_back(answer_to(offered, local, what));
    return around(std::move(sections), local);
}

result<remote_description> read_description(std::string_view text) {
    const auto read = sdp::parse(text);
    if (!read) return bad_description(read.error().message());
    if (read->media.empty()) return bad_description("no media section");
    const auto& first = read->media.front();
    remote_description made;
    made.ice_lite = read->ice_lite;
    made.ice.ufrag = first.ice.ufrag.empty() ? read->ice.ufrag : first.ice.ufrag;
    made.ice.pwd = first.ice.pwd.empty() ? read->ice.pwd : first.ice.pwd;
    if (made.ice.ufrag.empty() || made.ice.pwd.empty()) return bad_description("no a=ice-ufrag or a=ice-pwd");
    for (const auto& one : first.fingerprints.empty() ? read->fingerprints : first.fingerprints) {
        const auto name = one.hash == sdp::hash_function::sha256   ? "sha-256"
                          : one.hash == sdp::hash_function::sha384 ? "sha-384"
                                                                   : "sha-512";
        if (const auto known = dtls::fingerprint::make(name, one.value)) made.fingerprints.push_back(*known);
    }
    if (made.fingerprints.empty()) return bad_description("no a=fingerprint with a hash that we trust");
    const auto setup = first.setup ? first.setup : read->setup;
    if (!setup) return bad_description("no a=setup");
    made.setup = *setup;
    read_candidates(*read, made.candidates);
    for (const auto& section : read->media) made.media.push_back(read_section(section));
    return made;
}

}  // namespace conf::media
