#include "libconf/auth/base64url.hpp"

#include "libconf/base/bytes.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace conf;

// RFC 4648 §10, without the padding.
TEST_CASE("base64url writes and reads the RFC's examples", "[auth]") {
    struct text_case {
        std::string plain;
        std::string encoded;
    };
    const auto c = GENERATE(values<text_case>({
        {"", ""},
        {"f", "Zg"},
        {"fo", "Zm8"},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg"},
        {"fooba", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy"},
        {"\xFB\xEF\xBE", "----"},
        {"\xFF\xFF\xFF", "____"},
    }));
    CHECK(auth::base64url(as_bytes(c.plain)) == c.encoded);
    CHECK(auth::base64url_chars(c.plain.size()) == c.encoded.size());
    const auto read = auth::from_base64url(c.encoded);
    REQUIRE(read);
    CHECK(as_text(*read) == c.plain);
}

TEST_CASE("base64url has one spelling for each text", "[auth]") {
    const std::string text = GENERATE(as<std::string>(), "Z", "Zg==", "Zh", "Zm9", "Zm8=", "Zm+v", "Zm/v",
                                      "Zm 9", "Zm9v\n", "Zm9vA", "Zm.v", "\xC3\xA9");
    INFO(text);
    CHECK_FALSE(auth::from_base64url(text));
}
