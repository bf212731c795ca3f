/// Pads as plain text, Markdown and HTML, both ways.
#pragma once

#include "libconf/pad/rich_text.hpp"

#include <conf/result.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace conf::pads {

// Written files end with a line feed, and are the same for the same tree.

/// Blocks apart by an empty line, lists with "- ", "1. " and "[x] ", cells apart by tabs.
[[nodiscard]] std::string to_plain_text(const node& document);
/// GitHub Flavored Markdown 0.29. What it has no sign for is HTML in it: underlined text as <u>; cells are
/// one line each.
[[nodiscard]] std::string to_markdown(const node& document);
/// The body's content alone, every text escaped, links with rel="noopener noreferrer nofollow".
[[nodiscard]] std::string to_html(const node& document);
/// A whole page with that title, for a browser.
[[nodiscard]] std::string to_html_page(const node& document, std::string_view title);

/// What an office program is to make of a pad.
struct office_page {
    std::string_view title;
    bool slides = false;  ///< pages of 16:9, a new one before each heading of level 1 and 2; else A4
    /// What stands in the place of a picture's path, "data:image/png;base64,..."; empty: its alternative
    /// text.
    std::function<std::string(const std::string& path)> picture{};
    /// Of all these together, each as often as it stands there; then come alternative texts.
    std::size_t pictures_bytes_max = 70'000'000;
};
/// A whole page that stands alone, in what LibreOffice reads of HTML: boxes of tasks are characters, lines of
/// tables attributes.
[[nodiscard]] std::string to_office_page(const node& document, const office_page& as);

// Any UTF-8 gives a document that the editor's schema allows. Errors: `pad_errc::bad_text` for what is not
// UTF-8.

[[nodiscard]] result<node> from_plain_text(std::string_view text);
/// HTML in it is text.
[[nodiscard]] result<node> from_markdown(std::string_view text);
/// Scripts, styles, forms, comments and unknown elements leave their text (scripts and styles not even that);
/// pictures of other servers leave their alternative text (SEC-COL-5).
[[nodiscard]] result<node> from_html(std::string_view text);

}  // namespace conf::pads
