// What was drawn goes over the pages of a PDF, and they stay what they are.
#include "tests/convert/converting.hpp"
#include "tests/documents/fixtures.hpp"

#include "libconf/convert/tools.hpp"
#include "libconf/pad/formats.hpp"

#include <fmt/format.h>

using namespace conf;
using namespace conf::convert;
using test::has_sandbox;
using test::workplace;

namespace {

std::string printed(const workplace& at, const std::vector<std::string>& tool) {
    return run_in_sandbox({.inputs = {{at.out + "/export.pdf", "export.pdf"}}}, tool).out;
}

constexpr const char* frame =
    "<svg xmlns='http://www.w3.org/2000/svg' width='1440' height='1080' viewBox='0 0 1440 1080'><rect x='0' "
    "y='0' "
    "width='1440' height='1080' fill='none' stroke='#f00' stroke-width='80'/></svg>";

}  // namespace

TEST_CASE("drawings lie over the pages of a document as vectors", "[convert]") {
    if (!has_sandbox()) return;
    const workplace at;
    const auto document = at.folder.write("d.pdf", test::make_pdf(3));
    const auto drawing = at.folder.write("1.svg", frame);
    const auto made = test::run_job(
        fmt::format(R"({{"job":"export","format":"pdf","out":"{0}","pages":[)"
                    R"({{"drawing":"{1}","document":"{2}","page":2}},)"
                    R"({{"document":"{2}","page":3}},{{"drawing":"{1}","width":1440,"height":1080}}]}})",
                    at.out, drawing, document));
    REQUIRE(made.done);
    CHECK(at.made() == std::set<std::string>{"export.pdf"});
    // The text is still text, in the order of the export.
    const auto text = printed(at, {"/usr/bin/pdftotext", "/in/export.pdf", "-"});
    CHECK(text.find("This is page 2") < text.find("This is page 3"));
    CHECK(text.find("This is page 1") == std::string::npos);
    const auto info = read_pdfinfo(printed(at, {"/usr/bin/pdfinfo", "-f", "1", "-l", "9", "/in/export.pdf"}));
    REQUIRE(info);
    REQUIRE(info->papers.size() == 3);
    CHECK(info->papers[0].width == 600);
    CHECK(info->papers[2].width == 1080);  // 1440 units of 1/96 inch
    // No pictures: what was drawn is still lines.
    CHECK(printed(at, {"/usr/bin/pdfimages", "-list", "/in/export.pdf"}).find("image") == std::string::npos);
}

TEST_CASE("drawings fit what is seen of a page, cropped and turned", "[convert]") {
    if (!has_sandbox()) return;
    const workplace at;
    const auto document =
        at.folder.write("d.pdf", test::make_pdf(1,
                                                "/MediaBox[0 0 900 900]/CropBox[100 100 500 400]"
                                                "/TrimBox[150 150 300 300]/Rotate 180"));
    const auto drawing = at.folder.write("1.svg", frame);
    const auto job = [&](const char* format) {
        return fmt::format(R"({{"job":"export","format":"{}","width":400,"out":"{}",)"
                           R"("pages":[{{"drawing":"{}","document":"{}"}}]}})",
                           format, at.out, drawing, document);
    };
    REQUIRE(test::run_job(job("pdf")).done);
    const auto pixels = printed(
        at, {"/usr/bin/pdftoppm", "-cropbox", "-scale-to-x", "40", "-scale-to-y", "30", "/in/export.pdf"});
    const std::string head = "P6\n40 30\n255\n";
    REQUIRE(pixels.size() == head.size() + std::size_t{40 * 30 * 3});
    const auto is_red = [&](std::size_t x, std::size_t y) {
        const auto at_pixel = head.size() + 3 * (40 * y + x);
        return static_cast<unsigned char>(pixels[at_pixel]) > 200 &&
               static_cast<unsigned char>(pixels[at_pixel + 1]) < 60;
    };
    for (const auto& [x, y] :
         {std::pair{0, 0}, {39, 0}, {0, 29}, {39, 29}, {20, 0}, {0, 15}, {39, 15}, {20, 29}}) {
        INFO(x << ", " << y);
        CHECK(is_red(static_cast<std::size_t>(x), static_cast<std::size_t>(y)));
    }
    CHECK_FALSE(is_red(20, 15));

    std::filesystem::remove(at.out + "/export.pdf");
    REQUIRE(test::run_job(job("png")).done);
    CHECK(at.made() == std::set<std::string>{"1.png"});
    const auto picture = documents::read_picture(as_bytes(at.read("1.png")));
    REQUIRE(picture);
    CHECK(picture->width == 400);
    CHECK(picture->height == 300);
}

TEST_CASE("an export of what is not there fails and leaves nothing", "[convert]") {
    const workplace at;
    const auto made = test::run_job(
        fmt::format(R"({{"job":"export","format":"pdf","out":"{}","pages":[{{"document":"{}"}}]}})", at.out,
                    at.folder.file("nothing.pdf")));
    CHECK_FALSE(made.done);
    CHECK(at.made().empty());
}

TEST_CASE("a pad becomes a document of an office program, where there is one", "[convert]") {
    if (!has_sandbox()) return;
    const workplace at;
    const auto text = pads::from_markdown("# Minutes\n\n- [x] met\n\n# Next\n\n![red](/red)\n");
    REQUIRE(text);
    const auto red = [](const std::string&) -> std::string {
        return "data:image/"
               "png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQD3A0FDAAAA"
               "AElFTkSuQmCC";
    };
    const auto in = at.folder.write(
        "pad.html", pads::to_office_page(*text, {.title = "Minutes", .slides = true, .picture = red}));
    for (const auto* const format : {"docx", "pdf"}) {
        const auto made = test::run_job(
            fmt::format(R"({{"job":"text","in":"{}","format":"{}","out":"{}"}})", in, format, at.out));
        if (!soffice.installed()) {
            CHECK(made.code() == "office_missing");
            continue;
        }
        REQUIRE(made.done);
        CHECK(at.read(std::string("export.") + format).starts_with(*format == 'd' ? "PK" : "%PDF"));
    }
    if (!soffice.installed()) return;
    // Wide pages, one for each heading, with the box of the task and the picture.
    const auto info =
        read_pdfinfo(printed(at, {std::string(pdfinfo.path), "-f", "1", "-l", "2", "/in/export.pdf"}));
    REQUIRE(info);
    CHECK(info->pages == 2);
    CHECK(info->papers[0].width > info->papers[0].height);
    CHECK(printed(at, {"/usr/bin/pdftotext", "/in/export.pdf", "-"}).find("\xE2\x98\x91 met") !=
          std::string::npos);
    CHECK(printed(at, {"/usr/bin/pdfimages", "-list", "/in/export.pdf"}).find("\n   2     0 image") !=
          std::string::npos);
}
