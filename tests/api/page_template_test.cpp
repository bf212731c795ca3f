#include "libconf/api/page_template.hpp"

#include "libconf/api/pages.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace conf;
using api::fill_page;
using enum api::page_value::kind;

TEST_CASE("a page's names are filled in, text escaped and markup not", "[api]") {
    CHECK(fill_page("", {}).empty());
    CHECK(fill_page("no names { here }", {}) == "no names { here }");
    CHECK(fill_page("{{a}}", {{"a", "x"}}) == "x");
    CHECK(fill_page("<{{a}}-{{b}}-{{a}}>", {{"a", "1"}, {"b", "2"}}) == "<1-2-1>");
    CHECK(fill_page("{{a}}", {{"a", "<b title=\"'\">&"}}) == "&lt;b title=&quot;&#39;&quot;&gt;&amp;");
    CHECK(fill_page("{{a}}", {{"a", "<b>", markup}}) == "<b>");
}

TEST_CASE("a value cannot name another one", "[api]") {
    CHECK(fill_page("{{a}} {{b}}", {{"a", "{{b}}"}, {"b", "secret"}}) == "{{b}} secret");
    CHECK(fill_page("{{a}} {{b}}", {{"a", "{{b}}", markup}, {"b", "secret"}}) == "{{b}} secret");
}

TEST_CASE("the pages in the program are the files of the folder", "[api]") {
    CHECK(api::pages().size() == 6);
    CHECK(api::page_file("favicon.svg").starts_with("<svg "));
    CHECK(api::page_file("play.html").starts_with("<!doctype html>\n"));
    // U+25CF is not in the file, but U+2019 might be: bytes above 127 come through as they are.
    CHECK(api::page_file("play.js").find("\u2013") != std::string_view::npos);
    for (const auto& file : api::pages()) {
        INFO(file.name);
        CHECK(file.content.ends_with('\n'));
        CHECK(net::content_type_of(file.name) != "application/octet-stream");
    }
}
