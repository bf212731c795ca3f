/// Whether a page that a tool drew is good as vectors, and a page around a picture where it is not.
#pragma once

#include "libconf/base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace conf::documents {

/// What makes a page slow to draw: named by what to count, as whiteboard pages are drawn again and again.
struct drawing_cost {
    std::size_t bytes = 0;
    std::size_t images = 0;
    std::size_t uses = 0;  ///< of anything but glyphs: text is to stay crisp, and has its bytes counted

    friend bool operator==(const drawing_cost&, const drawing_cost&) = default;
};
[[nodiscard]] drawing_cost cost_of(std::string_view svg) noexcept;

/// Not empty, and within `page_svg_bytes_max`, `page_image_tags_max`, `page_use_tags_max`.
[[nodiscard]] bool is_good_drawing(std::string_view svg) noexcept;

/// Around a picture of the page; width and height are the page's.
[[nodiscard]] std::string wrap_picture(std::string_view media_type, bytes data, double width, double height);

/// A page with nothing on it, in the place of one that could not be made: numbers of others stay.
[[nodiscard]] std::string empty_page(double width, double height);

}  // namespace conf::documents
