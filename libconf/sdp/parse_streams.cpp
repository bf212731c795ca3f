#include "libconf/sdp/reading.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace conf::sdp {
namespace {

constexpr complaint an_ssrc = "an SSRC from 0 to 4294967295";

std::optional<std::uint32_t> to_ssrc(std::string_view text) noexcept {
    return to_number<std::uint32_t>(text, 0, std::numeric_limits<std::uint32_t>::max());
}

/// Firefox puts its ids into braces; nothing depends on them, so they are left out rather than let through.
std::optional<media_stream_id> to_msid(scanner scan) {
    const auto stream = scan.word();
    const auto track = scan.word();
    if (!is_identifier(stream) || (!track.empty() && !is_identifier(track))) return std::nullopt;
    return media_stream_id{std::string(stream), std::string(track)};
}

/// "f;h,~q" of RFC 8853 §5.1.
complaint read_streams(reading& in, std::string_view list, std::vector<simulcast_stream>& streams) {
    constexpr complaint expected = "rids with ; and , between, at most 8";
    std::size_t count = 0;
    auto scan = in.scan(list);
    do {
        auto alternatives = in.scan(scan.until(';'));
        auto& stream = streams.emplace_back();
        do {
            const bool paused = alternatives.skip('~');
            const auto rid = alternatives.until(',');
            if (!is_identifier(rid) || ++count > rids_per_section_max) return expected;
            stream.push_back({std::string(rid), paused});
        } while (!alternatives.at_end());
    } while (!scan.at_end());
    return fine;
}

}  // namespace

complaint read_msid(reading& in, std::string_view value) {
    if (auto made = to_msid(in.scan(value))) in.section().msids.push_back(*std::move(made));
    return fine;
}

complaint read_rid(reading& in, std::string_view value) {
    auto scan = in.scan(value);
    restriction_id made;
    const auto id = scan.word();
    if (!is_identifier(id)) return "a rid of at most 64 letters, digits, dots, hyphens, underscores";
    const auto way = named(rid_direction_names, scan.word());
    if (!way) return "send or recv";
    auto& rids = in.section().rids;
    in.steps += rids.size();
    if (std::ranges::find(rids, id, &restriction_id::id) != rids.end()) return "each rid once";
    if (rids.size() == rids_per_section_max) return "at most 8 rids in a section";
    made.id = id;
    made.direction = *way;
    auto list = in.scan(scan.trimmed_rest());
    while (!list.at_end()) {
        auto pair = in.scan(trimmed(list.until(';')));
        const auto key = pair.until('=');
        if (key == "pt") {
            while (!pair.at_end()) {
                const auto payload_type = to_number<std::uint8_t>(pair.until(','), 0, 127);
                if (!payload_type) return "payload types from 0 to 127";
                if (made.payload_types.size() == 128) return "each payload type once";
                made.payload_types.push_back(*payload_type);
            }
            continue;
        }
        const auto text = pair.rest();
        if (!is_token(key) || (!text.empty() && !is_visible(text))) return "restrictions like max-width=1280";
        if (made.restrictions.size() == parameters_per_line_max) return "at most 32 restrictions";
        made.restrictions.push_back({std::string(key), std::string(text)});
    }
    rids.push_back(std::move(made));
    return fine;
}

complaint read_simulcast(reading& in, std::string_view value) {
    if (in.notes.has_simulcast) return "one a=simulcast in a section";
    in.notes.has_simulcast = true;
    auto& made = in.section().simulcast;
    auto scan = in.scan(trimmed(value));
    do {
        const auto way = named(rid_direction_names, scan.word());
        if (!way) return "send or recv";
        auto& streams = *way == rid_direction::send ? made.send : made.recv;
        if (!streams.empty()) return "send once, recv once";
        if (const auto wrong = read_streams(in, scan.word(), streams); !wrong.empty()) return wrong;
    } while (!scan.at_end());
    return fine;
}

complaint read_ssrc(reading& in, std::string_view value) {
    auto scan = in.scan(value);
    const auto ssrc = to_ssrc(scan.word());
    if (!ssrc) return an_ssrc;
    auto& list = in.section().ssrcs;
    in.steps += list.size();
    auto source = std::ranges::find(list, *ssrc, &ssrc_source::ssrc);
    if (source == list.end()) {
        if (list.size() == ssrcs_per_section_max) return "at most 16 SSRCs in a section";
        source = list.insert(source, {*ssrc, {}, {}});
    }
    const auto name = scan.until(':');
    const auto text = scan.rest();
    in.steps += text.size();
    if (name == "cname" && text.size() <= cname_chars_max && is_visible(text)) {
        source->cname = text;
    } else if (name == "msid") {
        source->msid = to_msid(scan);
    }
    return fine;
}

complaint read_ssrc_group(reading& in, std::string_view value) {
    auto scan = in.scan(value);
    const auto semantics = named(ssrc_group_names, scan.word());
    if (!semantics) return fine;
    ssrc_group made{*semantics, {}};
    while (!scan.at_end()) {
        const auto word = scan.word();
        if (word.empty()) break;
        const auto ssrc = to_ssrc(word);
        if (!ssrc) return an_ssrc;
        if (made.ssrcs.size() == ssrcs_per_section_max) return "at most 16 SSRCs in a group";
        made.ssrcs.push_back(*ssrc);
    }
    if (made.ssrcs.empty()) return an_ssrc;
    in.section().ssrc_groups.push_back(std::move(made));
    return fine;
}

}  // namespace conf::sdp
