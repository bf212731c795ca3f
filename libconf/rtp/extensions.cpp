#include "libconf/rtp/extensions.hpp"

#include <algorithm>

namespace conf::rtp {
namespace {

/// RFC 4566 §9: `token-char`.
constexpr bool token_character(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("!#$%&'*+-.^_`{|}~").find(c) != std::string_view::npos;
}

}  // namespace

std::optional<audio_level> read_audio_level(bytes value) noexcept {
    if (value.size() != audio_level_bytes) return std::nullopt;
    const auto raw = load_u8(value, 0);
    return audio_level{static_cast<std::uint8_t>(raw & 0x7F), (raw & 0x80) != 0};
}

std::optional<std::uint16_t> read_transport_sequence(bytes value) noexcept {
    if (value.size() != transport_sequence_bytes) return std::nullopt;
    return load_u16(value, 0);
}

std::optional<abs_send_time> read_abs_send_time(bytes value) noexcept {
    if (value.size() != abs_send_time_bytes) return std::nullopt;
    return abs_send_time{std::uint32_t{load_u16(value, 0)} << 8 | load_u8(value, 2)};
}

std::optional<video_orientation> read_video_orientation(bytes value) noexcept {
    if (value.size() != video_orientation_bytes) return std::nullopt;
    const auto raw = load_u8(value, 0);
    return video_orientation{static_cast<std::uint16_t>((raw & 0x03) * 90), (raw & 0x08) != 0,
                             (raw & 0x04) != 0};
}

std::optional<std::string_view> read_stream_id(bytes value) noexcept {
    auto text = as_text(value);
    while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
    if (text.empty() || text.size() > stream_id_bytes_max) return std::nullopt;
    if (!std::ranges::all_of(text, token_character)) return std::nullopt;
    return text;
}

std::array<std::byte, audio_level_bytes> to_bytes(audio_level value) noexcept {
    return {static_cast<std::byte>((value.voice_activity ? 0x80 : 0) | (value.level & 0x7F))};
}

std::array<std::byte, transport_sequence_bytes> to_bytes(std::uint16_t transport_sequence) noexcept {
    return {static_cast<std::byte>(transport_sequence >> 8),
            static_cast<std::byte>(transport_sequence & 0xFF)};
}

std::array<std::byte, abs_send_time_bytes> to_bytes(abs_send_time value) noexcept {
    return {static_cast<std::byte>(value.value >> 16 & 0xFF), static_cast<std::byte>(value.value >> 8 & 0xFF),
            static_cast<std::byte>(value.value & 0xFF)};
}

std::array<std::byte, video_orientation_bytes> to_bytes(video_orientation value) noexcept {
    return {static_cast<std::byte>((value.back_camera ? 0x08 : 0) | (value.flipped ? 0x04 : 0) |
                                   (value.rotation_degrees / 90 & 0x03))};
}

abs_send_time abs_send_time_at(instant now) noexcept {
    // Of the seconds only six bits are kept, so the product below stays small whatever the epoch is.
    constexpr std::int64_t wrap = 64'000'000;
    const auto within = ((now.time_since_epoch().count() % wrap) + wrap) % wrap;
    return {static_cast<std::uint32_t>((within << 18) / 1'000'000 & 0xFFFFFF)};
}

}  // namespace conf::rtp
