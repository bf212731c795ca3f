#include "libconf/sdp/codec.hpp"

#include "libconf/sdp/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace conf::sdp {
namespace {

constexpr std::array all_codecs{codec::opus, codec::red, codec::vp8, codec::vp9, codec::h264, codec::av1};

/// A row of RFC 6184 §8.1, table 5: profile_idc, and which bits of profile-iop must have which values.
struct profile_row {
    std::uint8_t idc;
    std::uint8_t mask;
    std::uint8_t bits;
    h264_profile profile;
};
constexpr std::array profile_rows{
    profile_row{0x42, 0b0100'1111, 0b0100'0000, h264_profile::constrained_baseline},
    profile_row{0x4D, 0b1000'1111, 0b1000'0000, h264_profile::constrained_baseline},
    profile_row{0x58, 0b1100'1111, 0b1100'0000, h264_profile::constrained_baseline},
    profile_row{0x42, 0b0100'1111, 0b0000'0000, h264_profile::baseline},
    profile_row{0x58, 0b1100'1111, 0b1000'0000, h264_profile::baseline},
    profile_row{0x4D, 0b1010'1111, 0b0000'0000, h264_profile::main},
    profile_row{0x64, 0b1111'1111, 0b0000'0000, h264_profile::high},
    profile_row{0x64, 0b1111'1111, 0b0000'1100, h264_profile::constrained_high},
};

/// RFC 7587 §7 wants two channels whatever is in them.
constexpr unsigned channels_of(codec which) noexcept {
    return kind_of(which) == media_kind::audio ? 2 : 1;
}

std::optional<codec_format> with_profile(codec which, std::optional<std::uint32_t> profile) noexcept {
    if (!profile) return std::nullopt;
    return codec_format{which, static_cast<std::uint8_t>(*profile)};
}

}  // namespace

std::string_view to_string(codec which) noexcept {
    switch (which) {
        case codec::opus: return "opus";
        case codec::red: return "red";
        case codec::vp8: return "VP8";
        case codec::vp9: return "VP9";
        case codec::h264: return "H264";
        case codec::av1: return "AV1";
    }
    return "";
}

std::optional<codec_format> format_of(const payload_format& from) noexcept {
    const auto* const found = std::ranges::find_if(
        all_codecs, [&](codec which) { return equal_ignoring_case(to_string(which), from.encoding); });
    if (found == all_codecs.end() || from.clock_rate_hz != clock_rate_hz_of(*found) ||
        from.channels != channels_of(*found)) {
        return std::nullopt;
    }
    switch (*found) {
        case codec::vp9: return with_profile(*found, number_of(from, "profile-id", 0, 3));
        case codec::av1: return with_profile(*found, number_of(from, "profile", 0, 2));
        case codec::h264: {
            if (number_of(from, "packetization-mode", 0, 2) != 1) return std::nullopt;
            const auto id = profile_level_id_of(from);
            const auto profile = id ? h264_profile_of(*id) : std::nullopt;
            return profile ? std::optional(h264(*profile)) : std::nullopt;
        }
        case codec::opus:
        case codec::red:
        case codec::vp8: break;
    }
    return codec_format{*found, 0};
}

std::optional<h264_profile> h264_profile_of(std::uint32_t profile_level_id) noexcept {
    const auto idc = profile_level_id >> 16;
    const auto iop = profile_level_id >> 8 & 0xFF;
    const auto* const row = std::ranges::find_if(
        profile_rows, [&](const profile_row& r) { return r.idc == idc && (iop & r.mask) == r.bits; });
    return row == profile_rows.end() ? std::nullopt : std::optional(row->profile);
}

std::optional<std::uint32_t> profile_level_id_of(const payload_format& from) noexcept {
    const auto text = value_of(from, "profile-level-id");
    if (!text) return 0x42000A;  // baseline, level 1
    std::uint32_t value = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), value, 16);
    const auto digits = static_cast<std::size_t>(read.ptr - text->data());
    if (text->size() != 6 || read.ec != std::errc{} || digits != text->size()) return std::nullopt;
    return value;
}

bool is_rtx(const payload_format& from) noexcept {
    return equal_ignoring_case(from.encoding, "rtx");
}

std::optional<std::uint8_t> apt_of(const payload_format& from) noexcept {
    const auto text = value_of(from, "apt");
    return text ? to_number<std::uint8_t>(*text, 0, 127) : std::nullopt;
}

std::optional<std::string_view> value_of(const payload_format& from, std::string_view key) noexcept {
    const auto found = std::ranges::find_if(
        from.parameters, [&](const parameter& entry) { return equal_ignoring_case(entry.key, key); });
    return found == from.parameters.end() ? std::nullopt : std::optional<std::string_view>(found->value);
}

std::optional<std::uint32_t> number_of(const payload_format& from, std::string_view key, std::uint32_t absent,
                                       std::uint32_t max) noexcept {
    const auto text = value_of(from, key);
    return text ? to_number<std::uint32_t>(*text, 0, max) : std::optional(absent);
}

}  // namespace conf::sdp
