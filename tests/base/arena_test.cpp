#include "libconf/base/arena.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

namespace conf {

TEST_CASE("pieces of an arena do not overlap and stay where they are", "[base]") {
    arena memory;
    std::vector<mutable_bytes> pieces;
    for (std::size_t i = 0; i < 500; ++i) {
        auto piece = memory.take(1 + i * 7 % 900);
        std::ranges::fill(piece, static_cast<std::byte>(i));
        pieces.push_back(piece);
    }
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        REQUIRE(pieces[i].size() == 1 + i * 7 % 900);
        REQUIRE(std::ranges::all_of(pieces[i], [&](std::byte b) { return b == static_cast<std::byte>(i); }));
    }
}

TEST_CASE("an arena uses its memory again", "[base]") {
    arena memory;
    const auto* first = memory.take(100).data();
    CHECK(memory.take(arena::chunk_bytes).size() == arena::chunk_bytes);
    const auto* third = memory.take(1).data();
    memory.reset();
    CHECK(memory.take(100).data() == first);
    CHECK(memory.take(arena::chunk_bytes).size() == arena::chunk_bytes);
    CHECK(memory.take(1).data() == third);
}

TEST_CASE("the end of the last piece can be given back", "[base]") {
    arena memory;
    const auto piece = memory.take(512);
    memory.shrink_last(500);
    CHECK(memory.take(4).data() == piece.data() + 12);
}

TEST_CASE("a piece may be as large as a chunk", "[base]") {
    arena memory;
    CHECK(memory.take(arena::chunk_bytes).size() == arena::chunk_bytes);
    CHECK(memory.take(0).empty());
    CHECK(memory.take(arena::chunk_bytes).size() == arena::chunk_bytes);
}

}  // namespace conf
