/// What the parser knows while it reads, and the functions that read one attribute each.
#pragma once

#include "libconf/sdp/limits.hpp"
#include "libconf/sdp/model.hpp"
#include "libconf/sdp/names.hpp"
#include "libconf/sdp/text.hpp"

#include <array>
#include <bitset>
#include <cstddef>
#include <map>
#include <string_view>
#include <vector>

namespace conf::sdp {

/// What was expected instead; empty: all is well. Static text.
using complaint = std::string_view;
inline constexpr complaint fine{};

struct text_line {
    std::size_t number = 0;  // from 1
    std::string_view text;
};

/// Of the media section that is being read.
struct section_notes {
    std::array<std::uint8_t, 128> format_at{};  // by payload type: its place in `formats`, plus one
    std::bitset<extension_id_max + 1> extension_ids;
    std::bitset<128> has_fmtp;  // by payload type
    bool has_direction = false;
    bool has_simulcast = false;
};

struct reading {
    explicit reading(bool whole_description) : whole(whole_description) {}

    session made;
    bool whole;  // or a fragment
    bool end_of_candidates = false;
    direction session_direction = direction::sendrecv;
    bool has_session_direction = false;
    section_notes notes;
    std::map<std::string_view, std::size_t> mids;  // and the last group that named each, from 1
    std::vector<text_line> group_lines;            // one for each of `made.groups`
    text_line at;                                  // what is being read
    std::size_t steps = 0;

    [[nodiscard]] bool in_media() const noexcept { return !made.media.empty(); }
    [[nodiscard]] media_section& section() noexcept { return made.media.back(); }
    [[nodiscard]] scanner scan(std::string_view value) noexcept { return {value, steps}; }
    /// The format of that payload type in this section, or nothing.
    [[nodiscard]] payload_format* format(std::uint8_t payload_type) noexcept {
        const auto place = notes.format_at[payload_type];
        return place == 0 ? nullptr : &section().formats[place - std::size_t{1}];
    }
};

using attribute_reader = complaint (*)(reading& in, std::string_view value);

/// Reads "name" or "name:value", the text behind "a=".
[[nodiscard]] complaint read_attribute(reading& in, std::string_view text);
/// Reads the text behind "m=" and begins a section.
[[nodiscard]] complaint read_media(reading& in, std::string_view text);

// Transport: parse_transport.cpp.
[[nodiscard]] complaint read_ufrag(reading& in, std::string_view value);
[[nodiscard]] complaint read_pwd(reading& in, std::string_view value);
[[nodiscard]] complaint read_ice_options(reading& in, std::string_view value);
[[nodiscard]] complaint read_fingerprint(reading& in, std::string_view value);
[[nodiscard]] complaint read_setup(reading& in, std::string_view value);
[[nodiscard]] complaint read_candidate(reading& in, std::string_view value);

// Formats: parse_formats.cpp.
[[nodiscard]] complaint read_rtpmap(reading& in, std::string_view value);
[[nodiscard]] complaint read_fmtp(reading& in, std::string_view value);
[[nodiscard]] complaint read_rtcp_fb(reading& in, std::string_view value);
[[nodiscard]] complaint read_extmap(reading& in, std::string_view value);

// Streams: parse_streams.cpp.
[[nodiscard]] complaint read_msid(reading& in, std::string_view value);
[[nodiscard]] complaint read_rid(reading& in, std::string_view value);
[[nodiscard]] complaint read_simulcast(reading& in, std::string_view value);
[[nodiscard]] complaint read_ssrc(reading& in, std::string_view value);
[[nodiscard]] complaint read_ssrc_group(reading& in, std::string_view value);

}  // namespace conf::sdp
