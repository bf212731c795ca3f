#include "libconf/whiteboard/wire.hpp"

namespace conf::boards {

namespace {
/// Of the largest number, 53 bits.
constexpr std::size_t varint_bytes_max = 8;
constexpr std::size_t id_bytes = 8;
}  // namespace

void append_number(std::string& to, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) to += static_cast<char>(0x80 | (value & 0x7F));
    to += static_cast<char>(value);
}

void append_id(std::string& to, shape_id id) {
    for (std::size_t at = id_bytes; at-- > 0;) to += static_cast<char>(id >> (8 * at) & 0xFF);
}

void append_bytes(std::string& to, std::string_view value) {
    append_number(to, value.size());
    to += value;
}

std::uint8_t wire_reader::byte() noexcept {
    if (left_.empty()) {
        fail();
        return 0;
    }
    const auto value = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return value;
}

std::uint64_t wire_reader::number() noexcept {
    std::uint64_t value = 0;
    for (std::size_t at = 0; at < varint_bytes_max; ++at) {
        const auto next = byte();
        value |= std::uint64_t{next & 0x7FU} << (7 * at);
        if ((next & 0x80) != 0) continue;
        if (value <= number_max) return value;
        break;
    }
    fail();
    return 0;
}

std::uint64_t wire_reader::number_to(std::uint64_t most) noexcept {
    const auto value = number();
    if (value <= most) return value;
    fail();
    return 0;
}

shape_id wire_reader::id() noexcept {
    shape_id id = 0;
    for (const char c : take(id_bytes)) id = id << 8 | static_cast<std::uint8_t>(c);
    if (id == 0) fail();
    return id;
}

std::string_view wire_reader::blob() noexcept {
    return take(number());
}

std::string_view wire_reader::take(std::size_t count) noexcept {
    if (count > left_.size()) {
        fail();
        return {};
    }
    const auto taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
}

}  // namespace conf::boards
