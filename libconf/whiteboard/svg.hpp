/// A page as SVG: for export, thumbnails and recordings.
#pragma once

#include "libconf/whiteboard/page.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace conf::boards {

struct svg_options {
    page_info info{};                     ///< size; height 0: as large as what is on it
    bool white = true;                    ///< a white ground; without it nothing is behind the shapes
    std::string background{};             ///< the reference of an image that fills the page; empty: none
    std::optional<author_number> only{};  ///< this person's shapes alone
    /// The reference of an asset: a path, or `data:`. Empty function or answer: the image's box alone.
    std::function<std::string(std::string_view)> asset{};
};

/// The same page gives the same text, byte by byte. Strokes are outlined as in OUTLINE.md; a view box and no
/// units, so that whoever converts it chooses the size.
[[nodiscard]] std::string page_to_svg(const page& what, const svg_options& how);

/// The box around all of it, in whole units; nothing: the page is empty.
struct page_box {
    std::int64_t left = 0;
    std::int64_t top = 0;
    std::int64_t right = 0;
    std::int64_t bottom = 0;
};
[[nodiscard]] std::optional<page_box> box_around(const page& what, std::optional<author_number> only);

}  // namespace conf::boards
