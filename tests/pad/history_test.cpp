#include "libconf/pad/history.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace conf;
using namespace conf::pads;
using namespace std::chrono_literals;

namespace {

crdt::snapshot state(std::uint64_t clock) {
    crdt::snapshot made;
    made.known.set(1, clock);
    return made;
}

moment at(std::chrono::milliseconds when) {
    return {instant(when), wall_time(1'800'000'000'000) + when};
}

}  // namespace

TEST_CASE("a version ends after a pause, after a long time, or where somebody else begins", "[pad]") {
    const limits within;
    history kept(within);
    CHECK_FALSE(kept.ends_before("ada", at(0s).now));
    CHECK_FALSE(kept.deadline());
    kept.note("ada", at(0s));
    CHECK(kept.deadline() == at(version_pause).now);
    CHECK_FALSE(kept.ends_before("ada", at(version_pause - 1ms).now));
    CHECK(kept.ends_before("ada", at(version_pause).now));
    CHECK_FALSE(kept.ends_before("bo", at(version_turn - 1ms).now));
    CHECK(kept.ends_before("bo", at(version_turn).now));
    kept.note("bo", at(14s));
    CHECK_FALSE(kept.ends_before("bo", at(20s).now));  // they write together
    for (auto now = 20s; now < version_length; now += 20s) kept.note("ada", at(now));
    CHECK_FALSE(kept.ends_before("ada", at(version_length - 1ms).now));
    CHECK(kept.ends_before("ada", at(version_length).now));
}

TEST_CASE("versions are listed from the newest on, page by page", "[pad]") {
    const limits within;
    history kept(within);
    CHECK(kept.end(state(1)).made == nullptr);
    for (std::uint64_t one = 1; one <= 5; ++one) {
        kept.note("ada", at(std::chrono::minutes(one)));
        const auto ended = kept.end(state(one));
        REQUIRE(ended.made != nullptr);
        CHECK(ended.made->number == one);
    }
    const auto numbers = [](const history::page& of) {
        std::vector<std::uint64_t> made;
        for (const auto* one : of.versions) made.push_back(one->number);
        return made;
    };
    CHECK(numbers(kept.list(0, 2)) == std::vector<std::uint64_t>{5, 4});
    CHECK(kept.list(0, 2).more);
    CHECK(numbers(kept.list(4, 9)) == std::vector<std::uint64_t>{3, 2, 1});
    CHECK_FALSE(kept.list(4, 9).more);
    CHECK(kept.find(3)->state == state(3));
    CHECK(kept.find(6) == nullptr);

    history again(within);
    for (const auto* one : kept.list(0, 9).versions) REQUIRE(again.restore(history::encode(*one)));
    CHECK(numbers(again.list(0, 9)) == numbers(kept.list(0, 9)));
    CHECK(again.changed() == kept.changed());
    again.note("bo", at(1h));
    CHECK(again.end(state(9)).made->number == 6);
}

TEST_CASE("the old past gets coarser, and its authors stay", "[pad]") {
    limits within;
    within.versions_max = 8;
    history kept(within);
    std::vector<std::uint64_t> dropped;
    for (std::uint64_t one = 1; one <= 9; ++one) {
        kept.note("p" + std::to_string(one), at(std::chrono::minutes(one)));
        const auto ended = kept.end(state(one));
        dropped.insert(dropped.end(), ended.dropped.begin(), ended.dropped.end());
    }
    CHECK(dropped == std::vector<std::uint64_t>{1, 3});
    CHECK(kept.find(9) != nullptr);
    CHECK(kept.find(2)->authors == std::vector<std::string>{"p2", "p1"});
}

TEST_CASE("a broken version is left out", "[pad]") {
    const limits within;
    history kept(within);
    version one;
    one.number = 3;
    one.at = wall_time(5);
    one.authors = {"ada"};
    one.state = state(4);
    const auto good = history::encode(one);
    for (std::size_t size = 0; size < good.size(); ++size) CHECK_FALSE(kept.restore(good.substr(0, size)));
    CHECK_FALSE(kept.restore(good + "x"));
    CHECK(kept.restore(good));
    CHECK(*kept.find(3) == one);
    CHECK(history::key_of(255) == "00000000000000ff");
}
