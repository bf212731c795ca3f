#include "libconf/rtp/packet.hpp"

namespace conf::rtp {

std::optional<packet_view> parse_packet(bytes datagram) noexcept {
    if (datagram.size() < header_bytes || datagram.size() > packet_bytes_max) return std::nullopt;
    const auto first = load_u8(datagram, 0);
    if (first >> 6 != version) return std::nullopt;

    packet_view found;
    found.whole = datagram;
    found.csrc_count = first & 0x0F;
    found.marker = (load_u8(datagram, 1) & 0x80) != 0;
    found.payload_type = load_u8(datagram, 1) & 0x7F;
    found.sequence_number = load_u16(datagram, 2);
    found.timestamp = load_u32(datagram, 4);
    found.ssrc = load_u32(datagram, 8);

    auto at = header_bytes + std::size_t{4} * found.csrc_count;
    if (at > datagram.size()) return std::nullopt;
    if ((first & 0x10) != 0) {
        if (datagram.size() - at < 4) return std::nullopt;
        const auto size = std::size_t{4} * load_u16(datagram, at + 2);
        found.extension_profile = load_u16(datagram, at);
        at += 4;
        if (datagram.size() - at < size) return std::nullopt;
        found.extension_offset = static_cast<std::uint16_t>(at);
        found.extension_size = static_cast<std::uint16_t>(size);
        at += size;
    }
    const auto left = datagram.size() - at;
    if ((first & 0x20) != 0) {
        if (left == 0) return std::nullopt;
        found.padding_size = load_u8(datagram, datagram.size() - 1);
        if (found.padding_size == 0 || found.padding_size > left) return std::nullopt;
    }
    found.payload_offset = static_cast<std::uint16_t>(at);
    found.payload_size = static_cast<std::uint16_t>(left - found.padding_size);
    return found;
}

std::optional<extension_element> extension_walk::next() noexcept {
    const bool one_byte = profile_ == one_byte_profile;
    if (!one_byte && (profile_ & 0xFFF0) != two_byte_profile) return std::nullopt;
    const std::size_t element_header = one_byte ? 1 : 2;

    while (!left_.empty() && left_.front() == std::byte{0}) left_ = left_.subspan(1);  // padding
    if (left_.size() < element_header) return std::nullopt;
    const auto first = load_u8(left_, 0);
    const auto id = static_cast<std::uint8_t>(one_byte ? first >> 4 : first);
    const std::size_t size = one_byte ? (first & 0x0FU) + 1U : load_u8(left_, 1);
    // RFC 8285 §4.2: id 0 with a length, and id 15, end the whole block.
    const bool reserved = one_byte && (id == 0 || id == 15);
    if (reserved || size > left_.size() - element_header) {
        left_ = {};
        return std::nullopt;
    }
    const extension_element found{id, left_.subspan(element_header, size)};
    left_ = left_.subspan(element_header + size);
    return found;
}

std::optional<bytes> packet_view::find_extension(std::uint8_t id) const noexcept {
    auto walk = extensions();
    while (const auto element = walk.next()) {
        if (element->id == id) return element->value;
    }
    return std::nullopt;
}

}  // namespace conf::rtp
