#include "libconf/rtp/vp8.hpp"

namespace conf::rtp::vp8 {
namespace {

constexpr std::uint8_t extended_bit = 0x80;  // X, in the first byte
// In the second byte.
constexpr std::uint8_t picture_id_bit = 0x80;         // I
constexpr std::uint8_t tl0_picture_index_bit = 0x40;  // L
constexpr std::uint8_t temporal_id_bit = 0x20;        // T
constexpr std::uint8_t key_index_bit = 0x10;          // K

}  // namespace

std::optional<descriptor> parse(bytes payload) noexcept {
    if (payload.empty()) return std::nullopt;
    const auto first = load_u8(payload, 0);
    descriptor found;
    found.non_reference = (first & 0x20) != 0;
    found.partition_start = (first & 0x10) != 0;
    found.partition = first & 0x07;
    std::size_t at = 1;
    if ((first & extended_bit) != 0) {
        if (payload.size() <= at) return std::nullopt;
        const auto present = load_u8(payload, at++);
        found.has_picture_id = (present & picture_id_bit) != 0;
        found.has_tl0_picture_index = (present & tl0_picture_index_bit) != 0;
        found.has_temporal_id = (present & temporal_id_bit) != 0;
        found.has_key_index = (present & key_index_bit) != 0;
        if (found.has_picture_id) {
            if (payload.size() <= at) return std::nullopt;
            found.picture_id = load_u8(payload, at++);
            found.long_picture_id = (found.picture_id & 0x80) != 0;
            if (found.long_picture_id) {
                if (payload.size() <= at) return std::nullopt;
                found.picture_id =
                    static_cast<std::uint16_t>((found.picture_id & 0x7F) << 8 | load_u8(payload, at++));
            }
        }
        if (found.has_tl0_picture_index) {
            if (payload.size() <= at) return std::nullopt;
            found.tl0_picture_index = load_u8(payload, at++);
        }
        if (found.has_temporal_id || found.has_key_index) {
            if (payload.size() <= at) return std::nullopt;
            const auto layers = load_u8(payload, at++);
            if (found.has_temporal_id) {
                found.temporal_id = layers >> 6;
                found.layer_sync = (layers & 0x20) != 0;
            }
            if (found.has_key_index) found.key_index = layers & 0x1F;
        }
    }
    if (payload.size() <= at) return std::nullopt;
    found.size = static_cast<std::uint8_t>(at);
    found.key_picture = found.starts_frame() && (load_u8(payload, at) & 0x01) == 0;
    return found;
}

std::optional<resolution> read_resolution(const descriptor& of, bytes payload) noexcept {
    // Frame tag of three bytes, start code of three bytes, then 14 bits each, little end first.
    constexpr std::size_t needed = 10;
    if (!of.key_frame() || payload.size() < of.size || payload.size() - of.size < needed) return std::nullopt;
    const auto data = payload.subspan(of.size);
    if (load_u8(data, 3) != 0x9D || load_u16(data, 4) != 0x012A) return std::nullopt;
    const auto little = [&](std::size_t at) {
        return static_cast<std::uint16_t>((load_u8(data, at + 1) << 8 | load_u8(data, at)) & 0x3FFF);
    };
    return resolution{little(6), little(8)};
}

descriptor_patch rewrite(const descriptor& of, bytes payload, std::uint16_t picture_id,
                         std::uint8_t tl0_picture_index) noexcept {
    descriptor_patch patch;
    patch.replaced = of.size;
    patch.append(load_u8(payload, 0));
    if ((load_u8(payload, 0) & extended_bit) == 0) return patch;
    patch.append(load_u8(payload, 1));
    if (of.has_picture_id) patch.append_picture_id(picture_id);
    if (of.has_tl0_picture_index) patch.append(tl0_picture_index);
    if (of.has_temporal_id || of.has_key_index) patch.append(load_u8(payload, of.size - std::size_t{1}));
    return patch;
}

}  // namespace conf::rtp::vp8
