#include "libconf/engine/session_names.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace conf;
using engine::precondition;

TEST_CASE("a session's name tells its shard and nothing else", "[engine]") {
    crypto::keyed_random random(crypto::key_from_seed(1));
    std::set<std::string> seen;
    for (std::uint8_t shard = 0; shard < 64; ++shard) {
        const auto made = engine::make_session_name(random, shard);
        CHECK(made.size() == engine::session_name_chars);
        CHECK(made.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
              std::string::npos);
        CHECK(engine::shard_of_session(made) == shard);
        CHECK(seen.insert(made.substr(1)).second);
        CHECK_FALSE(engine::shard_of_session(made.substr(1)));
        CHECK_FALSE(engine::shard_of_session(made + "A"));
        CHECK_FALSE(engine::shard_of_session("." + made.substr(1)));
    }
    CHECK_FALSE(engine::shard_of_session(""));
    CHECK(engine::make_etag(random) != engine::make_etag(random));
    CHECK(engine::make_etag(random).size() == engine::etag_chars);
}

TEST_CASE("If-Match", "[engine]") {
    struct header {
        std::string_view value;
        precondition expected;
    };
    for (const auto& [value, expected] : std::vector<header>{
             {"", precondition::missing},
             {" \t", precondition::missing},
             {"*", precondition::any},
             {" * ", precondition::any},
             {"\"*\"", precondition::any},  // as some clients send it
             {"tag", precondition::holds},
             {"\"tag\"", precondition::holds},
             {" \"tag\"\t", precondition::holds},
             {"\"other\", \"tag\"", precondition::holds},
             {"\"tag\",\"other\"", precondition::holds},
             {",tag,", precondition::holds},
             {"W/\"tag\"", precondition::fails},  // weak: RFC 9110 §13.1.1 compares strongly
             {"\"ta\"", precondition::fails},
             {"\"tag", precondition::fails},
             {"\"\"", precondition::fails},
             {"\"", precondition::fails},
             {",", precondition::fails},
             {"*, \"other\"", precondition::fails},
         }) {
        INFO(value);
        CHECK(engine::match(value, "tag") == expected);
    }
}
