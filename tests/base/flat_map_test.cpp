#include "libconf/base/flat_map.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <random>
#include <string>

namespace conf {
namespace {

/// Few different hashes, so that runs of slots grow together.
std::uint64_t poor_hash(std::uint32_t key) {
    return key % 7 * 3;
}

}  // namespace

TEST_CASE("a flat map agrees with an ordinary one", "[base]") {
    const bool collide = GENERATE(false, true);
    std::mt19937_64 dice(7);
    flat_map<std::uint32_t, std::uint32_t> map;
    std::map<std::uint32_t, std::uint32_t> model;
    for (std::uint32_t step = 0; step < 20'000; ++step) {
        const auto key = static_cast<std::uint32_t>(dice() % (collide ? 60 : 3000));
        const auto hash = collide ? poor_hash(key) : key * 0x9E3779B97F4A7C15U;
        if (dice() % 2 == 0) {
            if (!model.contains(key)) map.insert(hash, key, step);
            model.try_emplace(key, step);
        } else {
            REQUIRE(map.erase(hash, key) == (model.erase(key) == 1));
        }
        REQUIRE(map.size() == model.size());
        const auto* found = map.find(hash, key);
        REQUIRE((found != nullptr) == model.contains(key));
    }
    for (const auto& [key, value] : model) {
        const auto* found = map.find(collide ? poor_hash(key) : key * 0x9E3779B97F4A7C15U, key);
        REQUIRE(found);
        REQUIRE(*found == value);
    }
    std::size_t visited = 0;
    map.for_each([&](std::uint32_t key, std::uint32_t value) {
        ++visited;
        REQUIRE(model.at(key) == value);
    });
    CHECK(visited == model.size());
}

TEST_CASE("an empty map finds and erases nothing", "[base]") {
    flat_map<int, int> map;
    CHECK(map.find(1, 1) == nullptr);
    CHECK_FALSE(map.erase(1, 1));
    CHECK(map.size() == 0);
}

TEST_CASE("keys with one hash are told apart", "[base]") {
    flat_map<std::string, int> map;
    for (int i = 0; i < 40; ++i) map.insert(5, std::to_string(i), i);
    for (int i = 0; i < 40; i += 2) CHECK(map.erase(5, std::to_string(i)));
    for (int i = 0; i < 40; ++i) CHECK((map.find(5, std::to_string(i)) != nullptr) == (i % 2 == 1));
}

TEST_CASE("an erased value is destroyed at once", "[base]") {
    flat_map<int, std::shared_ptr<int>> map;
    auto value = std::make_shared<int>(1);
    map.insert(1, 1, value);
    map.insert(1, 2, value);
    CHECK(value.use_count() == 3);
    map.erase(1, 1);
    map.erase(1, 2);
    CHECK(value.use_count() == 1);
}

}  // namespace conf
