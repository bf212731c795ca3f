#include "libconf/room/text.hpp"

#include <algorithm>
#include <cstdint>

namespace conf::rooms {
namespace {

bool is_control(char32_t c) noexcept {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F);
}

bool turns_direction(char32_t c) noexcept {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/// White space, and what takes no space at all.
bool is_blank(char32_t c) noexcept {
    constexpr char32_t blanks[] = {0x20,   0xA0,   0xAD,   0x034F, 0x061C, 0x115F, 0x1160,
                                   0x1680, 0x17B4, 0x17B5, 0x180E, 0x2028, 0x2029, 0x202F,
                                   0x205F, 0x2800, 0x3000, 0x3164, 0xFEFF, 0xFFA0};
    return (c >= 0x2000 && c <= 0x200F) || (c >= 0x2060 && c <= 0x206F) || (c >= 0xFE00 && c <= 0xFE0F) ||
           std::ranges::find(blanks, c) != std::end(blanks);
}

struct form {
    std::uint8_t mask;
    std::uint8_t lead;
    std::size_t bytes;
    char32_t least;  // what a shorter form could not say
};
constexpr form forms[] = {
    {0x80, 0x00, 1, 0}, {0xE0, 0xC0, 2, 0x80}, {0xF0, 0xE0, 3, 0x800}, {0xF8, 0xF0, 4, 0x10000}};

}  // namespace

std::optional<code_point> first_code_point(std::string_view text) noexcept {
    if (text.empty()) return std::nullopt;
    const auto lead = static_cast<std::uint8_t>(text.front());
    for (const auto& f : forms) {
        if ((lead & f.mask) != f.lead) continue;
        if (text.size() < f.bytes) return std::nullopt;
        auto value = static_cast<char32_t>(lead & ~f.mask);
        for (std::size_t i = 1; i < f.bytes; ++i) {
            const auto next = static_cast<std::uint8_t>(text[i]);
            if ((next & 0xC0) != 0x80) return std::nullopt;
            value = value << 6 | (next & 0x3F);
        }
        if (value < f.least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return std::nullopt;
        return code_point{value, f.bytes};
    }
    return std::nullopt;
}

bool is_clean_text(std::string_view text, line_feeds lines) noexcept {
    while (!text.empty()) {
        const auto next = first_code_point(text);
        if (!next) return false;
        if (is_control(next->value) && (next->value != '\n' || lines == line_feeds::refused)) return false;
        text.remove_prefix(next->bytes);
    }
    return true;
}

std::size_t count_characters(std::string_view text) noexcept {
    std::size_t count = 0;
    while (!text.empty()) {
        const auto next = first_code_point(text);
        text.remove_prefix(next ? next->bytes : 1);
        ++count;
    }
    return count;
}

std::string without_direction_controls(std::string_view text) {
    std::string kept;
    kept.reserve(text.size());
    while (!text.empty()) {
        const auto next = first_code_point(text);
        const auto bytes = next ? next->bytes : 1;
        if (!next || !turns_direction(next->value)) kept += text.substr(0, bytes);
        text.remove_prefix(bytes);
    }
    return kept;
}

std::string shown_name(std::string_view text) {
    const auto kept = without_direction_controls(text);
    std::size_t first = kept.size();
    std::size_t end = 0;
    bool visible = false;
    for (std::size_t at = 0; at < kept.size();) {
        const auto next = first_code_point(std::string_view(kept).substr(at));
        const auto bytes = next ? next->bytes : 1;
        const bool blank = next && is_blank(next->value);
        // A variation selector or a joiner belongs to the character before it, so only what looks like a
        // space is cut off behind.
        const bool joins = blank && next->value != 0x20 && next->value != 0xA0 && next->value != 0x3000;
        if (!blank) {
            visible = true;
            first = std::min(first, at);
        }
        if (!blank || (joins && visible && end == at)) end = at + bytes;
        at += bytes;
    }
    return visible ? kept.substr(first, end - first) : std::string();
}

std::string_view cut_to_bytes(std::string_view text, std::size_t bytes_max) noexcept {
    std::size_t end = 0;
    while (end < text.size()) {
        const auto next = first_code_point(text.substr(end));
        const auto bytes = next ? next->bytes : 1;
        if (end + bytes > bytes_max) break;
        end += bytes;
    }
    return text.substr(0, end);
}

}  // namespace conf::rooms
