// What a file is, is decided by what is in it, and its name has to agree.
#include "libconf/documents/file_kind.hpp"
#include "tests/documents/fixtures.hpp"

#include <catch2/catch.hpp>

using namespace conf;
using namespace conf::documents;

namespace {

std::string outcome(std::string_view name, std::string_view file, const limits& within = {}) {
    const auto found = find_kind(name, as_bytes(file), within);
    if (const auto* const why = std::get_if<problem>(&found)) {
        CHECK_FALSE(why->message.empty());
        return std::string(to_string(why->code));
    }
    const auto& kind = std::get<file_kind>(found);
    return std::string(to_string(kind.family)) + " " + std::string(kind.ending);
}

std::string wide(std::string_view text) {
    std::string made;
    for (const char c : text) made.append({c, '\0'});
    return made;
}

const std::string compound = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(64, '\0');

}  // namespace

TEST_CASE("SEC-DOC-2: files are known by their content", "[documents]") {
    using namespace std::string_literals;
    struct kind_case {
        std::string name;
        std::string file;
        std::string expected;
    };
    const auto ooxml = [](const std::string& part) {
        return test::make_zip({{"[Content_Types].xml", "<Types/>"}, {part, "<a/>"}});
    };
    const auto c = GENERATE_COPY(values<kind_case>({
        {"a.pdf", test::make_pdf(1), "pdf pdf"},
        {"a", "junk before\n" + test::make_pdf(1), "pdf pdf"},
        {"A.PDF", test::make_pdf(1), "pdf pdf"},
        {"a.odt", test::make_odt(""), "office odt"},
        {"a.odp", test::make_odp(1), "office odp"},
        {"a.docx", test::make_docx(""), "office docx"},
        {"a.pptx", ooxml("ppt/presentation.xml"), "office pptx"},
        {"a.xlsx", ooxml("xl/workbook.xml"), "office xlsx"},
        {"a.doc", compound + wide("WordDocument"), "office doc"},
        {"a.ppt", compound + wide("PowerPoint Document"), "office ppt"},
        {"a.xls", compound + wide("Workbook"), "office xls"},
        {"a.rtf", "{\\rtf1 hello}", "office rtf"},
        {"a.png", test::make_png(2, 2), "picture png"},
        {"a.jpeg", test::make_png(2, 2), "picture png"},  // all pictures become the same page
        {"a.svg", "<?xml version=\"1.0\"?>\n<!-- x --><!DOCTYPE svg><svg/>", "drawing svg"},
        {"a.txt", "hello \xC3\xA9\n", "text txt"},
        {"a.csv", "a;b\r\n", "text txt"},
        {"notes", "hello", "text txt"},
        // What is not taken.
        {"a.pdf", "", "empty"},
        {"a.pdf", test::make_png(2, 2), "lying_name"},
        {"a.pdf", "hello", "lying_name"},
        {"a.docx", "hello", "lying_name"},
        {"a.pptx", test::make_docx(""), "lying_name"},
        {"a.txt", test::make_pdf(1), "lying_name"},
        {"a.txt", "\x01\x02\x03", "lying_name"},
        {"a.png", "\x89PNG\r\n\x1A\n", "lying_name"},
        {"a.bin", "\x01\x02\x03", "unknown_kind"},
        {"a.zip", test::make_zip({{"a", "b"}}), "unknown_kind"},
        {"a.eps", "%!PS-Adobe-3.0 EPSF-3.0", "refused_kind"},
        {"a.eps", "\xC5\xD0\xD3\xC6"s + std::string(30, '\0'), "refused_kind"},
        {"a.doc", compound + wide("WordDocument") + wide("_VBA_PROJECT"), "refused_kind"},
        {"a.docx",
         test::make_zip(
             {{"[Content_Types].xml", ""}, {"word/document.xml", ""}, {"word/vbaProject.bin", ""}}),
         "refused_kind"},
        {"a.docx", compound + wide("EncryptedPackage"), "encrypted"},
        {"a.odt", test::make_odt("").substr(0, 300), "broken"},
    }));
    INFO(c.name << ": " << c.expected);
    CHECK(outcome(c.name, c.file) == c.expected);
}

TEST_CASE("a file and a picture are as large as they may be", "[documents]") {
    limits within;
    within.bytes_max = 5;
    CHECK(outcome("a.txt", "12345", within) == "text txt");
    CHECK(outcome("a.txt", "123456", within) == "too_large");
    within = {};
    within.pixels_max = 20'000;
    CHECK(outcome("a.png", test::make_png_head(200, 100), within) == "picture png");
    CHECK(outcome("a.png", test::make_png_head(201, 100), within) == "too_many_pixels");
    CHECK(outcome("a.png", test::make_png_head(10'000, 10'000)) == "too_many_pixels");
}

TEST_CASE("a document's name is a name, never a path", "[documents]") {
    CHECK(is_document_name("Talk (final).pptx"));
    CHECK(is_document_name("Compte rendu d\xE2\x80\x99\xC3\xA9t\xC3\xA9"));
    CHECK(is_document_name(std::string(name_bytes_max, 'x')));
    CHECK_FALSE(is_document_name(std::string(name_bytes_max + 1, 'x')));
    for (const auto* const bad : {"", " ", "..", ".", "../talk.pdf", "..\\talk.pdf", "/etc/passwd", "a/b",
                                  "a\nb", "a\tb", "a\x7F", "\xC3\x28", "\xED\xA0\x80", "\xC0\xAE"}) {
        INFO(bad);
        CHECK_FALSE(is_document_name(bad));
    }
    CHECK_FALSE(is_document_name(std::string_view("a\0b", 3)));
}

TEST_CASE("every problem has a name and a sentence", "[documents]") {
    for (int i = 1; i <= static_cast<int>(problem_code::failed); ++i) {
        const auto code = static_cast<problem_code>(i);
        CHECK(problem_code_from(to_string(code)) == code);
        CHECK(plain_problem(code).message.ends_with('.') | plain_problem(code).message.ends_with("why."));
    }
    CHECK_FALSE(problem_code_from("nothing"));
    CHECK(to_string(problem_code::failed) == "failed");
}
