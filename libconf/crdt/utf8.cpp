#include "libconf/crdt/utf8.hpp"

#include <cstring>

namespace conf::crdt {
namespace {

/// Bytes of the character at the front; 0 where it is no valid one. Unicode, table 3-7.
std::size_t character_bytes(std::string_view text) noexcept {
    const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const auto follows = [&](std::size_t i, std::uint8_t low = 0x80, std::uint8_t high = 0xBF) {
        return i < text.size() && at(i) >= low && at(i) <= high;
    };
    const auto lead = at(0);
    if (lead < 0x80) return 1;
    if (lead < 0xC2) return 0;
    if (lead < 0xE0) return follows(1) ? 2 : 0;
    if (lead < 0xF0) {
        const std::uint8_t low = lead == 0xE0 ? 0xA0 : 0x80;
        const std::uint8_t high = lead == 0xED ? 0x9F : 0xBF;
        return follows(1, low, high) && follows(2) ? 3 : 0;
    }
    if (lead > 0xF4) return 0;
    const std::uint8_t low = lead == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t high = lead == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
}

/// Bytes of ASCII at the front, eight at a time.
std::size_t ascii_prefix(std::string_view text) noexcept {
    std::size_t at = 0;
    for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
        std::memcpy(&word, text.data() + at, sizeof word);
        if ((word & 0x8080'8080'8080'8080) != 0) break;
    }
    while (at < text.size() && static_cast<std::uint8_t>(text[at]) < 0x80) ++at;
    return at;
}

}  // namespace

std::optional<std::size_t> utf16_length(std::string_view text) noexcept {
    std::size_t units = 0;
    while (!text.empty()) {
        const auto ascii = ascii_prefix(text);
        units += ascii;
        text.remove_prefix(ascii);
        if (text.empty()) break;
        const auto size = character_bytes(text);
        if (size == 0) return std::nullopt;
        units += size == 4 ? 2 : 1;
        text.remove_prefix(size);
    }
    return units;
}

utf16_cut cut_utf16(std::string_view text, std::size_t units) noexcept {
    utf16_cut cut;
    while (units > 0) {
        const auto lead = static_cast<std::uint8_t>(text[cut.bytes]);
        if (lead >= 0xF0 && units == 1) {
            cut.divides = true;
            break;
        }
        cut.bytes += lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        units -= lead >= 0xF0 ? 2 : 1;
    }
    return cut;
}

std::string to_valid_utf8(std::string_view text) {
    std::string valid;
    valid.reserve(text.size());
    while (!text.empty()) {
        const auto size = character_bytes(text);
        valid += size == 0 ? replacement : text.substr(0, size);
        text.remove_prefix(size == 0 ? 1 : size);
    }
    return valid;
}

}  // namespace conf::crdt
