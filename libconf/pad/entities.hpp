/// Character references of HTML and Markdown.
#pragma once

#include <string>
#include <string_view>

namespace conf::pads {

/// The text of "&amp;", "&#8364;", "&#x20AC;" and the names that people write; another reference is its own
/// text.
[[nodiscard]] std::string decode_entity(std::string_view entity);

/// The same for each reference in a text.
[[nodiscard]] std::string decode_entities(std::string_view text);

}  // namespace conf::pads
