#include "libconf/sdp/negotiate_media.hpp"

#include "libconf/sdp/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace conf::sdp {
namespace {

/// RFC 8851 §5: the restrictions that are plain numbers; what we do not know we do not repeat.
constexpr std::array numeric_restrictions{"max-width", "max-height", "max-fps",
                                          "max-fs",    "max-br",     "max-pps"};

constexpr std::uint8_t one_byte_id_max = 14;  // RFC 8285 §4.2
constexpr std::uint8_t reserved_id = 15;      // ends a one-byte header, so nothing good comes of it

struct feedback_name {
    std::string_view text;
    bool feedback::* flag;
};
constexpr std::array feedback_names{
    feedback_name{"transport-cc", &feedback::transport_cc},
    feedback_name{"ccm fir", &feedback::ccm_fir},
    feedback_name{"nack", &feedback::nack},
    feedback_name{"nack pli", &feedback::nack_pli},
};

}  // namespace

std::optional<std::string> bundle_meanings::add(const negotiated_media& media) {
    const auto note = [&](std::uint8_t type, const payload& meaning) {
        auto& known = payloads[type];
        if (!known) known = meaning;
        return *known == meaning;
    };
    for (const auto& chosen : media.codecs) {
        if (!note(chosen.payload_type, {chosen.format, {}})) {
            return fmt::format("payload type {}", chosen.payload_type);
        }
        if (chosen.rtx_payload_type &&
            !note(*chosen.rtx_payload_type, {chosen.format, chosen.payload_type})) {
            return fmt::format("payload type {}", *chosen.rtx_payload_type);
        }
    }
    for (std::size_t i = 0; i < extension_uris.size(); ++i) {
        const auto which = static_cast<extension>(i);
        const auto id = media.extensions[which];
        if (id == 0) continue;
        auto& known = extensions[id];
        if (!known) known = which;
        if (*known != which) return fmt::format("extension id {}", id);
    }
    return std::nullopt;
}

std::optional<refusal> section_negotiation::run() {
    media_.mid = section_.mid;
    media_.kind = section_.kind;
    media_.extmap_allow_mixed = offer_.extmap_allow_mixed || section_.extmap_allow_mixed;
    if (auto refused = choose_codecs()) return refused;
    choose_extensions();
    if (answered_ == direction::recvonly) {
        choose_rids();
        media_.ssrcs = section_.ssrcs;
        media_.ssrc_groups = section_.ssrc_groups;
    }
    answer_.kind = section_.kind;
    answer_.protocol = section_.protocol;
    answer_.mid = section_.mid;
    answer_.direction = answered_;
    answer_.rtcp_mux = true;  // RFC 8858 §4: rtcp-mux-only is for offers
    answer_.rtcp_rsize = section_.rtcp_rsize;
    answer_.extmap_allow_mixed = section_.extmap_allow_mixed;
    write_formats();
    return std::nullopt;
}

negotiated_codec* section_negotiation::codec_of(std::uint8_t payload_type) noexcept {
    const auto found = std::ranges::find(media_.codecs, payload_type, &negotiated_codec::payload_type);
    return found == media_.codecs.end() ? nullptr : &*found;
}

std::optional<refusal> section_negotiation::choose_codecs() {
    for (const auto& offered : section_.formats) choose_codec(offered);
    // Redundant Opus is worth nothing without the Opus that it repeats, which may stand behind it.
    std::erase_if(media_.codecs, [&](const negotiated_codec& chosen) {
        if (chosen.format.codec != codec::red) return false;
        const auto offered =
            std::ranges::find(section_.formats, chosen.payload_type, &payload_format::payload_type);
        if (carries_opus(*offered)) return false;
        accepted_.reset(chosen.payload_type);
        return true;
    });
    for (const auto& offered : section_.formats) {
        if (!is_rtx(offered)) continue;
        if (auto refused = choose_rtx(offered)) return refused;
    }
    if (answered_ == direction::sendonly) {
        // We repeat by RTX alone, so without it a generic NACK would be asked for in vain.
        for (auto& chosen : media_.codecs) chosen.feedback.nack &= chosen.rtx_payload_type.has_value();
    }
    const bool usable = std::ranges::any_of(
        media_.codecs, [](const negotiated_codec& chosen) { return chosen.format.codec != codec::red; });
    if (usable) return std::nullopt;
    return refusal{.why = section_.kind == media_kind::audio
                              ? "no codec in common; offer opus/48000/2"
                              : "no codec in common; offer VP8, VP9, AV1 or H264 with packetization-mode=1",
                   .mid = {}};
}

void section_negotiation::choose_codec(const payload_format& offered) {
    const auto format = format_of(offered);
    if (!format || kind_of(format->codec) != section_.kind) return;
    if (std::ranges::find(ours_.codecs, *format) == ours_.codecs.end()) return;
    accepted_.set(offered.payload_type);
    media_.codecs.push_back({.format = *format,
                             .payload_type = offered.payload_type,
                             .rtx_payload_type = {},
                             .clock_rate_hz = offered.clock_rate_hz,
                             .feedback = common_feedback(offered)});
    if (format->codec == codec::h264) {
        media_.codecs.back().profile_level_id = profile_level_id_of(offered).value_or(0);
    }
}

std::optional<refusal> section_negotiation::choose_rtx(const payload_format& offered) {
    const auto apt = apt_of(offered);
    if (apt == offered.payload_type) {
        return refusal{.status = 400,
                       .why = fmt::format("payload type {} is RTX of itself (apt)", offered.payload_type),
                       .mid = {}};
    }
    auto* const repaired = apt ? codec_of(*apt) : nullptr;
    if (repaired == nullptr || repaired->rtx_payload_type ||
        offered.clock_rate_hz != repaired->clock_rate_hz) {
        return std::nullopt;
    }
    repaired->rtx_payload_type = offered.payload_type;
    accepted_.set(offered.payload_type);
    return std::nullopt;
}

/// RFC 2198 §5: the fmtp lists the payload types inside, "111/111"; browsers may leave it out.
bool section_negotiation::carries_opus(const payload_format& red) const {
    const auto is_opus = [&](std::uint8_t payload_type) {
        return std::ranges::any_of(media_.codecs, [&](const negotiated_codec& chosen) {
            return chosen.format.codec == codec::opus && chosen.payload_type == payload_type;
        });
    };
    if (red.parameters.empty()) {
        return std::ranges::any_of(
            media_.codecs, [](const negotiated_codec& chosen) { return chosen.format.codec == codec::opus; });
    }
    std::size_t steps = 0;
    scanner scan(red.parameters.front().key, steps);
    while (!scan.at_end()) {
        const auto inside = to_number<std::uint8_t>(scan.until('/'), 0, 127);
        if (!inside || !is_opus(*inside)) return false;
    }
    return true;
}

feedback section_negotiation::common_feedback(const payload_format& offered) const {
    const auto& wanted = section_.kind == media_kind::audio ? ours_.audio : ours_.video;
    feedback common;
    for (const auto& [text, flag] : feedback_names) {
        const auto has = [&, name = text](const std::vector<std::string>& list) {
            return std::ranges::find(list, name) != list.end();
        };
        common.*flag = wanted.*flag && (has(offered.feedback) || has(section_.feedback_for_all));
    }
    return common;
}

std::vector<parameter> section_negotiation::parameters_for(const payload_format& offered,
                                                           const codec_format& format) const {
    std::vector<parameter> made;
    const auto repeat = [&](std::string_view key, std::uint32_t max) {
        const auto number = number_of(offered, key, max + 1, max);
        if (number && *number <= max) made.push_back({std::string(key), std::to_string(*number)});
    };
    switch (format.codec) {
        case codec::opus:
            // RFC 7587 §6.1: what a receiver likes; the publisher's encoder reads it.
            made = {{"minptime", "10"}, {"useinbandfec", "1"}};
            if (value_of(offered, "stereo") == "1" || value_of(offered, "sprop-stereo") == "1") {
                made.push_back({answered_ == direction::recvonly ? "stereo" : "sprop-stereo", "1"});
            }
            break;
        case codec::red:
            if (!offered.parameters.empty()) made.push_back({offered.parameters.front().key, {}});
            break;
        case codec::vp8: break;
        case codec::vp9: made = {{"profile-id", std::to_string(format.profile)}}; break;
        case codec::av1:
            repeat("level-idx", 31);
            made.push_back({"profile", std::to_string(format.profile)});
            repeat("tier", 1);
            break;
        case codec::h264:
            // RFC 6184 §8.2.2: profile and packetization-mode are symmetric; the level is the offer's.
            if (value_of(offered, "level-asymmetry-allowed") == "1") {
                made.push_back({"level-asymmetry-allowed", "1"});
            }
            made.push_back({"packetization-mode", "1"});
            made.push_back(
                {"profile-level-id", fmt::format("{:06x}", profile_level_id_of(offered).value_or(0))});
            break;
    }
    return made;
}

void section_negotiation::write_formats() {
    for (const auto& offered : section_.formats) {
        if (!accepted_.test(offered.payload_type)) continue;
        payload_format made{.payload_type = offered.payload_type,
                            .encoding = "rtx",
                            .clock_rate_hz = offered.clock_rate_hz,
                            .channels = offered.channels,
                            .parameters = {},
                            .feedback = {}};
        if (const auto* const chosen = codec_of(offered.payload_type)) {
            made.encoding = to_string(chosen->format.codec);
            made.parameters = parameters_for(offered, chosen->format);
            for (const auto& [text, flag] : feedback_names) {
                if (chosen->feedback.*flag) made.feedback.emplace_back(text);
            }
        } else {
            made.parameters = {{"apt", std::to_string(apt_of(offered).value_or(0))}};
        }
        answer_.formats.push_back(std::move(made));
    }
}

void section_negotiation::choose_extensions() {
    for (const auto& offered : section_.extensions) {
        const auto which = extension_named(offered.uri);
        if (!which || std::ranges::find(ours_.extensions, *which) == ours_.extensions.end()) continue;
        if (media_.extensions[*which] != 0 || offered.id == reserved_id) continue;
        // Two-byte headers beside one-byte ones only for those who said that they can read the mix.
        if (offered.id > one_byte_id_max && !media_.extmap_allow_mixed) continue;
        // aiortc counts its ids anew in each section; the first meaning of an id stands.
        if (before_.extensions[offered.id].value_or(*which) != *which) continue;
        const auto way = offered.direction;
        if (answered_ == direction::recvonly ? !sends(way) : !receives(way)) continue;
        media_.extensions.set(*which, offered.id);
        answer_.extensions.push_back({offered.id, std::string(uri_of(*which)), reversed(way)});
    }
}

bool section_negotiation::takes(const restriction_id& rid) const {
    return rid.direction == rid_direction::send &&
           std::ranges::find(media_.rids, rid.id) == media_.rids.end() &&
           (rid.payload_types.empty() ||
            std::ranges::any_of(rid.payload_types, [&](std::uint8_t type) { return accepted_.test(type); }));
}

void section_negotiation::choose_rids() {
    for (const auto& stream : section_.simulcast.send) {
        if (media_.rids.size() == ours_.rids_max) break;
        for (const auto& alternative : stream) {
            const auto rid = std::ranges::find(section_.rids, alternative.rid, &restriction_id::id);
            if (rid == section_.rids.end() || !takes(*rid)) continue;
            media_.rids.push_back(rid->id);
            restriction_id made{rid->id, rid_direction::recv, {}, {}};
            std::ranges::copy_if(rid->payload_types, std::back_inserter(made.payload_types),
                                 [&](std::uint8_t type) { return accepted_.test(type); });
            for (const auto& [key, value] : rid->restrictions) {
                const auto number = to_number<std::uint32_t>(value, 0, 1'000'000'000);
                if (!number || std::ranges::find(numeric_restrictions, key) == numeric_restrictions.end())
                    continue;
                made.restrictions.push_back({key, std::to_string(*number)});
            }
            answer_.rids.push_back(std::move(made));
            answer_.simulcast.recv.push_back({{rid->id, false}});
            break;
        }
    }
}

}  // namespace conf::sdp
