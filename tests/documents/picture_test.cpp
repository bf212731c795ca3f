// Sizes and orientations come from headers, and no header can make us read beyond its file.
#include "libconf/documents/picture.hpp"
#include "tests/documents/fixtures.hpp"

#include <catch2/catch.hpp>

using namespace conf;
using namespace conf::documents;
using test::make_jpeg;

TEST_CASE("a picture's size is in its header", "[documents]") {
    using namespace std::string_literals;
    struct picture_case {
        std::string why;
        std::string file;
        std::optional<picture> expected;
    };
    const auto webp = [](const std::string& chunk) {
        return "RIFF\0\0\0\0WEBP"s + chunk + std::string(20, '\0');
    };
    const auto c = GENERATE_COPY(values<picture_case>({
        {"PNG", test::make_png(7, 5), picture{picture_type::png, 7, 5}},
        {"JPEG", make_jpeg(640, 480, 1), picture{picture_type::jpeg, 640, 480, 1}},
        {"JPEG on its side", make_jpeg(640, 480, 6), picture{picture_type::jpeg, 640, 480, 6}},
        {"the same, little-endian", make_jpeg(640, 480, 8, true), picture{picture_type::jpeg, 640, 480, 8}},
        {"an orientation that is none", make_jpeg(640, 480, 9), picture{picture_type::jpeg, 640, 480, 1}},
        {"GIF", "GIF89a\x40\x01\xF0\0...."s, picture{picture_type::gif, 320, 240}},
        {"WebP, extended", webp("VP8X\x0A\0\0\0\0\0\0\0\x3F\x01\0\xEF\0\0"s),
         picture{picture_type::webp, 320, 240}},
        {"WebP, lossless", webp("VP8L\0\0\0\0\x2F\x3F\xC1\x3B\0"s), picture{picture_type::webp, 320, 240}},
        {"WebP, lossy", webp("VP8 \0\0\0\0\0\0\0\x9D\x01\x2A\x40\x01\xF0\0"s),
         picture{picture_type::webp, 320, 240}},
        {"no pixels", test::make_png_head(0, 5), std::nullopt},
        {"text", "hello", std::nullopt},
    }));
    INFO(c.why);
    CHECK(read_picture(as_bytes(c.file)) == c.expected);
    for (std::size_t size = 0; size < std::min<std::size_t>(c.file.size(), 64); ++size) {
        // The sanitizers watch.
        (void)read_picture(as_bytes(std::string_view(c.file).substr(0, size)));
    }
}

TEST_CASE("what a camera tells of its owner does not go on", "[documents]") {
    const auto file = make_jpeg(640, 480, 6);
    const auto clean = without_metadata(as_bytes(file));
    CHECK(clean.find("Exif") == std::string::npos);
    CHECK(clean.find("made at home") == std::string::npos);
    CHECK(read_picture(as_bytes(clean)) == picture{picture_type::jpeg, 640, 480, 1});
    CHECK(clean.ends_with("scan\xFF\xD9"));
}

TEST_CASE("a picture on its side makes an upright page", "[documents]") {
    CHECK(picture_page({picture_type::jpeg, 640, 480, 6}, {}).find("viewBox=\"0 0 480 640\"") !=
          std::string::npos);
    CHECK(picture_page({picture_type::jpeg, 640, 480, 3}, {}).find("viewBox=\"0 0 640 480\"") !=
          std::string::npos);
}
