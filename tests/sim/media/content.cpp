#include "tests/sim/media/content.hpp"

#include "libconf/base/check.hpp"
#include "libconf/base/hash.hpp"
#include "libconf/rtp/vp8.hpp"

#include <array>
#include <cstring>

namespace conf::sim::media {
namespace {

constexpr std::uint16_t magic = 0x5349;
constexpr std::size_t checksum_at = 16;

std::byte octet(unsigned value) noexcept {
    return static_cast<std::byte>(value);
}

std::uint64_t checksum(bytes data) noexcept {
    std::uint64_t sum = data.size();
    for (std::size_t at = 0; at < data.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, data.data() + at, std::min<std::size_t>(8, data.size() - at));
        if (at == checksum_at) word = 0;
        sum = mix(sum ^ word, 0xD1342543DE82EF95);
    }
    return sum;
}

}  // namespace

void append_content(std::vector<std::byte>& to, const content& what, std::size_t size) {
    check(size >= content_bytes_min);
    const auto begin = to.size();
    to.resize(begin + size);
    const auto out = mutable_bytes(to).subspan(begin);
    store_u16(out, 0, magic);
    out[2] = octet(what.stream);
    out[3] = octet(what.marker ? 1 : 0);
    store_u32(out, 4, what.origin);
    store_u32(out, 8, what.number);
    store_u32(out, 12, what.timestamp);
    for (std::size_t at = content_bytes_min; at < size; ++at)
        out[at] = static_cast<std::byte>(at ^ what.number);
    const auto sum = checksum(out);
    store_u32(out, checksum_at, static_cast<std::uint32_t>(sum >> 32));
    store_u32(out, checksum_at + 4, static_cast<std::uint32_t>(sum));
}

std::optional<content> read_content(bytes payload) noexcept {
    if (payload.size() < content_bytes_min || load_u16(payload, 0) != magic) return std::nullopt;
    const auto sum = std::uint64_t{load_u32(payload, checksum_at)} << 32 | load_u32(payload, checksum_at + 4);
    if (sum != checksum(payload)) return std::nullopt;
    return content{.origin = load_u32(payload, 4),
                   .stream = load_u8(payload, 2),
                   .marker = load_u8(payload, 3) != 0,
                   .number = load_u32(payload, 8),
                   .timestamp = load_u32(payload, 12)};
}

void append_vp8_head(std::vector<std::byte>& to, const vp8_place& at) {
    // RFC 7741 §4.2: X, S, no partition; I and L; 15 bits of picture id; TL0PICIDX.
    for (const auto each : {0x80U | (at.starts_frame ? 0x10U : 0U), 0xC0U, 0x80U | at.picture >> 8U,
                            at.picture & 0xFFU, unsigned{at.tl0}}) {
        to.push_back(octet(each));
    }
    // RFC 6386 §9.1: the frame tag, the start code and the size; for other packets just as many bytes.
    const std::array head{at.key ? 0x10U : 0x11U,   0U, 0U, 0x9DU, 0x01U, 0x2AU, 64U, 1U, at.height & 0xFFU,
                          unsigned{at.height} >> 8U};
    for (const auto each : head) to.push_back(octet(each));
}

std::optional<vp8_place> read_vp8_head(bytes payload) noexcept {
    const auto read = rtp::vp8::parse(payload);
    if (!read || read->size + 10U != vp8_head_bytes || payload.size() < vp8_head_bytes) return std::nullopt;
    if (!read->long_picture_id || !read->has_tl0_picture_index) return std::nullopt;
    return vp8_place{.key = (load_u8(payload, 5) & 1U) == 0,
                     .starts_frame = read->partition_start,
                     .picture = read->picture_id,
                     .tl0 = read->tl0_picture_index,
                     .height = static_cast<std::uint16_t>(load_u8(payload, 13) | load_u8(payload, 14) << 8U)};
}

}  // namespace conf::sim::media
