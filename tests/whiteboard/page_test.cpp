#include "libconf/whiteboard/page.hpp"

#include "libconf/whiteboard/frames.hpp"
#include "libconf/whiteboard/page_json.hpp"
#include "tests/whiteboard/world.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace conf::boards;
using nlohmann::json;

namespace {

/// A change as it stands in a message, as the reducer takes it.
committed change_in(std::string_view hex) {
    const auto bytes = board_test::from_hex(hex);
    const auto read = decode_server_frames(conf::as_bytes(bytes));
    REQUIRE(read.has_value());
    const auto& made = std::get<change_made>(read->front());
    return {made.number, made.author, made.at, made.where, made.ops};
}

committed at(sequence number, std::vector<op> ops) {
    return {number, 1, wall_time{1000 + static_cast<std::int64_t>(number)}, {1, 1}, std::move(ops)};
}

op indexed(shape_id id, std::string index) {
    auto made = board_test::stroke(id);
    made.properties.insert(made.properties.begin(), bytes_value(property::index, std::move(index)));
    return made;
}

}  // namespace

TEST_CASE("recorded logs give the boards of the vectors", "[whiteboard][page]") {
    for (const auto& one : json::parse(board_test::read_file("vectors/board/log.json"))) {
        INFO(one["why"]);
        std::optional<page> made;
        std::optional<page> kept;
        for (const auto& hex : one["changes"]) {
            const auto change = change_in(hex.get<std::string>());
            if (!made) made.emplace(change.where);
            if (!kept) kept.emplace(change.where);
            made->apply(change, nullptr);
            // The records' form says the same.
            kept->apply(*decode_committed(encode_committed(change)), nullptr);
        }
        CHECK(json::parse(page_to_json(*made)) == one["page"]);
        CHECK(page_to_json(*kept) == page_to_json(*made));
    }
}

TEST_CASE("who knows a page learns only what has changed", "[whiteboard][page]") {
    page on({1, 1});
    on.apply(at(1, {indexed(1, "a0")}), nullptr);
    on.apply(at(2, {indexed(2, "a1")}), nullptr);
    on.apply(at(3, {board_test::patch(1, {board_test::x_is(5)})}), nullptr);
    on.apply(at(4, {board_test::remove(2)}), nullptr);

    const auto since_two = on.changes_since(2);
    CHECK_FALSE(since_two.whole);
    REQUIRE(since_two.changed.size() == 1);
    CHECK(since_two.changed[0]->id == 1);
    CHECK(since_two.removed == std::vector<shape_id>{2});
    CHECK(on.changes_since(4).changed.empty());
    CHECK(on.changes_since(4).removed.empty());
    CHECK(on.changes_since(std::nullopt).whole);
}

TEST_CASE("so many tombstones are kept, and then everything is told", "[whiteboard][page]") {
    page on({1, 1});
    sequence next = 1;
    const auto put_and_remove = [&](shape_id id) {
        on.apply(at(next++, {indexed(id, "a0")}), nullptr);
        on.apply(at(next++, {board_test::remove(id)}), nullptr);
    };
    for (shape_id id = 1; id <= tombstones_per_page_max; ++id) put_and_remove(id);
    CHECK_FALSE(on.changes_since(1).whole);
    CHECK(on.was_removed(1));
    put_and_remove(tombstones_per_page_max + 1);
    CHECK(on.changes_since(1).whole);
    CHECK_FALSE(on.changes_since(2).whole);
    CHECK_FALSE(on.was_removed(1));
}

TEST_CASE("what came back is not told as gone", "[whiteboard][page]") {
    page on({1, 1});
    on.apply(at(1, {indexed(1, "a0")}), nullptr);
    const auto whole = *on.find(1);
    on.apply(at(2, {board_test::remove(1)}), nullptr);
    on.apply(at(3, {op{op_kind::restore, 1, {}, {}, whole}}), nullptr);
    const auto since = on.changes_since(1);
    CHECK(since.removed.empty());
    REQUIRE(since.changed.size() == 1);
    CHECK(since.changed[0]->version == 3);
}

TEST_CASE("equal keys are in the order of ids", "[whiteboard][page]") {
    page on({1, 1});
    on.apply(at(1, {indexed(9, "a0"), indexed(3, "a0"), indexed(5, "Zz")}), nullptr);
    std::vector<shape_id> order;
    for (const auto* one : on.in_order()) order.push_back(one->id);
    CHECK(order == std::vector<shape_id>{5, 3, 9});
    CHECK(on.top() == "a0");
    CHECK(on.above("Zz") == "a0");
    CHECK_FALSE(on.above("a0"));
}

TEST_CASE("buckets keep what is in them", "[whiteboard][page]") {
    page on({1, 1});
    for (shape_id id = 1; id <= 2 * shapes_per_bucket; ++id) on.apply(at(id, {indexed(id, "a0")}), nullptr);
    CHECK(on.dirty_buckets() == std::set<std::uint64_t>{0, 1});
    page again({1, 1});
    for (const auto bucket : on.dirty_buckets())
        CHECK(again.restore_bucket(bucket, on.encode_bucket(bucket)));
    CHECK(page_to_json(again) == page_to_json(on));
    on.clear_dirty();
    on.apply(at(1000, {board_test::patch(3, {board_test::x_is(1)})}), nullptr);
    CHECK(on.dirty_buckets() == std::set<std::uint64_t>{0});
    CHECK_FALSE(again.restore_bucket(5, on.encode_bucket(1)));  // the shapes are there
    CHECK_FALSE(again.restore_bucket(5, "\x02\x00"));           // of another version
    CHECK(on.encode_bucket(7).empty());
}
