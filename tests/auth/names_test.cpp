#include "libconf/auth/names.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace conf;

TEST_CASE("a name is a segment of a URL that needs no encoding", "[auth]") {
    struct name_case {
        std::string text;
        bool fits;
    };
    const auto c = GENERATE(values<name_case>({
        {"a", true},
        {"tuesday-board", true},
        {"A_b.9", true},
        {"...", true},
        {std::string(64, 'x'), true},
        {std::string(65, 'x'), false},
        {"", false},
        {".", false},
        {"..", false},
        {"a b", false},
        {"a/b", false},
        {"a%2fb", false},
        {"a,b", false},  // SEC-API-3
        {"a:b", false},
        {"a~b", false},
        {"<b>", false},
        {"\xC3\xA9", false},
        {std::string("a\0b", 3), false},
        {"a\n", false},
    }));
    INFO(c.text);
    CHECK(auth::is_name(c.text) == c.fits);
}
