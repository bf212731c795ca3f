// Text becomes pages as a typewriter would make them.
#include "libconf/documents/text_pages.hpp"

#include "libconf/base/markup.hpp"
#include "libconf/documents/welcome.hpp"

#include <catch2/catch.hpp>

using namespace conf::documents;

namespace {

std::size_t count(std::string_view in, std::string_view what) {
    std::size_t made = 0;
    for (auto at = in.find(what); at != std::string_view::npos; at = in.find(what, at + what.size())) ++made;
    return made;
}

/// The text of a page's lines.
std::vector<std::string> lines_of(std::string_view page) {
    std::vector<std::string> made;
    while (page.find("<text") != std::string_view::npos) {
        page.remove_prefix(page.find("<text"));
        page.remove_prefix(page.find('>') + 1);
        made.emplace_back(page.substr(0, page.find("</text>")));
    }
    return made;
}

}  // namespace

TEST_CASE("lines are wrapped at spaces, pages are full", "[documents]") {
    CHECK(text_pages("", 10).size() == 1);
    const auto x = std::string(text_columns, 'x');
    CHECK(lines_of(text_pages(x, 10)[0]) == std::vector<std::string>{x});
    CHECK(lines_of(text_pages(x + "y", 10)[0]) == std::vector<std::string>{x, "y"});
    CHECK(lines_of(text_pages("a " + x, 10)[0]) == std::vector<std::string>{"a ", x});
    CHECK(lines_of(text_pages("a\tb", 10)[0]) == std::vector<std::string>{"a       b"});
    CHECK(lines_of(text_pages("\xEF\xBB\xBF<a>&\r\nb", 10)[0]) ==
          std::vector<std::string>{"&lt;a&gt;&amp;", "b"});
    // A wide character takes two columns.
    std::string wide;
    for (std::size_t i = 0; i < text_columns; ++i) wide += "\xE6\xBC\xA2";
    CHECK(lines_of(text_pages(wide, 10)[0]).size() == 2);

    std::string full;
    for (std::size_t i = 0; i < text_lines; ++i) full += "x\n";
    CHECK(text_pages(full, 10).size() == 1);
    CHECK(text_pages(full + "x", 10).size() == 2);
    CHECK(text_pages("a\fb", 10).size() == 2);
    CHECK(count(text_pages(full, 10)[0], "<text") == text_lines);
}

TEST_CASE("a text of too many pages says so and takes no more room", "[documents]") {
    const std::string endless(2'000'000, '\f');
    CHECK(text_pages(endless, 200).size() == 201);
    const std::string one_line(2'000'000, 'x');
    CHECK(text_pages(one_line, 200).size() == 201);
}

TEST_CASE("the welcome page says the same to eyes and to readers", "[documents]") {
    for (const auto in : {welcome_language::english, welcome_language::french}) {
        const auto page = welcome_page(in);
        const auto whole = welcome_text(in);
        std::string_view text = whole;
        while (!text.empty()) {
            const auto line = text.substr(0, text.find('\n'));
            CHECK(page.find(conf::escaped(line)) != std::string::npos);
            text.remove_prefix(line.size() + 1);
        }
    }
    CHECK(welcome_language_of("fr-CA") == welcome_language::french);
    CHECK(welcome_language_of("fra") == welcome_language::english);
}
