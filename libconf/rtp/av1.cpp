#include "libconf/rtp/av1.hpp"

namespace conf::rtp::av1 {
namespace {

/// AV1 §4.10.5. Takes the number from the front of `left`.
std::optional<std::uint64_t> take_leb128(bytes& left) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < leb128_bytes_max && i < left.size(); ++i) {
        const auto next = load_u8(left, i);
        value |= std::uint64_t{next & 0x7FU} << (7 * i);
        if ((next & 0x80) == 0) {
            left = left.subspan(i + 1);
            return value;
        }
    }
    return std::nullopt;
}

/// Notes the OBU that begins with this element.
void note(descriptor& found, bytes element) noexcept {
    if (element.empty()) return;
    const auto header = load_u8(element, 0);
    const auto type = static_cast<obu_type>(header >> 3 & 0x0F);
    found.sequence_header = found.sequence_header || type == obu_type::sequence_header;
    const bool extension = (header & 0x04) != 0;
    if (!extension || element.size() < 2 || found.has_layers) return;
    found.has_layers = true;
    found.temporal_id = load_u8(element, 1) >> 5;
    found.spatial_id = load_u8(element, 1) >> 3 & 0x03;
}

}  // namespace

std::optional<descriptor> parse(bytes payload) noexcept {
    if (payload.size() < 2) return std::nullopt;
    const auto header = load_u8(payload, 0);
    const std::size_t declared = header >> 4 & 0x03U;  // W; 0: each element has a length
    descriptor found;
    found.continues = (header & 0x80) != 0;
    found.continued = (header & 0x40) != 0;
    found.new_coded_sequence = (header & 0x08) != 0;
    if (found.continues && found.new_coded_sequence) return std::nullopt;

    auto left = payload.subspan(1);
    while (declared == 0 ? !left.empty() : found.elements < declared) {
        std::uint64_t size = left.size();
        if (declared == 0 || found.elements + 1 < declared) {
            const auto length = take_leb128(left);
            if (!length || *length > left.size()) return std::nullopt;
            size = *length;
        }
        const auto element = left.first(static_cast<std::size_t>(size));
        if (found.elements > 0 || !found.continues) note(found, element);
        left = left.subspan(element.size());
        ++found.elements;
    }
    return found;
}

}  // namespace conf::rtp::av1
