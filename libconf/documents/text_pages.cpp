#include "libconf/documents/text_pages.hpp"

#include "libconf/base/markup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

namespace conf::documents {
namespace {

constexpr std::size_t tab_columns = 8;
constexpr int page_width = 794;
constexpr int page_height = 1123;
constexpr int margin = 64;
constexpr int line_height = 16;

struct character {
    std::size_t bytes = 1;
    std::uint32_t code = 0;
};

/// Precondition: well-formed UTF-8.
character read_character(std::string_view text) noexcept {
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x80) return {1, first};
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (text.size() < size) return {text.size(), 0xFFFD};
    std::uint32_t code = first & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i) code = code << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
    return {size, code};
}

/// The blocks of Annex 11 that are wide throughout; combining marks take no column.
std::size_t columns_of(std::uint32_t code) noexcept {
    if ((code >= 0x0300 && code <= 0x036F) || (code >= 0x200B && code <= 0x200F) || code == 0xFEFF) return 0;
    const auto wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
                      (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
                      (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
                      (code >= 0x1F300 && code <= 0x1FAFF) || (code >= 0x20000 && code <= 0x3FFFD);
    return wide ? 2 : 1;
}

/// Cuts one line of the page off the front of a line of the text.
std::string take_line(std::string_view& rest) {
    std::string made;
    std::size_t columns = 0;
    std::size_t made_at_space = 0;  // size of `made` behind the last space, and what was read for it
    std::size_t read_at_space = 0;
    std::size_t read = 0;
    while (read < rest.size()) {
        const auto [size, code] = read_character(rest.substr(read));
        const auto wide = code == '\t' ? tab_columns - columns % tab_columns : columns_of(code);
        if (columns + wide > text_columns) {
            if (read_at_space > 0) {
                made.resize(made_at_space);
                read = read_at_space;
            }
            break;
        }
        if (code == '\t') {
            made.append(wide, ' ');
        } else {
            made += rest.substr(read, size);
        }
        columns += wide;
        read += size;
        if (code == ' ' || code == '\t') {
            made_at_space = made.size();
            read_at_space = read;
        }
    }
    rest.remove_prefix(read);
    return made;
}

std::string write_page(const std::vector<std::string>& lines) {
    auto made = fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}">)"
        R"(<rect width="{0}" height="{1}" fill="#fff"/><g font-family="DejaVu Sans Mono, monospace" )"
        R"(font-size="12" fill="#111" xml:space="preserve">)",
        page_width, page_height);
    int y = margin + line_height;
    for (const auto& line : lines) {
        if (line.find_first_not_of(' ') != std::string::npos) {
            fmt::format_to(std::back_inserter(made), R"(<text x="{}" y="{}">{}</text>)", margin, y,
                           escaped(line));
        }
        y += line_height;
    }
    return made + "</g></svg>";
}

}  // namespace

std::vector<std::string> text_pages(std::string_view text, std::size_t pages_max) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::vector<std::string> pages;
    std::vector<std::string> lines;
    const auto turn_page = [&] { pages.push_back(write_page(std::exchange(lines, {}))); };
    while (!text.empty() && pages.size() <= pages_max) {
        const auto end = std::min(text.find_first_of("\n\f"), text.size());
        auto line = text.substr(0, end);
        const auto new_page = end < text.size() && text[end] == '\f';
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        do {
            if (lines.size() == text_lines) turn_page();
            lines.push_back(take_line(line));
        } while (!line.empty() && pages.size() <= pages_max);
        if (new_page) turn_page();
    }
    if (pages.empty() || (!lines.empty() && pages.size() <= pages_max)) turn_page();
    return pages;
}

}  // namespace conf::documents
