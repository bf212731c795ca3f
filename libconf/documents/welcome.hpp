/// The page that a new room shows: ours, made from text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace conf::documents {

enum class welcome_language : std::uint8_t { english, french };

/// "fr", "fr-CA": French; everything else English.
[[nodiscard]] welcome_language welcome_language_of(std::string_view tag) noexcept;

/// Of the document.
[[nodiscard]] std::string_view welcome_name(welcome_language in) noexcept;
/// A page of SVG, 1440 x 1080 units.
[[nodiscard]] std::string welcome_page(welcome_language in);
/// The same for screen readers, a line each.
[[nodiscard]] std::string welcome_text(welcome_language in);

}  // namespace conf::documents
