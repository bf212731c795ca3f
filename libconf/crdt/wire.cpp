#include "libconf/crdt/wire.hpp"

#include "libconf/crdt/utf8.hpp"

namespace conf::crdt {

std::uint64_t wire_reader::long_var_uint(std::uint8_t byte, unsigned first_bits) noexcept {
    std::uint64_t value = byte & ((1U << first_bits) - 1);
    auto shift = first_bits;
    while (byte >= 0x80) {
        if (at_ == data_.size()) {
            fail(crdt_errc::truncated);
            return 0;
        }
        byte = std::to_integer<std::uint8_t>(data_[at_++]);
        const std::uint64_t bits = byte & 0x7F;
        if (shift > 62 || (bits << shift) >> shift != bits || value + (bits << shift) > wire_integer_max) {
            fail(crdt_errc::bad_number);
            return 0;
        }
        value += bits << shift;
        shift += 7;
    }
    return value;
}

signed_number wire_reader::var_int() noexcept {
    const auto first = u8();
    // Bit 7 says whether more follows, bit 6 is the sign.
    const auto magnitude = long_var_uint(static_cast<std::uint8_t>((first & 0x80) | (first & 0x3F)), 6);
    return {magnitude, (first & 0x40) != 0};
}

std::string_view wire_reader::var_text() noexcept {
    const auto text = var_string();
    if (utf16_length(text)) return text;
    fail(crdt_errc::bad_text);
    return {};
}

std::uint32_t wire_reader::u32_big_endian() noexcept {
    const auto from = take(4);
    return from.empty() ? 0 : load_u32(from, 0);
}

std::uint64_t wire_reader::u64_big_endian() noexcept {
    const auto from = take(8);
    return from.empty() ? 0 : std::uint64_t{load_u32(from, 0)} << 32 | load_u32(from, 4);
}

void wire_writer::var_int(signed_number value) {
    const auto sign = static_cast<std::uint8_t>(value.negative ? 0x40 : 0);
    u8(static_cast<std::uint8_t>((value.magnitude > 0x3F ? 0x80 : 0) | sign | (value.magnitude & 0x3F)));
    if (value.magnitude > 0x3F) var_uint(value.magnitude >> 6);
}

void wire_writer::u32_big_endian(std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) u8(static_cast<std::uint8_t>(value >> shift));
}

void wire_writer::u64_big_endian(std::uint64_t value) {
    u32_big_endian(static_cast<std::uint32_t>(value >> 32));
    u32_big_endian(static_cast<std::uint32_t>(value));
}

}  // namespace conf::crdt
