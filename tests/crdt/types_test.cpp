// Reading and editing by the API, beyond what the vectors of yjs do.
#include "libconf/crdt/json.hpp"
#include "libconf/crdt/relative_position.hpp"
#include "libconf/crdt/utf8.hpp"
#include "tests/crdt/invariants.hpp"
#include "tests/crdt/yjs_vectors.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <random>

using namespace crdt_test;

TEST_CASE("positions in a long text are those of a plain string", "[crdt]") {
    // Every other character is one of two units, so that offsets in bytes, characters and units differ.
    document made({.client = 1});
    auto text = made.get_text("t");
    std::u16string plain;
    std::mt19937 random(11);
    for (int i = 0; i < 1500; ++i) {
        made.transact([&] {
            const auto index = static_cast<std::uint32_t>(random() % (plain.size() + 1));
            if (random() % 3 != 0) {
                if (text.insert(index, i % 2 ? "é" : "\xF0\x9F\x98\x80"))
                    plain.insert(index, i % 2 ? u"é" : u"\U0001F600");
            } else if (!plain.empty()) {
                const auto length =
                    std::min<std::uint32_t>(3, static_cast<std::uint32_t>(plain.size()) - index);
                if (text.erase(index, length)) plain.erase(index, length);
            }
        });
        REQUIRE(text.length() == plain.size());
    }
    CHECK(broken_promise(made) == "");
    CHECK(utf16_length(text.to_string()) == plain.size());
    document copy({.client = 2});
    copy.apply(made.encode_state()).value();
    CHECK(copy.get_text("t").to_string() == text.to_string());
    // Relative positions find back, from the front and from behind.
    for (std::uint32_t index = 0; index <= text.length(); index += 37) {
        for (const int assoc : {0, -1}) CHECK(resolve(made, position_at(text, index, assoc))->index == index);
    }
}

TEST_CASE("local edits that cannot be are refused", "[crdt]") {
    document made({.client = 1});
    auto text = made.get_text("t");
    made.transact([&] {
        text.insert(0,
                    "a\xF0\x9F\x98\x80"
                    "b")
            .value();
        CHECK(text.insert(5, "x").error().code() == make_error_code(crdt_errc::out_of_range));
        CHECK(text.insert(2, "x").error().code() == make_error_code(crdt_errc::divides_character));
        CHECK(text.erase(0, 2).error().code() == make_error_code(crdt_errc::divides_character));
        CHECK(text.format(2, 1, {{"b", true}}).error().code() ==
              make_error_code(crdt_errc::divides_character));
        CHECK(text.insert(0, "\xFF").error().code() == make_error_code(crdt_errc::bad_text));
        CHECK(made.get_array("a").erase(0, 1).error().code() == make_error_code(crdt_errc::out_of_range));
        CHECK(made.get_xml("x").insert_element(1, "p").error().code() ==
              make_error_code(crdt_errc::out_of_range));
    });
    CHECK(text.to_string() ==
          "a\xF0\x9F\x98\x80"
          "b");
}

TEST_CASE("formats far apart in a long text are found", "[crdt]") {
    document made({.client = 1});
    auto text = made.get_text("t");
    std::string expected;
    for (int i = 0; i < 400; ++i) {
        // Each transaction begins elsewhere, so that the list has many items.
        made.transact([&] { text.insert(i % 2 == 0 ? text.length() : text.length() / 2, "word ").value(); });
    }
    made.transact([&] {
        text.format(0, 10, {{"bold", true}}).value();
        text.format(1500, 300, {{"italic", true}}).value();
        text.insert(1600, "here").value();
        text.insert(1990, "there").value();
    });
    CHECK(broken_promise(made) == "");
    std::map<std::string, std::size_t> marked;
    for (const auto& step : text.to_delta()) {
        for (const auto& [name, value] : step.format) marked[name] += step.text.size();
    }
    CHECK(marked == std::map<std::string, std::size_t>{{"bold", 10}, {"italic", 304}});
    CHECK(joined(text.to_delta()).size() == 4);
}

TEST_CASE("a tree as ProseMirror keeps it is built and read", "[crdt]") {
    document made({.client = 1, .collect = false});
    auto root = made.get_xml("default");
    made.transact([&] {
        auto heading = root.insert_element(0, "heading").value();
        heading.set_attribute("level", 2);
        heading.insert_text(0).value().insert(0, "Title").value();
        auto body = root.insert_element(1, "paragraph").value().insert_text(0).value();
        body.insert(0, "plain and bold").value();
        body.format(10, 4, {{"strong", any::object()}}).value();
    });
    CHECK(root.to_string() ==
          "<heading level=\"2\">Title</heading><paragraph>plain and <strong>bold</strong></paragraph>");
    const auto before = made.take_snapshot();
    made.transact([&] {
        root.erase(0, 1).value();
        auto body = root.children()[0].as_xml().children()[0].as_text();
        body.insert(0, "new ").value();
        CHECK(body.parent()->name() == "paragraph");
        CHECK(body.holder()->client == 1);
    });
    CHECK(root.children().size() == 1);
    const auto then = root.children(&before);
    REQUIRE(then.size() == 2);
    CHECK(then[0].as_xml().attribute("level", &before) == any(2));
    CHECK(then[0].as_xml().children(&before)[0].as_text().to_string(&before) == "Title");
    const auto body = then[1].as_xml().children(&before)[0].as_text();
    CHECK(body.to_string(&before) == "plain and bold");
    CHECK(body.to_delta(&before)[1].format == attributes{{"strong", any::object()}});
    const auto runs = body.changes(before, made.take_snapshot());
    REQUIRE(runs.size() == 3);
    CHECK((runs[0].what == text_run::change::added && runs[0].step.text == "new " &&
           runs[0].first.client == 1));
    CHECK(runs[1].what == text_run::change::none);
}

TEST_CASE("steps of one person are taken back and done again", "[crdt]") {
    document mine({.client = 1});
    document theirs({.client = 2});
    auto text = mine.get_text("t");
    undo_manager undo(mine, {text, mine.get_map("m")},
                      {.capture_time = std::chrono::milliseconds(500), .origins = {7}});
    const auto type = [&](std::chrono::milliseconds now, auto&& edit) {
        undo.set_time(now);
        theirs.apply(mine.transact(edit, 7)).value();
    };
    using std::chrono::milliseconds;
    type(milliseconds(0), [&] { text.insert(0, "one ").value(); });
    type(milliseconds(499), [&] { text.insert(4, "two ").value(); });
    type(milliseconds(2000), [&] { text.insert(8, "three").value(); });
    mine.apply(theirs.transact([&] { theirs.get_text("t").insert(0, "> ").value(); })).value();
    CHECK(text.to_string() == "> one two three");
    theirs.apply(undo.undo()).value();
    CHECK(text.to_string() == "> one two ");
    theirs.apply(undo.undo()).value();
    CHECK(text.to_string() == "> ");
    CHECK_FALSE(undo.can_undo());
    CHECK(undo.undo().empty());
    theirs.apply(undo.redo()).value();
    theirs.apply(undo.redo()).value();
    CHECK(text.to_string() == "> one two three");
    CHECK(theirs.get_text("t").to_string() == text.to_string());

    // A deletion of what lies in a type that was deleted with it, and a value that others have set since.
    auto map = mine.get_map("m");
    type(milliseconds(4000),
         [&] { map.set_type("k", type_kind::text).as_text().insert(0, "inside").value(); });
    type(milliseconds(6000), [&] { map.erase("k"); });
    theirs.apply(undo.undo()).value();
    CHECK(to_json(to_any(map)) == R"({"k":"inside"})");
    type(milliseconds(8000), [&] { map.set("n", 1); });
    type(milliseconds(9000), [&] { map.set("n", 2); });
    mine.apply(theirs.transact([&] { theirs.get_map("m").set("n", 3); })).value();
    theirs.apply(undo.undo()).value();
    CHECK(map.get("n") == held_value(any(3)));
    CHECK(broken_promise(mine) == "");
    CHECK(to_hex(theirs.encode_state(mine.states())).substr(0, 2) == "00");
    undo.clear();
    CHECK_FALSE(undo.can_redo());
}

TEST_CASE("JSON is read and written as JavaScript does it", "[crdt]") {
    struct json_case {
        const char* text;
        const char* written;  // null: it is not JSON
    };
    const json_case cases[] = {
        {" { \"b\" : [ 1 , 2.50 , -0 , 1e3 ] , \"a\" : null } ", R"({"b":[1,2.5,0,1000],"a":null})"},
        {R"({"a":1,"b":2,"a":3})", R"({"a":3,"b":2})"},
        {"1e21", "1e+21"},
        {"123456789012345680000", "123456789012345680000"},
        {"0.000001", "0.000001"},
        {"0.0000001", "1e-7"},
        {"5e-324", "5e-324"},
        {"-1.7976931348623157e308", "-1.7976931348623157e+308"},
        {"1e999", "null"},
        {"0.1", "0.1"},
        {R"("A\n\u0041\ud83d\ude00\/")", "\"A\\nA\xF0\x9F\x98\x80/\""},
        {R"("\ud83d")", "\"\xEF\xBF\xBD\""},
        {R"("\u0007")", R"("\u0007")"},
        {"true", "true"},
        {"[]", "[]"},
        {"", nullptr},
        {"{", nullptr},
        {"[1,]", nullptr},
        {"01", nullptr},
        {"1.", nullptr},
        {"+1", nullptr},
        {"\"\n\"", nullptr},
        {"\"\\x\"", nullptr},
        {"nul", nullptr},
        {"1 2", nullptr},
        {"{\"a\" 1}", nullptr},
        {"{a:1}", nullptr},
    };
    for (const auto& each : cases) {
        INFO(each.text);
        const auto read = parse_json(each.text);
        REQUIRE(read.has_value() == (each.written != nullptr));
        if (read) CHECK(to_json(*read) == each.written);
    }
}

TEST_CASE("texts are cut at UTF-16 units", "[crdt]") {
    struct cut_case {
        const char* text;
        std::size_t units;
        std::size_t bytes;
        bool divides;
    };
    const cut_case cases[] = {{"abc", 2, 2, false},
                              {"é€x", 1, 2, false},
                              {"é€x", 2, 5, false},
                              {"\xF0\x9F\x98\x80z", 1, 0, true},
                              {"\xF0\x9F\x98\x80z", 2, 4, false},
                              {"a\xF0\x9F\x98\x80", 2, 1, true}};
    for (const auto& each : cases) {
        INFO(each.text << " " << each.units);
        const auto cut = cut_utf16(each.text, each.units);
        CHECK(cut.bytes == each.bytes);
        CHECK(cut.divides == each.divides);
    }
    const char* const wrong[] = {"\x80",
                                 "\xC0\x80",
                                 "\xE0\x80\x80",
                                 "\xED\xA0\x80",
                                 "\xF0\x80\x80\x80",
                                 "\xF4\x90\x80\x80",
                                 "\xF5\x80\x80\x80",
                                 "\xE2\x82",
                                 "abcdefgh\xFF"};
    for (const auto* each : wrong) CHECK_FALSE(utf16_length(each));
    CHECK(to_valid_utf8("a\xFF"
                        "b") ==
          "a\xEF\xBF\xBD"
          "b");
}
