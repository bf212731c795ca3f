#include "libconf/host/turn_line.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using conf::host::turn_line;

namespace {

/// All that may be told now; those that failed with an exclamation mark.
std::string told(turn_line<std::string>& from) {
    std::string all;
    while (const auto one = from.take()) all += one->what + (one->failed ? "! " : " ");
    return all;
}

}  // namespace

TEST_CASE("turns are told in their order, when they are kept", "[host][turns]") {
    turn_line<std::string> line;
    CHECK(line.empty());
    line.add("a");
    CHECK(told(line) == "a ");
    const auto b = line.add_unkept("b");
    line.add("c");
    const auto d = line.add_unkept("d");
    CHECK(told(line).empty());
    SECTION("saved one after the other") {
        line.settle(b, true);
        CHECK(told(line) == "b c ");
        CHECK_FALSE(line.empty());
        line.settle(d, true);
        CHECK(told(line) == "d ");
        CHECK(line.empty());
    }
    SECTION("the first one fails, and what leans on it") {
        line.settle(b, false);
        line.settle(d, true);
        CHECK(told(line) == "b! c! d ");
    }
    SECTION("the second one fails") {
        line.settle(b, true);
        line.settle(d, false);
        line.add("e");
        CHECK(told(line) == "b c d! e ");
    }
    SECTION("all are given up") {
        CHECK(line.take_all() == std::vector<std::string>{"b", "c", "d"});
        line.settle(b, true);
        CHECK(told(line).empty());
        CHECK(line.empty());
    }
    SECTION("one that is not there") {
        line.settle(77, true);
        CHECK(told(line).empty());
    }
}
