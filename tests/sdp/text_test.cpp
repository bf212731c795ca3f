// Characters, numbers, excerpts.
#include "libconf/sdp/text.hpp"
#include "libconf/sdp/limits.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace conf::sdp;

constexpr std::uint64_t u64_max = 18446744073709551615ULL;

struct number_case {
    std::string why;
    std::string text;
    std::uint64_t min, max;
    std::optional<std::uint64_t> expected;
};

struct identifier_case {
    std::string why;
    std::string text;
    bool expected;
};

struct excerpt_case {
    std::string why;
    std::string line;
    std::string expected;
};

}  // namespace

TEST_CASE("numbers are digits in their range (SEC-SDP-1)", "[sdp]") {
    const auto c = GENERATE(values<number_case>({
        {"smallest", "0", 0, 127, 0},
        {"largest", "127", 0, 127, 127},
        {"one more", "128", 0, 127, std::nullopt},
        {"one less", "0", 1, 127, std::nullopt},
        {"zeros before it", "0007", 0, 127, 7},
        {"nothing", "", 0, 127, std::nullopt},
        {"a sign", "-1", 0, 127, std::nullopt},
        {"another sign", "+1", 0, 127, std::nullopt},
        {"a space", " 1", 0, 127, std::nullopt},
        {"a letter behind", "1a", 0, 127, std::nullopt},
        {"hexadecimal", "0x10", 0, 127, std::nullopt},
        {"2^32, as Asterisk read it", "4294967296", 0, 127, std::nullopt},
        {"2^64 - 1", "18446744073709551615", 0, u64_max, u64_max},
        {"2^64", "18446744073709551616", 0, u64_max, std::nullopt},
        {"far above", "99999999999999999999999999", 0, u64_max, std::nullopt},
    }));
    INFO(c.why);
    CHECK(to_number(c.text, c.min, c.max) == c.expected);
}

TEST_CASE("mid, rid and msid are [A-Za-z0-9._-]{1,64} (SEC-SDP-4)", "[sdp]") {
    const auto c = GENERATE(values<identifier_case>({
        {"a digit", "0", true},
        {"all kinds", "aZ09._-", true},
        {"64 characters", std::string(identifier_chars_max, 'a'), true},
        {"65 characters", std::string(identifier_chars_max + 1, 'a'), false},
        {"nothing", "", false},
        {"a space", "a b", false},
        {"CR LF", "a\r\nm=video", false},
        {"NUL", std::string("a\0b", 3), false},
        {"a brace", "{a}", false},
        {"a semicolon", "a;b", false},
        {"a comma", "a,b", false},
        {"a tilde", "~a", false},
        {"markup", "<a>", false},
        {"beyond ASCII", "\xC3\xA4", false},
    }));
    INFO(c.why);
    CHECK(is_identifier(c.text) == c.expected);
}

TEST_CASE("an excerpt is printable, cut, and no secret", "[sdp]") {
    const auto c = GENERATE(values<excerpt_case>({
        {"as it is", "m=audio 9", "m=audio 9"},
        {"controls and what is beyond ASCII", "a=\x01\x1B[31m\xFF", "a=??[31m?"},
        {"64 characters", std::string(64, 'x'), std::string(64, 'x')},
        {"65 characters", std::string(65, 'x'), std::string(64, 'x') + "..."},
        {"a password", "a=ice-pwd:secret", "a=ice-pwd:..."},
    }));
    INFO(c.why);
    CHECK(excerpt_of(c.line) == c.expected);
}

TEST_CASE("the other character classes", "[sdp]") {
    CHECK(is_token("rtp-hdrext!#$%&'*+.^_`{|}~"));
    CHECK_FALSE(is_token("a/b"));
    CHECK_FALSE(is_token("a:b"));
    CHECK_FALSE(is_token(std::string(token_chars_max + 1, 'a')));
    CHECK(is_protocol("UDP/TLS/RTP/SAVPF"));
    CHECK_FALSE(is_protocol("UDP TLS"));
    CHECK_FALSE(is_protocol(""));
    CHECK(is_ice_text("ab+/", 4, 256));
    CHECK_FALSE(is_ice_text("abc", 4, 256));
    CHECK_FALSE(is_ice_text("ab-_", 4, 256));
    CHECK(is_host_name("8e2bc.local"));
    CHECK_FALSE(is_host_name("a_b"));
    CHECK_FALSE(is_host_name(""));
    CHECK_FALSE(is_host_name(std::string(host_name_chars_max + 1, 'a')));
    CHECK(is_visible("a"));
    CHECK_FALSE(is_visible("a b"));
    CHECK_FALSE(is_visible(""));
    CHECK(is_printable("a b"));
    CHECK_FALSE(is_printable("a\tb"));
    CHECK(equal_ignoring_case("Opus", "oPUS"));
    CHECK_FALSE(equal_ignoring_case("opus", "opu"));
    CHECK(trimmed("  a b ") == "a b");
    CHECK(trimmed("  ").empty());
}
