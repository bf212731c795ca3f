#include "libconf/rtp/h264.hpp"

namespace conf::rtp::h264 {
namespace {

constexpr std::uint8_t single_unit_last = 23;

/// Notes a unit that begins here. `header` is its first byte.
void note(descriptor& found, std::uint8_t header, nal_type type) noexcept {
    found.idr = found.idr || type == nal_type::idr_slice;
    found.sps = found.sps || type == nal_type::sps;
    found.pps = found.pps || type == nal_type::pps;
    // Types 2 to 4 are the partitions of a slice.
    const auto number = static_cast<std::uint8_t>(type);
    found.slice = found.slice || (number >= 1 && number <= 4);
    found.reference = found.reference || (header & 0x60) != 0;
}

bool read_aggregate(descriptor& found, bytes units) noexcept {
    while (!units.empty()) {
        if (units.size() < 2) return false;
        const std::size_t size = load_u16(units, 0);
        if (size == 0 || size > units.size() - 2) return false;
        const auto header = load_u8(units, 2);
        note(found, header, static_cast<nal_type>(header & 0x1F));
        units = units.subspan(2 + size);
    }
    found.unit_start = found.unit_end = true;
    return true;
}

}  // namespace

std::optional<descriptor> parse(bytes payload) noexcept {
    if (payload.empty()) return std::nullopt;
    const auto header = load_u8(payload, 0);
    const std::uint8_t number = header & 0x1F;
    descriptor found;
    found.structure = static_cast<nal_type>(number);
    if (number >= 1 && number <= single_unit_last) {
        note(found, header, found.structure);
        found.unit_start = found.unit_end = true;
        return found;
    }
    if (found.structure == nal_type::stap_a) {
        if (payload.size() == 1 || !read_aggregate(found, payload.subspan(1))) return std::nullopt;
        return found;
    }
    if (found.structure == nal_type::fu_a) {
        if (payload.size() < 3) return std::nullopt;  // RFC 6184 §5.8: a fragment is not empty
        const auto fragment = load_u8(payload, 1);
        found.unit_start = (fragment & 0x80) != 0;
        found.unit_end = (fragment & 0x40) != 0;
        found.reference = (header & 0x60) != 0;
        if (found.unit_start) note(found, header, static_cast<nal_type>(fragment & 0x1F));
        return found;
    }
    return std::nullopt;
}

}  // namespace conf::rtp::h264
