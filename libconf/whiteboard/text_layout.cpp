#include "libconf/whiteboard/text_layout.hpp"

#include "libconf/room/text.hpp"

#include <cstdint>
#include <utility>

namespace conf::boards {
namespace {

constexpr std::size_t narrow_tenths = 6;
constexpr std::size_t wide_tenths = 10;
constexpr char32_t first_wide = 0x1100;

struct letter {
    char32_t value = 0;
    std::size_t bytes = 1;
};
letter first_letter(std::string_view text) noexcept {
    const auto found = rooms::first_code_point(text);
    return found ? letter{found->value, found->bytes} : letter{U'\uFFFD', 1};
}
std::size_t advance_of(char32_t c) noexcept {
    return c < first_wide ? narrow_tenths : wide_tenths;
}

/// How many bytes of `line` go on a line: up to the last space that fits, else as many characters as fit, one
/// at least.
std::size_t break_at(std::string_view line, std::size_t width_tenths) noexcept {
    std::size_t used = 0;
    std::size_t at = 0;
    std::size_t last_space = 0;
    while (at < line.size()) {
        const auto next = first_letter(line.substr(at));
        if (next.value == U' ') last_space = at;
        used += advance_of(next.value);
        // A space may hang over the edge.
        if (used > width_tenths && next.value != U' ') {
            if (last_space > 0) return last_space;
            return at > 0 ? at : next.bytes;
        }
        at += next.bytes;
    }
    return at;
}

void wrap_line(std::string_view line, std::size_t width_tenths, std::vector<std::string>& to) {
    if (width_tenths == 0 || line.empty()) {
        to.emplace_back(line);
        return;
    }
    while (!line.empty()) {
        const auto end = break_at(line, width_tenths);
        auto piece = line.substr(0, end);
        line.remove_prefix(end);
        // Spaces at a break are on neither line.
        while (!line.empty() && !piece.empty() && piece.back() == ' ') piece.remove_suffix(1);
        to.emplace_back(piece);
        while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    }
}

std::vector<std::string_view> split_lines(std::string_view text) {
    std::vector<std::string_view> all;
    for (;;) {
        const auto end = text.find('\n');
        all.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return all;
        text.remove_prefix(end + 1);
    }
}

}  // namespace

std::vector<std::string> wrap(std::string_view text, std::size_t width_tenths) {
    std::vector<std::string> all;
    for (const auto line : split_lines(text)) wrap_line(line, width_tenths, all);
    return all;
}

std::vector<std::string> lines_of(const shape& what) {
    const auto& properties = what.properties;
    const auto stored = properties.bytes(property::lines);
    if (!stored.empty()) return wrap(stored, 0);
    const auto width =
        properties.units(property::width) - (what.type == shape_type::note ? 2 * note_margin : 0);
    const auto tenths = width > 0 ? 10 * width / properties.units(property::font_size) : 0;
    return wrap(properties.bytes(property::text), static_cast<std::size_t>(tenths));
}

std::size_t width_of(std::string_view line) noexcept {
    std::size_t sum = 0;
    while (!line.empty()) {
        const auto next = first_letter(line);
        sum += advance_of(next.value);
        line.remove_prefix(next.bytes);
    }
    return sum;
}

bool runs_leftwards(std::string_view line) noexcept {
    const auto within = [](char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; };
    while (!line.empty()) {
        const auto next = first_letter(line);
        const auto c = next.value;
        // Hebrew, Arabic, Syriac, Thaana, N'Ko and their like; presentation forms; the planes of old scripts.
        if (within(c, 0x590, 0x8FF) || within(c, 0xFB1D, 0xFDFF) || within(c, 0xFE70, 0xFEFF) ||
            within(c, 0x10800, 0x10FFF) || within(c, 0x1E800, 0x1EFFF)) {
            return true;
        }
        const bool is_letter = within(c, U'A', U'Z') || within(c, U'a', U'z') || within(c, 0xC0, 0x58F) ||
                               within(c, 0x900, 0x1FFF) || within(c, 0x2E80, 0xD7FF);
        if (is_letter) return false;
        line.remove_prefix(next.bytes);
    }
    return false;
}

}  // namespace conf::boards
