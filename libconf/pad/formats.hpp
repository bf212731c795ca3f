/// Pads as plain text, Markdown and HTML, both ways.
#pragma once

#include "libconf/pad/rich_text.hpp"

#include <conf/result.hpp>

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
/// A whole page with that title, for a browser or an office program.
[[nodiscard]] std::string to_html_page(const node& document, std::string_view title);

// Any UTF-8 gives a document that the editor's schema allows. Errors: `pad_errc::bad_text` for what is not
// UTF-8.

[[nodiscard]] result<node> from_plain_text(std::string_view text);
/// HTML in it is text.
[[nodiscard]] result<node> from_markdown(std::string_view text);
/// Scripts, styles, forms, comments and unknown elements leave their text (scripts and styles not even that);
/// pictures of other servers leave their alternative text (SEC-COL-5).
[[nodiscard]] result<node> from_html(std::string_view text);

}  // namespace conf::pads
