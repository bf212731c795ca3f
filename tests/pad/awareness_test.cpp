#include "libconf/pad/awareness.hpp"
#include "libconf/crdt/json.hpp"
#include "libconf/crdt/wire.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace conf;
using namespace conf::pads;
using namespace std::chrono_literals;

namespace {

struct said {
    std::uint64_t client;
    std::uint64_t clock;
    std::string state;

    friend bool operator==(const said&, const said&) = default;
};

std::vector<std::byte> encode(const std::vector<said>& entries) {
    crdt::wire_writer to;
    to.var_uint(entries.size());
    for (const auto& one : entries) {
        to.var_uint(one.client);
        to.var_uint(one.clock);
        to.var_string(one.state);
    }
    return std::move(to).take();
}

std::vector<said> decode(bytes update) {
    crdt::wire_reader from(update);
    std::vector<said> made(from.var_uint());
    for (auto& one : made) {
        one.client = from.var_uint();
        one.clock = from.var_uint();
        one.state = from.var_string();
    }
    REQUIRE(from.ok());
    return made;
}

const stamp ada{"p:ada", "Ada", 3};
const stamp bo{"p:bo", "Bo", 4};
const stamp guest{"", "", std::nullopt};
constexpr instant start{};
using outcome = awareness::outcome;

}  // namespace

TEST_CASE("names and colours in states are the server's", "[pad]") {
    const limits within;
    awareness states(within);
    const auto json =
        GENERATE(as<std::string>(), R"({})", R"({"user":{"name":"Eve","color":"red"},"cursor":null})",
                 R"({"user":"x"})", R"({"user":{"name":"Eve"},"user":{"name":"Mallory"}})");
    REQUIRE(states.apply(1, encode({{7, 1, json}}), ada, start) == outcome::taken);
    const auto told = decode(states.take_changes());
    REQUIRE(told.size() == 1);
    const auto state = crdt::parse_json(told[0].state);
    REQUIRE(state);
    const auto* const user = state->find("user");
    REQUIRE(user != nullptr);
    CHECK(*user->find("name")->text() == "Ada");
    CHECK(*user->find("color")->text() == colour_of(3));
    CHECK(*user->find("hue")->number() == 3);
    CHECK(told[0].state.find("Mallory") == std::string::npos);
}

TEST_CASE("a guest says his name himself", "[pad]") {
    const limits within;
    awareness states(within);
    REQUIRE(states.apply(1, encode({{7, 1, R"({"user":{"name":"Zoé"}})"}}), guest, start) == outcome::taken);
    CHECK(decode(states.take_changes()) == std::vector<said>{{7, 1, R"({"user":{"name":"Zoé"}})"}});
}

TEST_CASE("nobody moves the caret of somebody else", "[pad]") {  // SEC-COL-3
    const limits within;
    awareness states(within);
    REQUIRE(states.apply(1, encode({{7, 5, "{}"}}), ada, start) == outcome::taken);
    const auto before = states.everything();
    CHECK(states.apply(2, encode({{7, 6, R"({"x":1})"}}), bo, start) == outcome::foreign);
    // Stock clients send on what they know, and say that somebody silent has gone.
    CHECK(states.apply(2, encode({{7, 5, "{}"}, {8, 1, "{}"}}), bo, start) == outcome::taken);
    CHECK(states.apply(2, encode({{7, 6, "null"}}), bo, start) == outcome::taken);
    CHECK(states.size() == 2);
    CHECK(decode(states.everything()).front() == decode(before).front());
}

TEST_CASE("a client that comes back by another connection stays", "[pad]") {
    const limits within;
    awareness states(within);
    REQUIRE(states.apply(1, encode({{7, 1, "{}"}}), ada, start) == outcome::taken);
    REQUIRE(states.apply(2, encode({{7, 2, "{}"}}), ada, start) == outcome::taken);
    (void)states.take_changes();
    states.remove(1);
    CHECK_FALSE(states.has_changes());
    states.remove(2);
    CHECK(decode(states.take_changes()) == std::vector<said>{{7, 3, "null"}});
    CHECK(states.size() == 0);
}

TEST_CASE("who is silent for 30 s is gone", "[pad]") {
    const limits within;
    awareness states(within);
    REQUIRE(states.apply(1, encode({{7, 1, "{}"}}), ada, start) == outcome::taken);
    (void)states.take_changes();
    CHECK(states.deadline() == start + awareness_life);
    states.expire(start + awareness_life - 1ms);
    CHECK(states.size() == 1);
    REQUIRE(states.apply(1, encode({{7, 2, "{}"}}), ada, start + 20s) == outcome::taken);
    states.expire(start + awareness_life);
    CHECK(states.size() == 1);
    states.expire(start + 20s + awareness_life);
    CHECK(states.size() == 0);
}

TEST_CASE("states that cannot be are refused whole", "[pad]") {
    struct bad_case {
        std::string why;
        std::vector<said> entries;
        outcome expected;
    };
    const auto c = GENERATE(values<bad_case>({
        {"no object", {{7, 1, "5"}}, outcome::malformed},
        {"no JSON", {{7, 1, "{"}}, outcome::malformed},
        {"a list", {{7, 1, "[]"}}, outcome::malformed},
        {"the second of two", {{7, 1, "{}"}, {8, 1, "x"}}, outcome::malformed},
        {"nested too deep",
         {{7, 1, "{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}"}},
         outcome::malformed},
        {"at the size allowed", {{7, 1, "{\"a\":\"" + std::string(4096 - 8, 'a') + "\"}"}}, outcome::taken},
        {"one byte more", {{7, 1, "{\"a\":\"" + std::string(4097 - 8, 'a') + "\"}"}}, outcome::limit},
        {"as many clients as a connection may have",
         {{1, 1, "{}"}, {2, 1, "{}"}, {3, 1, "{}"}, {4, 1, "{}"}},
         outcome::taken},
        {"one more", {{1, 1, "{}"}, {2, 1, "{}"}, {3, 1, "{}"}, {4, 1, "{}"}, {5, 1, "{}"}}, outcome::limit},
    }));
    INFO(c.why);
    const limits within;
    awareness states(within);
    CHECK(states.apply(1, encode(c.entries), ada, start) == c.expected);
    CHECK((states.size() == 0) == (c.expected != outcome::taken));
    CHECK(states.apply(1, std::vector<std::byte>(3, std::byte{0x7F}), ada, start) == outcome::malformed);
}
