#include "libconf/pad/authors.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <vector>

using namespace conf;
using namespace conf::pads;
using verdict = author_book::verdict;
using ids = std::vector<crdt::client_id>;

TEST_CASE("a client id belongs to whoever first brought it", "[pad]") {  // SEC-COL-3
    const limits within;
    author_book book(within);
    REQUIRE(book.judge("ada", ids{1, 2}) == verdict::good);
    REQUIRE(book.bind("ada", "Ada", ids{1, 2}) != nullptr);
    CHECK(book.judge("bo", ids{2}) == verdict::foreign);
    CHECK(book.judge("bo", ids{3, 1}) == verdict::foreign);
    CHECK(book.judge("ada", ids{2, 3}) == verdict::good);
    CHECK(book.judge("bo", ids{3}) == verdict::good);

    SECTION("across restarts") {
        author_book again(within);
        for (const auto& one : book.all()) REQUIRE(again.restore(author_book::encode(one)));
        CHECK(again.judge("bo", ids{2}) == verdict::foreign);
        CHECK(again.all() == book.all());
    }
    SECTION("what is known is not kept again") {
        CHECK(book.bind("ada", "Ada", ids{1}) == nullptr);
        CHECK(book.bind("ada", "", ids{2}) == nullptr);
        CHECK(book.bind("ada", "Ada L.", ids{2}) != nullptr);
        CHECK(book.bind("nobody", "N", ids{}) == nullptr);
        CHECK(book.size() == 1);
    }
}

TEST_CASE("authors differ in hue as long as there are hues", "[pad]") {
    const limits within;
    author_book book(within);
    std::set<std::uint8_t> hues;
    for (crdt::client_id at = 0; at < hue_count; ++at) {
        const auto person = std::to_string(at);
        const auto promised = book.hue_of(person);
        hues.insert(book.bind(person, person, ids{at})->hue);
        CHECK(hues.contains(promised));
    }
    CHECK(hues.size() == hue_count);
}

TEST_CASE("a pad remembers so many people, and so many page loads of each", "[pad]") {
    limits within;
    within.authors_max = 2;
    within.clients_per_author_max = 3;
    author_book book(within);
    (void)book.bind("ada", "", ids{1, 2});
    CHECK(book.judge("ada", ids{3}) == verdict::good);
    CHECK(book.judge("ada", ids{3, 4}) == verdict::full);
    (void)book.bind("bo", "", ids{5});
    CHECK(book.judge("bo", ids{6}) == verdict::good);
    CHECK(book.judge("cy", ids{6}) == verdict::full);
}

TEST_CASE("a broken author is left out", "[pad]") {
    const limits within;
    author_book book(within);
    author one{.person = "ada", .name = "Ada", .hue = 3, .clients = {1, 70000}};
    const auto good = author_book::encode(one);
    for (std::size_t size = 0; size < good.size(); ++size) CHECK_FALSE(book.restore(good.substr(0, size)));
    CHECK_FALSE(book.restore(good + "x"));
    CHECK(book.restore(good));
    CHECK_FALSE(book.restore(good));
}
