#include "libconf/pad/formats.hpp"
#include "libconf/pad/error.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace conf;
using namespace conf::pads;

namespace {

/// HTML does not know runs of spaces, nor spaces at the ends of lines.
std::string collapsed(std::string_view text) {
    std::string made;
    for (const char one : text) {
        const bool is_first = made.empty() || made.back() == ' ' || made.back() == '\n';
        if (one == ' ' && is_first) continue;
        if (one == '\n' && !made.empty() && made.back() == ' ') made.pop_back();
        made += one;
    }
    return made;
}

struct same_case {
    std::string why;
    std::string text;
};

}  // namespace

// What is written in the form that we write comes out again letter by letter.
TEST_CASE("Markdown of ours survives", "[pad]") {
    const auto c = GENERATE(values<same_case>({
        {"a paragraph", "one\n"},
        {"two", "one\n\ntwo\n"},
        {"headings", "# a\n\n## b\n\n### c\n"},
        {"marks", "**a** *b* ~~c~~ `d` <u>e</u>\n"},
        {"marks in marks", "***a***\n"},
        {"a link", "[text](https://example.org/a?b=c)\n"},
        {"a bold link", "[**text**](https://example.org/)\n"},
        {"an image", "![a tree](/api/v1/x.png)\n"},
        {"a list", "- a\n- b\n"},
        {"lists in lists", "- a\n  - b\n    - c\n- d\n"},
        {"numbers from 3", "3. a\n4. b\n"},
        {"tasks", "- [ ] a\n- [x] b\n"},
        {"an item of two paragraphs", "- a\n\n  b\n\n- c\n"},
        {"a quote", "> a\n>\n> b\n"},
        {"a list in a quote", "> - a\n> - b\n"},
        {"code", "```cpp\nint a = 1;\n\n  return;\n```\n"},
        {"code with a fence in it", "````\n```\n````\n"},
        {"a rule", "a\n\n---\n\nb\n"},
        {"a line break", "a\\\nb\n"},
        {"a table", "| a | b |\n| --- | --- |\n| 1 | 2 |\n"},
        {"a pipe in a table", "| a\\|b |\n| --- |\n| 1<br>2 |\n"},
        {"two lists", "- a\n\n<!-- -->\n\n- b\n"},
        {"signs that are text", "\\*a\\* \\_b\\_ \\[c\\] \\`d\\` 1 < 2\n"},
        {"signs at the beginning of a line", "\\# a\n\n\\- b\n\n1\\. c\n\n\\> d\n"},
        {"signs that do no harm", "a-b #c 2+2=4 (d) e! f.\n"},
        {"other scripts", "日本語 العربية 😀\n"},
    }));
    INFO(c.why);
    const auto read = from_markdown(c.text);
    REQUIRE(read);
    auto expected = c.text;
    if (c.why == "signs that are text") expected = "\\*a\\* \\_b\\_ \\[c\\] \\`d\\` 1 \\< 2\n";
    CHECK(to_markdown(*read) == expected);
    CHECK(*from_markdown(to_markdown(*read)) == *read);
}

TEST_CASE("HTML of ours survives", "[pad]") {
    const auto text = GENERATE(as<std::string>(), "# a\n\nb **c** *d* <u>e</u> ~~f~~ `g`\n",
                               "- a\n  - b\n\n3. x\n4. y\n\n> q\n", "- [x] a\n- [ ] b\n",
                               "| a | b |\n| --- | --- |\n| 1 | 2 |\n", "```js\na < b && c\n```\n",
                               "[a](https://example.org/?a=1&b=2) ![b](/c.png)\n", "a\\\nb\n\n---\n");
    const auto tree = from_markdown(text);
    REQUIRE(tree);
    const auto again = from_html(to_html(*tree));
    REQUIRE(again);
    CHECK(to_markdown(*again) == to_markdown(*tree));
    CHECK(*again == *tree);
    CHECK(*from_html(to_html_page(*tree, "T <&>")) == *tree);
}

TEST_CASE("plain text shows everything", "[pad]") {
    const auto tree = from_markdown(
        "# Plan\n\nOne **two**\\\nthree\n\n- a\n  - b\n\n3. x\n\n- [x] done\n\n> said\n\n| a | b |\n| --- | "
        "--- |\n| 1 | 2 |\n\n---\n\n```\ncode\n```\n");
    REQUIRE(tree);
    CHECK(
        to_plain_text(*tree) ==
        "Plan\n\nOne two\nthree\n\n- a\n  - b\n\n3. x\n\n[x] done\n\n> said\n\na\tb\n1\t2\n\n----\n\ncode\n");
    CHECK(to_plain_text(*from_plain_text("a\nb\n\n\nc\r\n")) == "a\nb\n\nc\n");
    CHECK(from_plain_text("")->children.size() == 1);
}

TEST_CASE("text that is not UTF-8 is refused", "[pad]") {
    const auto text = GENERATE(as<std::string>(), "\xFF", "a\xC3", "\xED\xA0\x80", "\xC0\x80");
    for (const auto read : {from_plain_text, from_markdown, from_html}) {
        const auto tree = read(text);
        REQUIRE_FALSE(tree);
        CHECK(tree.error().code() == pad_errc::bad_text);
    }
}

// Whatever anybody writes becomes a tree that the editor takes, and that is stable from then on.
TEST_CASE("any text becomes a tree that stays", "[pad]") {
    const auto seed = GENERATE(range(1U, 60U));
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::string_view pieces[] = {
        "a",    "*",    "**", "_",     "`",  "```\n", "~~",  "[",      "](https://example.org)",
        "\n",   "\n\n", "- ", "1. ",   "> ", "| ",    "---", "# ",     "<u>",
        "</u>", "<br>", "\\", "&amp;", "  ", "![",    "é",   "- [x] ", "<!--"};
    std::string text;
    for (int at = 0; at < 40; ++at) text += pieces[random() % std::size(pieces)];
    CAPTURE(text);
    const auto tree = from_markdown(text);
    REQUIRE(tree);
    auto copy = *tree;
    normalise(copy);
    CHECK(copy == *tree);
    const auto html = from_html(to_html(*tree));
    REQUIRE(html);
    CHECK(collapsed(to_plain_text(*html)) == collapsed(to_plain_text(*tree)));
}

TEST_CASE("a tree that nobody could have typed is put in order", "[pad]") {
    auto tree = make_block(
        node_kind::document,
        {make_text("loose"), make_block(node_kind::list_item, {make_text("a")}),
         make_block(node_kind::bullet_list, {make_text("b")}), make_block(node_kind::table, {make_text("c")}),
         make_block(node_kind::code_block, {make_text("d", {.strong = true})})});
    normalise(tree);
    REQUIRE(tree.children.size() == 5);
    CHECK(to_plain_text(tree) == "loose\n\na\n\n- b\n\nc\n\nd\n");
    CHECK(tree.children[4].children[0].style == marks{});

    SECTION("and one that is too deep keeps its text") {
        auto deep = make_block(node_kind::document);
        auto* at = &deep;
        for (int level = 0; level < 500; ++level)
            at = &at->children.emplace_back(make_block(node_kind::blockquote));
        at->children.push_back(make_text("bottom"));
        normalise(deep);
        CHECK(to_plain_text(deep).find("bottom") != std::string::npos);
    }
}

TEST_CASE("links lead to the web, to mail and to telephones, pictures to this server", "[pad]") {
    CHECK(is_safe_link("https://example.org/a?b#c"));
    CHECK(is_safe_link("HTTP://EXAMPLE.ORG"));
    CHECK(is_safe_link("mailto:a@b.c"));
    CHECK(is_safe_link("tel:+331234"));
    for (const auto* bad :
         {"javascript:alert(1)", "data:text/html,x", "https:", "//example.org", "/a", "", "vbscript:x",
          "https://a b", "java\nscript:x", "http://a\"onclick=", "file:///etc/passwd", "\x01https://a"}) {
        INFO(bad);
        CHECK_FALSE(is_safe_link(bad));
    }
    CHECK_FALSE(is_safe_link("https://" + std::string(2048 - 7, 'a')));
    CHECK(is_safe_link("https://" + std::string(2048 - 8, 'a')));
    CHECK(is_own_path("/api/v1/a.png"));
    for (const auto* bad :
         {"//evil.example/a.png", "https://evil.example/a.png", "/", "", "a.png", "/a\"b", "/a\\b"}) {
        INFO(bad);
        CHECK_FALSE(is_own_path(bad));
    }
}

TEST_CASE("a link that is not closed at the end of the text is text, and nothing behind it is",
          "[pad][formats]") {
    // What would close it stands right behind it in memory.
    const std::string_view memory = "[g](http://a)";
    CHECK(to_html(*from_markdown(memory)).find("href") != std::string::npos);
    CHECK(to_html(*from_markdown(memory.substr(0, 12))).find("href") == std::string::npos);
    CHECK(to_plain_text(*from_markdown(memory.substr(0, 12))) == "[g](http://a\n");
}
