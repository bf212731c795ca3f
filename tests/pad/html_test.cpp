#include "libconf/pad/entities.hpp"
#include "libconf/pad/formats.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace conf;
using namespace conf::pads;

namespace {

struct html_case {
    std::string why;
    std::string html;
    std::string markdown;
};

}  // namespace

TEST_CASE("HTML from anywhere is read as what it says", "[pad]") {  // SEC-COL-5
    const auto c = GENERATE(values<html_case>({
        {"loose text", "hello", "hello\n"},
        {"white space is one space", "<p>a \n\t b</p>", "a b\n"},
        {"divisions are paragraphs", "<div>a</div><div>b <b>c</b></div>", "a\n\nb **c**\n"},
        {"a paragraph ends where the next begins", "<p>a<p>b", "a\n\nb\n"},
        {"items without ends", "<ul><li>a<li>b</ul>", "- a\n- b\n"},
        {"cells without ends", "<table><tr><th>a<th>b<tr><td>1<td>2</table>",
         "| a | b |\n| --- | --- |\n| 1 | 2 |\n"},
        {"a list in a list", "<ul><li>a<ul><li>b</ul><li>c</ul>", "- a\n  - b\n- c\n"},
        {"h4 to h6 are h3", "<h5>a</h5>", "### a\n"},
        {"tags in capitals", "<P>a <STRONG>b</STRONG></P>", "a **b**\n"},
        {"marks that cross", "<b>a<i>b</b>c</i>", "**a*b***c\n"},
        {"not bold, as some office programs wrap what they copy",
         "<b style=\"font-weight:normal\"><p>a</p></b>", "a\n"},
        {"references", "<p>&lt;a&gt; &#8364; &#x1F600; &unknown;</p>",
         "\\<a> \xE2\x82\xAC \xF0\x9F\x98\x80 \\&unknown;\n"},
        {"a break", "a<br>b", "a\\\nb\n"},
        {"code keeps its lines", "<pre>a\n  b</pre>", "```\na\n  b\n```\n"},
        {"a language", "<pre><code class=\"language-c\">x</code></pre>", "```c\nx\n```\n"},
        {"tasks", "<ul><li><input type=checkbox checked>a</li></ul>", "- [x] a\n"},
        {"no scripts", "<script>alert(1)</script>a<style>b</style>", "a\n"},
        {"no script that never ends", "a<script>alert(1)", "a\n"},
        {"no script in capitals", "a<SCRIPT>alert(1)</ScRiPt >b", "ab\n"},
        {"no handlers", "<p onclick=\"alert(1)\">a</p>", "a\n"},
        {"no links that run", "<a href=\"javascript:alert(1)\">a</a>", "a\n"},
        {"no links that hide what they are", "<a href=\" java&#115;cript:alert(1)\">a</a>", "a\n"},
        {"good links", "<a href='https://example.org/?a=1&amp;b=2'>a</a>",
         "[a](https://example.org/?a=1&b=2)\n"},
        {"pictures of others are their words", "<img src=\"https://example.com/x.png\" alt=\"a cat\">",
         "a cat\n"},
        {"pictures of others without words are nothing", "a<img src=\"https://example.com/x.png\">", "a\n"},
        {"frames are nothing", "<iframe src=\"https://example.org/x\">x</iframe>a", "a\n"},
        {"comments are nothing", "a<!-- b -->c", "ac\n"},
        {"a comment that never ends", "a<!-- b", "a\n"},
        {"a lone sign", "1 < 2", "1 \\< 2\n"},
        {"a tag that never ends", "a<b", "a\n"},
        {"nothing", "", "\n"},
    }));
    INFO(c.why);
    const auto tree = from_html(c.html);
    REQUIRE(tree);
    CHECK(to_markdown(*tree) == c.markdown);
}

TEST_CASE("what was written never becomes markup", "[pad]") {  // SEC-COL-1
    const auto text = GENERATE(as<std::string>(), "<script>alert(1)</script>",
                               "\"><img src=x onerror=alert(1)>", "</p><iframe>", "&lt;b&gt;", "'\"&<>");
    auto tree = make_block(node_kind::document, {make_block(node_kind::paragraph, {make_text(text)}),
                                                 make_block(node_kind::code_block, {make_text(text)})});
    tree.children[1].text = text;
    normalise(tree);
    for (const auto& html : {to_html(tree), to_html_page(tree, text)}) {
        for (const auto* bad : {"<script", "<img", "<iframe", "onerror=alert(1)>"}) {
            const auto at = html.find(bad);
            INFO(html);
            CHECK((at == std::string::npos || std::string_view(bad).front() != '<'));
        }
    }
    CHECK(to_plain_text(*from_html(to_html(tree))) == to_plain_text(tree));
    CHECK(to_plain_text(*from_markdown(to_markdown(tree))) == to_plain_text(tree));
}

TEST_CASE("a page of a million open tags costs no more than its bytes", "[pad]") {
    std::string html;
    for (int at = 0; at < 200'000; ++at) html += "<b>";
    html += "end";
    CHECK(to_plain_text(*from_html(html)) == "end\n");
    html.clear();
    for (int at = 0; at < 100'000; ++at) html += "<blockquote>";
    html += "end";
    CHECK(to_plain_text(*from_html(html)).find("end") != std::string::npos);
}

TEST_CASE("character references", "[pad]") {
    CHECK(decode_entity("&amp;") == "&");
    CHECK(decode_entity("&#65;") == "A");
    CHECK(decode_entity("&#x1F600;") == "\xF0\x9F\x98\x80");
    CHECK(decode_entity("&#0;") == "\xEF\xBF\xBD");
    CHECK(decode_entity("&#xD800;") == "\xEF\xBF\xBD");
    CHECK(decode_entity("&#99999999999;") == "&#99999999999;");
    CHECK(decode_entity("&#;") == "&#;");
    CHECK(decode_entity("&none;") == "&none;");
    CHECK(decode_entities("a & b &lt;&gt; &x") == "a & b <> &x");
}

TEST_CASE("office programs get what they can draw", "[pad]") {
    const auto text = from_markdown(
        "# Plan\n\n- [x] a\n- [ ] b\n\n| c |\n| --- |\n| d |\n\n![red](/api/v1/p) ![blue](/api/v1/q)\n");
    REQUIRE(text);
    const auto page =
        to_office_page(*text, {.title = "A & B", .picture = [](const std::string& path) -> std::string {
                                   return path == "/api/v1/p" ? "data:image/png;base64,AA==" : "";
                               }});
    for (const auto* const part :
         {"<title>A &amp; B</title>", "<dd><p>\xE2\x98\x91 a</p>", "<dd><p>\xE2\x98\x90 b</p>",
          "<table border=\"1\"", "<img src=\"data:image/png;base64,AA==\" alt=\"red\"> blue",
          "21cm 29.7cm"}) {
        INFO(part);
        CHECK(page.find(part) != std::string::npos);
    }
    CHECK(page.find("page-break-before") == std::string::npos);
    CHECK(to_office_page(*text, {.title = "", .slides = true}).find("h1, h2 { page-break-before: always }") !=
          std::string::npos);
}

TEST_CASE("pictures for office programs have so many bytes in all", "[pad]") {
    const auto text = from_markdown("![a](/p) ![b](/p) ![c](/p)\n");
    REQUIRE(text);
    const auto page = [&](std::size_t bytes) {
        return to_office_page(*text, {.title = "",
                                      .picture = [](const std::string&) { return std::string("data:12345"); },
                                      .pictures_bytes_max = bytes});
    };
    CHECK(page(30).find("alt=\"c\">") != std::string::npos);
    CHECK(page(29).find("alt=\"b\"> c</p>") != std::string::npos);
}
