// A page stays vectors while they are cheap to draw.
#include "libconf/documents/page_image.hpp"
#include "libconf/documents/limits.hpp"

#include <catch2/catch.hpp>

using namespace conf;
using namespace conf::documents;

namespace {

std::string drawing_with(std::string_view tag, std::size_t times) {
    std::string made = "<svg>";
    for (std::size_t i = 0; i < times; ++i) made += tag;
    return made + "</svg>";
}

}  // namespace

TEST_CASE("drawings are judged by size, pictures and placements", "[documents]") {
    struct drawing_case {
        std::string why;
        std::string svg;
        bool good;
    };
    const auto long_one = "<svg>" + std::string(page_svg_bytes_max - 11, ' ') + "</svg>";
    const auto c = GENERATE_COPY(values<drawing_case>({
        {"nothing", "", false},
        {"cut off", "<svg><path", false},
        {"an empty page is a page", "<svg></svg>\n", true},
        {"as long as it may be", long_one, true},
        {"longer", long_one + "\n", false},
        {"pictures", drawing_with("<image x=\"1\"/>", page_image_tags_max), true},
        {"one more", drawing_with("<image x=\"1\"/>", page_image_tags_max + 1), false},
        {"placements", drawing_with("<use xlink:href=\"#source-5\"/>", page_use_tags_max), true},
        {"one more", drawing_with("<use xlink:href=\"#source-5\"/>", page_use_tags_max + 1), false},
        {"text is not counted", drawing_with("<use xlink:href=\"#glyph-0-1\"/>", 4000), true},
    }));
    INFO(c.why);
    CHECK(is_good_drawing(c.svg) == c.good);
}

TEST_CASE("a picture of a page is a page of its size", "[documents]") {
    const auto made = wrap_picture("image/png", as_bytes("abc"), 600, 450.5);
    CHECK(made.find("viewBox=\"0 0 600 450.5\"") != std::string::npos);
    CHECK(made.find("data:image/png;base64,YWJj") != std::string::npos);
    CHECK(is_good_drawing(made));
    CHECK(is_good_drawing(empty_page(1440, 1080)));
}
