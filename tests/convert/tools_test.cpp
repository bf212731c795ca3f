// What poppler's tools print.
#include "libconf/convert/tools.hpp"

#include <catch2/catch.hpp>

using namespace conf::convert;

TEST_CASE("pages and their papers are read from pdfinfo", "[convert]") {
    const auto read = read_pdfinfo(
        "Title:           Pages of history\nPages:           3\nEncrypted:       no\n"
        "Page    1 size:  595.276 x 841.89 pts (A4)\nPage    1 rot:   0\n"
        "Page    2 size:  600 x 400 pts\nPage    2 rot:   270\n"
        "Page    4 size:  1 x 2 pts\n"
        "File size:       593 bytes\n");
    REQUIRE(read);
    CHECK(read->pages == 3);
    REQUIRE(read->papers.size() == 2);
    CHECK(read->papers[0].width == Approx(595.276));
    CHECK(read->papers[1].width == 400);
    CHECK(read->papers[1].height == 600);
    CHECK_FALSE(read_pdfinfo(""));
    CHECK_FALSE(read_pdfinfo("Pages: many\n"));
    CHECK_FALSE(read_pdfinfo("Pages:           0\n"));
    CHECK(read_pdfinfo("Pages: 1\nPage    0 rot:   90\n")->papers.empty());
}

TEST_CASE("fonts that are drawings are found", "[convert]") {
    CHECK(has_type3_font(
        "name  type  encoding\n----\n[none]    Type 3            Custom   yes no  no  7  0\n"));
    CHECK_FALSE(has_type3_font(
        "name  type  encoding\n----\nHelvetica  Type 1            WinAnsi   no no  no  3  0\n"));
    CHECK_FALSE(has_type3_font(""));
}
