#include "libconf/room/text.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace conf::rooms;

TEST_CASE("text is UTF-8 without control characters", "[room]") {
    struct text_case {
        std::string why;
        std::string text;
        bool line;
        bool lines;
    };
    const auto c = GENERATE(values<text_case>({
        {"empty", "", true, true},
        {"letters", "Ada", true, true},
        {"an accent", "\xC3\xA9", true, true},
        {"the last character", "\xF4\x8F\xBF\xBF", true, true},
        {"a line feed", "a\nb", false, true},
        {"a tab", "a\tb", false, false},
        {"a zero", std::string("a\0b", 3), false, false},
        {"delete", "\x7F", false, false},
        {"C1", "\xC2\x85", false, false},
        {"cut off", "\xE2\x82", false, false},
        {"overlong", "\xC0\xAF", false, false},
        {"overlong of three", "\xE0\x80\xAF", false, false},
        {"a surrogate", "\xED\xA0\x80", false, false},
        {"beyond the last", "\xF4\x90\x80\x80", false, false},
        {"five bytes", "\xF8\x88\x80\x80\x80", false, false},
        {"a lone follower", "\x80", false, false},
    }));
    INFO(c.why);
    CHECK(is_clean_text(c.text, line_feeds::refused) == c.line);
    CHECK(is_clean_text(c.text, line_feeds::allowed) == c.lines);
}

TEST_CASE("a name is shown without what cannot be seen at its ends", "[room]") {
    struct name_case {
        std::string text;
        std::string shown;
    };
    const auto c = GENERATE(values<name_case>({
        {"Ada", "Ada"},
        {"  Ada  Lovelace ", "Ada  Lovelace"},
        {"\xC2\xA0"
         "Ada\xE3\x80\x80",
         "Ada"},
        {"\xE2\x80\x8B", ""},
        {" \n ", "\n"},
        {"\xE3\x85\xA4", ""},  // a Hangul filler
        {"a\xE2\x80\xAE"
         "b\xE2\x81\xA6"
         "c",
         "abc"},                                                   // RLO, LRI
        {"\xD7\x90\xE2\x80\x8F", "\xD7\x90\xE2\x80\x8F"},          // a mark of direction may stay
        {"\xE2\x9D\xA4\xEF\xB8\x8F", "\xE2\x9D\xA4\xEF\xB8\x8F"},  // a heart with its selector
        {"\xE2\x9D\xA4\xEF\xB8\x8F ", "\xE2\x9D\xA4\xEF\xB8\x8F"},
    }));
    CHECK(shown_name(c.text) == c.shown);
}

TEST_CASE("characters are counted, and texts cut between them", "[room]") {
    CHECK(count_characters("a\xC3\xA9\xF0\x9F\x91\x8D") == 3);
    CHECK(count_characters("\xFF\xFF") == 2);
    CHECK(cut_to_bytes("a\xC3\xA9", 2) == "a");
    CHECK(cut_to_bytes("a\xC3\xA9", 3) == "a\xC3\xA9");
    CHECK(without_direction_controls("\xFF\xE2\x80\xAAx") == "\xFFx");
}
