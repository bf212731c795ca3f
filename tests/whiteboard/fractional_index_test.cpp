#include "libconf/whiteboard/fractional_index.hpp"

#include "tests/whiteboard/world.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <random>

using namespace conf::boards;
using nlohmann::json;

namespace {
std::optional<std::string> key_in(const json& from, const char* name) {
    return from[name].is_null() ? std::nullopt : std::optional(from[name].get<std::string>());
}
}  // namespace

TEST_CASE("fractional indices are those of the vectors", "[whiteboard][index]") {
    const auto file = json::parse(board_test::read_file("vectors/board/fractional_index.json"));
    for (const auto& one : file["between"]) {
        INFO(one);
        CHECK(index_between(key_in(one, "a"), key_in(one, "b")) == one["key"].get<std::string>());
    }
    for (const auto& one : file["many"]) {
        INFO(one);
        const auto keys = one["keys"].get<std::vector<std::string>>();
        CHECK(indices_between(key_in(one, "a"), key_in(one, "b"), keys.size()) == keys);
    }
    for (const auto& one : file["valid"]) {
        INFO(one);
        CHECK(is_index(one.get<std::string>()));
    }
    for (const auto& one : file["invalid"]) {
        INFO(one);
        CHECK_FALSE(is_index(one.get<std::string>()));
        CHECK_FALSE(index_between(one.get<std::string>(), std::nullopt));
    }
}

TEST_CASE("a key is strictly between any two others", "[whiteboard][index]") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    std::vector<std::string> keys{"a0"};
    for (int round = 0; round < 3000; ++round) {
        const auto at = random() % (keys.size() + 1);
        const auto below = at == 0 ? std::nullopt : std::optional<std::string_view>(keys[at - 1]);
        const auto above = at == keys.size() ? std::nullopt : std::optional<std::string_view>(keys[at]);
        const auto made = index_between(below, above);
        const bool between =
            made && is_index(*made) && (!below || *below < *made) && (!above || *made < *above);
        if (!between) FAIL("between " << below.value_or("-") << " and " << above.value_or("-"));
        keys.insert(keys.begin() + static_cast<std::ptrdiff_t>(at), *made);
    }
}

TEST_CASE("many keys are sorted and as many as asked for", "[whiteboard][index]") {
    for (const std::size_t count : {0U, 1U, 2U, 61U, 62U, 1000U}) {
        const auto made = indices_between("a0", "a1", count);
        REQUIRE(made);
        CHECK(made->size() == count);
        CHECK(std::ranges::is_sorted(*made));
        CHECK(std::ranges::adjacent_find(*made) == made->end());
    }
}

TEST_CASE("ends of the keys", "[whiteboard][index]") {
    const std::string smallest = "A" + std::string(25, '0') + "1";
    const auto below = index_between(std::nullopt, smallest);
    REQUIRE(below);
    CHECK(is_index(*below));
    CHECK(*below < smallest);
    const auto lower = index_between(std::nullopt, *below);
    REQUIRE(lower);
    CHECK(*lower < *below);
    CHECK_FALSE(index_between("a1", "a0"));
    CHECK_FALSE(index_between("a0", "a0"));
}

TEST_CASE("keys grow as slowly as they are said to", "[whiteboard][index]") {
    std::string after = "a0";
    for (int count = 0; count < 1000; ++count) after = *index_between(after, "a1");
    CHECK(after.size() == 202);
    std::string before = "a1";
    for (int count = 0; count < 1000; ++count) before = *index_between("a0", before);
    CHECK(before.size() == 169);
}
