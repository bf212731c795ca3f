#include "libconf/rtp/opus.hpp"

#include <array>

namespace conf::rtp::opus {
namespace {

/// RFC 6716 table 2: the length of a frame by `config`, the upper five bits of the TOC byte.
constexpr duration frame_duration(unsigned config) noexcept {
    constexpr std::array<std::int64_t, 4> silk{10'000, 20'000, 40'000, 60'000};
    constexpr std::array<std::int64_t, 2> hybrid{10'000, 20'000};
    constexpr std::array<std::int64_t, 4> celt{2'500, 5'000, 10'000, 20'000};
    if (config < 12) return duration(silk[config % 4]);
    if (config < 16) return duration(hybrid[config % 2]);
    return duration(celt[config % 4]);
}

}  // namespace

std::optional<duration> packet_duration(bytes payload) noexcept {
    if (payload.empty()) return std::nullopt;
    const auto toc = load_u8(payload, 0);
    int frames = 0;
    switch (toc & 0x03) {
        case 0: frames = 1; break;
        case 1:
        case 2: frames = 2; break;
        default:
            if (payload.size() < 2) return std::nullopt;
            frames = load_u8(payload, 1) & 0x3F;
    }
    const auto length = frame_duration(toc >> 3U) * frames;
    if (frames == 0 || length > duration_max) return std::nullopt;
    return length;
}

}  // namespace conf::rtp::opus
