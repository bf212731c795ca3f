/// Plain text as pages of SVG, so that it can be shown without an office program.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace conf::documents {

/// A4 upright at 96 px an inch, in a fixed-width face. 90 columns by 62 lines; a wide character (Unicode
/// Standard Annex 11) takes two columns. Long lines are wrapped at spaces where there are any; a form feed
/// begins a page.
inline constexpr std::size_t text_columns = 90;
inline constexpr std::size_t text_lines = 62;

/// At most `pages_max + 1` pages: the last one says that there were more.
[[nodiscard]] std::vector<std::string> text_pages(std::string_view text, std::size_t pages_max);

}  // namespace conf::documents
