#include "libconf/pad/tree.hpp"
#include "libconf/pad/formats.hpp"
#include "libconf/pad/past.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace conf;
using namespace conf::pads;

namespace {

constexpr std::string_view everything =
    "# Plan\n\nOne **two** *three* <u>four</u> ~~five~~ `six` [seven](https://example.org/)\\\neight "
    "![nine](/n.png)\n\n"
    "- a\n  - b\n\n3. x\n4. y\n\n- [x] done\n- [ ] open\n\n> said\n\n```cpp\nint a;\n```\n\n---\n\n"
    "| a | b |\n| --- | --- |\n| 1 | 2 |\n";

crdt::document written(std::string_view markdown, crdt::client_id client = 1) {
    crdt::document made({.client = client, .collect = false});
    (void)made.transact([&] { append_tree(made, *from_markdown(markdown)); });
    return made;
}

}  // namespace

TEST_CASE("a tree in a document is read as it was written", "[pad]") {
    const auto tree = *from_markdown(everything);
    const auto one = written(everything);
    CHECK(read_tree(one) == tree);

    SECTION("and by another replica") {
        crdt::document other({.client = 2});
        REQUIRE(other.apply(one.encode_state()));
        CHECK(read_tree(other) == tree);
        (void)other.transact([&] { replace_tree(other, *from_markdown("new\n")); });
        CHECK(to_markdown(read_tree(other)) == "new\n");
        (void)other.transact([&] { append_tree(other, *from_markdown("more\n")); });
        CHECK(to_markdown(read_tree(other)) == "new\n\nmore\n");
    }
}

TEST_CASE("a block that holds no words yet holds their text, so that two who begin in it write into one",
          "[pad]") {
    auto one = written("- [ ]\n\n| a | |\n| --- | --- |\n| | b |\n");
    auto two = crdt::document({.client = 2});
    REQUIRE(two.apply(one.encode_state()));
    const auto first_words = [](const crdt::document& of) {
        std::optional<crdt::shared_type> at = of.find_root(root_name);
        while (at->kind() != crdt::type_kind::xml_text) at = at->as_xml().children().at(0);
        return at->as_text();
    };
    CHECK(first_words(one).parent()->name() == "paragraph");
    for (auto* doc : {&one, &two}) {
        (void)doc->transact([&] { REQUIRE(first_words(*doc).insert(0, "words")); });
    }
    REQUIRE(two.apply(one.encode_state()));
    CHECK(to_markdown(read_tree(two)).starts_with("- [ ] wordswords\n"));
}

TEST_CASE("an empty document is an empty paragraph", "[pad]") {
    const crdt::document none({.client = 1});
    CHECK(read_tree(none).children.size() == 1);
    CHECK(to_plain_text(read_tree(none)) == "\n");
}

TEST_CASE("texts of other editors are read, too", "[pad]") {
    crdt::document quill({.client = 1});
    (void)quill.transact([&] {
        auto text = quill.get_text("quill");
        REQUIRE(text.insert(0, "one two\nthree\n"));
        REQUIRE(text.format(4, 3, {{std::string("bold"), crdt::any(true)}}));
    });
    CHECK(to_markdown(read_tree(quill)) == "one **two**\n\nthree\n");
    crdt::document tiptap({.client = 1});
    (void)tiptap.transact([&] {
        auto root = tiptap.get_xml("default");
        auto paragraph = root.insert_element(0, "paragraph");
        REQUIRE(paragraph);
        REQUIRE(paragraph->insert_text(0)->insert(0, "hello"));
        auto unknown = root.insert_element(1, "callout");
        REQUIRE(unknown);
        auto inner = unknown->insert_element(0, "paragraph");
        REQUIRE(inner->insert_text(0)->insert(0, "inside"));
    });
    CHECK(to_markdown(read_tree(tiptap)) == "hello\n\ninside\n");
}

TEST_CASE("a document's past is what was there", "[pad]") {
    auto now = written("first **one**\n");
    const auto then = now.take_snapshot();
    crdt::document other({.client = 7, .collect = false});
    REQUIRE(other.apply(now.encode_state()));
    (void)other.transact([&] { replace_tree(other, *from_markdown("second\n")); });
    REQUIRE(now.apply(other.encode_state()));
    (void)now.transact([&] { append_tree(now, *from_markdown("third\n")); });

    const auto whole = now.encode_state();
    const auto parsed = crdt::update::parse(whole);
    REQUIRE(parsed);
    crdt::document past({.client = 9});
    REQUIRE(past.apply(update_at(*parsed, then)));
    CHECK_FALSE(past.has_pending());
    CHECK(to_markdown(read_tree(past)) == "first **one**\n");
    CHECK(read_tree(now, &then) == read_tree(past));
    CHECK(to_markdown(read_tree(now)) == "second\n\nthird\n");
}

TEST_CASE("a moment in the middle of a run of typing is cut there", "[pad]") {
    crdt::document now({.client = 1, .collect = false});
    crdt::snapshot then;
    for (const auto* piece : {"a", "b", "\xF0\x9F\x98\x80", "c"}) {
        (void)now.transact([&] {
            auto text = now.get_text("t");
            REQUIRE(text.insert(text.length(), piece));
        });
        if (std::string_view(piece).size() == 4) then = now.take_snapshot();
    }
    const auto whole = now.encode_state();
    const auto parsed = crdt::update::parse(whole);
    REQUIRE(parsed);
    crdt::document past({.client = 9});
    REQUIRE(past.apply(update_at(*parsed, then)));
    CHECK(past.get_text("t").to_string() == "ab\xF0\x9F\x98\x80");
}
