#include "common/event_line.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <fstream>
#include <string>

using conf::log_event;
using conf::log_format;
using conf::log_level;
using conf::apps::event_line;

namespace {

constexpr std::chrono::system_clock::time_point noon =
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + std::chrono::hours(12) +
    std::chrono::milliseconds(7);

std::string text_line(const log_event& event) {
    return event_line(event, noon, log_format::text);
}

std::string logged_value(const std::string& value) {
    const auto line = text_line({log_level::info, "e", "m", {{"k", value}}});
    return line.substr(line.find(" k=") + 3);
}

std::string logged_json(const std::string& value) {
    const auto line = event_line({log_level::info, "e", "m", {{"k", value}}}, noon, log_format::json);
    const auto begin = line.find("\"k\":") + 4;
    return line.substr(begin, line.size() - begin - 2);
}

struct value_case {
    std::string why, value, text, json;
};

}  // namespace

TEST_CASE("an event is one line", "[apps]") {
    const log_event event{
        log_level::warning, "turn.full", "no port is free", {{"used", "16384"}, {"of", "two words"}}};
    CHECK(text_line(event) ==
          "2026-11-22T12:00:00.007Z warning turn.full no port is free used=16384 of=\"two words\"");
    CHECK(event_line(event, noon, log_format::json) ==
          R"({"time":"2026-11-22T12:00:00.007Z","level":"warning","event":"turn.full",)"
          R"("message":"no port is free","fields":{"used":"16384","of":"two words"}})");
    CHECK(text_line({log_level::debug, "a", "b", {}}) == "2026-11-22T12:00:00.007Z debug a b");
    CHECK(event_line({log_level::error, "a", "b", {}}, noon, log_format::json) ==
          R"({"time":"2026-11-22T12:00:00.007Z","level":"error","event":"a","message":"b","fields":{}})");
}

TEST_CASE("no text from outside breaks a line or fools its reader", "[apps]") {
    const auto c = GENERATE(values<value_case>({
        {"plain", "192.0.2.1:80", "192.0.2.1:80", "\"192.0.2.1:80\""},
        {"empty", "", "\"\"", "\"\""},
        {"another field", "x level=error", "\"x level=error\"", "\"x level=error\""},
        {"an equals sign", "a=b", "\"a=b\"", "\"a=b\""},
        {"a quotation mark", "a\"b", "\"a\\\"b\"", "\"a\\\"b\""},
        {"a backslash", "a\\nb", "\"a\\\\nb\"", "\"a\\\\nb\""},
        {"line ends", "a\r\nb", "\"a\\r\\nb\"", "\"a\\u000d\\u000ab\""},
        {"a tab", "a\tb", "\"a\\tb\"", "\"a\\u0009b\""},
        {"a terminal's escape", "\x1B[2J", "\"\\x1b[2J\"", "\"\\u001b[2J\""},
        {"nul", std::string("a\0b", 3), "\"a\\x00b\"", "\"a\\u0000b\""},
        {"delete", "a\x7F", "\"a\\x7f\"", "\"a\\u007f\""},
        {"a control character of two bytes", "\xC2\x85", "\"\\x85\"", "\"\\u0085\""},
        {"right to left",
         "a\xE2\x80\xAE"
         "b",
         "\"a\\u{202e}b\"", "\"a\\u202eb\""},
        {"an isolate", "\xE2\x81\xA6", "\"\\u{2066}\"", "\"\\u2066\""},
        {"a line separator", "\xE2\x80\xA8", "\"\\u{2028}\"", "\"\\u2028\""},
        {"nothing to see", "\xE2\x80\x8B", "\"\\u{200b}\"", "\"\\u200b\""},
        {"a tag", "\xF3\xA0\x80\x81", "\"\\u{e0001}\"", "\"\\udb40\\udc01\""},
        {"other scripts stay", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80",
         "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""},
        {"not UTF-8", "\xFF\xC3", "\"\\xff\\xc3\"", "\"\\ufffd\\ufffd\""},
        {"an overlong slash", "\xC0\xAF", "\"\\xc0\\xaf\"", "\"\\ufffd\\ufffd\""},
        {"a surrogate", "\xED\xA0\x80", "\"\\xed\\xa0\\x80\"", "\"\\ufffd\\ufffd\\ufffd\""},
        {"above the last character", "\xF4\x90\x80\x80", "\"\\xf4\\x90\\x80\\x80\"",
         "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
    }));
    INFO(c.why);
    CHECK(logged_value(c.value) == c.text);
    CHECK(logged_json(c.value) == c.json);
}

TEST_CASE("names, messages and keys are escaped too", "[apps]") {
    const auto line = text_line({log_level::info, "a\nb", "c\nd", {{"e\nf", "g"}}});
    CHECK(line == "2026-11-22T12:00:00.007Z info a\\nb c\\nd e\\nf=g");
}

TEST_CASE("long texts are cut at the limit, between characters", "[apps]") {
    constexpr auto limit = conf::apps::logged_text_bytes;
    CHECK(logged_value(std::string(limit, 'x')) == std::string(limit, 'x'));
    CHECK(logged_value(std::string(limit + 1, 'x')) == std::string(limit, 'x') + "…");
    CHECK(logged_value(std::string(limit - 1, 'x') + "\xC3\xA9") ==
          "\"" + std::string(limit - 1, 'x') + "…\"");
    CHECK(logged_value(std::string(limit - 2, 'x') + "\xC3\xA9") ==
          "\"" + std::string(limit - 2, 'x') + "\xC3\xA9\"");
    CHECK(logged_json(std::string(limit + 1, 'x')) == "\"" + std::string(limit, 'x') + "…\"");
}
