#include "libconf/whiteboard/text_layout.hpp"

#include <catch2/catch.hpp>

using namespace conf::boards;
using lines = std::vector<std::string>;

TEST_CASE("lines break at the last space that fits, else in the word", "[whiteboard][text]") {
    struct wrapped {
        std::string why;
        std::string text;
        std::size_t tenths;
        lines expected;
    };
    const auto c = GENERATE(values<wrapped>({
        {"as wide as it likes", "one two\nthree", 0, {"one two", "three"}},
        {"it fits exactly", "one two", 42, {"one two"}},
        {"it does not", "one two", 41, {"one", "two"}},
        {"a space hangs over", "one two", 18, {"one", "two"}},
        {"many spaces", "one    two", 18, {"one", "two"}},
        {"a long word", "abcdefgh", 18, {"abc", "def", "gh"}},
        {"a word and a long one", "ab cdefgh", 18, {"ab", "cde", "fgh"}},
        {"narrower than a character", "ab", 1, {"a", "b"}},
        {"empty lines stay", "a\n\nb", 60, {"a", "", "b"}},
        {"nothing", "", 60, {""}},
        {"wide characters", "漢字漢字", 20, {"漢字", "漢字"}},
        {"characters are not torn", "ééé", 12, {"éé", "é"}},
        {"an emoji", "🙂🙂", 10, {"🙂", "🙂"}},
    }));
    INFO(c.why);
    CHECK(wrap(c.text, c.tenths) == c.expected);
}

TEST_CASE("stored lines count", "[whiteboard][text]") {
    shape note{1, shape_type::note, 0, 0, {}, {}, 0, {}};
    note.properties.set(number_value(property::width, 16 * (32 + 60)));
    note.properties.set(number_value(property::font_size, 16 * 20));
    note.properties.set(bytes_value(property::text, "one two"));
    CHECK(lines_of(note) == lines{"one", "two"});  // 60 units hold 5 characters of 12
    note.properties.set(bytes_value(property::lines, "one two"));
    CHECK(lines_of(note) == lines{"one two"});
}

TEST_CASE("the first letter says where a line begins", "[whiteboard][text]") {
    CHECK(runs_leftwards("שלום"));
    CHECK(runs_leftwards("12 - مرحبا abc"));
    CHECK_FALSE(runs_leftwards("abc שלום"));
    CHECK_FALSE(runs_leftwards("123 🙂"));
    CHECK_FALSE(runs_leftwards("漢字"));
    CHECK_FALSE(runs_leftwards(""));
}
