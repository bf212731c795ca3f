#include "libconf/room/record_format.hpp"

namespace conf::rooms {
namespace {

constexpr std::size_t length_bytes = 4;
constexpr std::size_t number_bytes_max = 8;

void append_big_endian(std::string& to, std::uint64_t value, std::size_t bytes) {
    while (bytes-- > 0) to += static_cast<char>(value >> (8 * bytes) & 0xFF);
}

std::uint64_t big_endian(std::string_view from) noexcept {
    std::uint64_t value = 0;
    for (const char c : from) value = value << 8 | static_cast<std::uint8_t>(c);
    return value;
}

}  // namespace

void record_writer::number(std::uint8_t tag, std::uint64_t value) {
    if (value == 0) return;
    std::size_t bytes = 1;
    while (bytes < number_bytes_max && value >> (8 * bytes) != 0) ++bytes;
    std::string digits;
    append_big_endian(digits, value, bytes);
    item(tag, digits);
}

void record_writer::text(std::uint8_t tag, std::string_view value) {
    if (!value.empty()) item(tag, value);
}

void record_writer::item(std::uint8_t tag, std::string_view value) {
    text_ += static_cast<char>(tag);
    append_big_endian(text_, value.size(), length_bytes);
    text_ += value;
}

record_reader::record_reader(std::string_view value) : left_(value) {
    sound_ = !left_.empty() && left_.front() == record_version;
    if (sound_) left_.remove_prefix(1);
}

bool record_reader::next() {
    if (!sound_ || left_.empty()) return false;
    sound_ = left_.size() > length_bytes;
    if (!sound_) return false;
    tag_ = static_cast<std::uint8_t>(left_.front());
    const auto size = big_endian(left_.substr(1, length_bytes));
    left_.remove_prefix(1 + length_bytes);
    sound_ = size <= left_.size();
    if (!sound_) return false;
    field_ = left_.substr(0, size);
    left_.remove_prefix(size);
    return true;
}

std::uint64_t record_reader::number() const noexcept {
    return field_.size() <= number_bytes_max ? big_endian(field_) : 0;
}

std::uint64_t count_of(wall_time at) noexcept {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(at.count(), 0));
}
wall_time time_in(std::uint64_t count) noexcept {
    return wall_time(static_cast<std::int64_t>(count & INT64_MAX));
}

std::string key_of(std::uint64_t number) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string key(16, '0');
    for (auto at = key.size(); at-- > 0; number >>= 4) key[at] = digits[number & 0xF];
    return key;
}

std::optional<std::uint64_t> number_in(std::string_view key) noexcept {
    if (key.size() != 16) return std::nullopt;
    std::uint64_t number = 0;
    for (const char c : key) {
        const bool digit = c >= '0' && c <= '9';
        if (!digit && (c < 'a' || c > 'f')) return std::nullopt;
        number = number << 4 | static_cast<std::uint64_t>(digit ? c - '0' : c - 'a' + 10);
    }
    return number;
}

}  // namespace conf::rooms
