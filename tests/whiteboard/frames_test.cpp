#include "libconf/whiteboard/frames.hpp"

#include "tests/whiteboard/world.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace conf::boards;
using conf::as_bytes;
using nlohmann::json;

TEST_CASE("messages of the vectors are read and written the same", "[whiteboard][frames]") {
    const auto file = json::parse(board_test::read_file("vectors/board/frames.json"));
    for (const auto& one : file["client"]) {
        INFO(one);
        const auto bytes = board_test::from_hex(one["hex"].get<std::string>());
        const auto read = decode_client_frame(as_bytes(bytes));
        REQUIRE(read.has_value());
        CHECK(encode(*read) == bytes);
    }
    for (const auto& one : file["server"]) {
        INFO(one);
        const auto bytes = board_test::from_hex(one["hex"].get<std::string>());
        const auto read = decode_server_frames(as_bytes(bytes));
        REQUIRE(read.has_value());
        REQUIRE(read->size() == 1);
        CHECK(encode(read->front()) == bytes);
    }
    batch_writer batch;
    for (const auto& one : file["batch"]["messages"]) batch.add(board_test::from_hex(one.get<std::string>()));
    CHECK(board_test::to_hex(batch.take()) == file["batch"]["hex"].get<std::string>());
}

TEST_CASE("messages mean what the vectors say", "[whiteboard][frames]") {
    const auto file = json::parse(board_test::read_file("vectors/board/frames.json"));
    const auto client = [&](std::size_t at) {
        return *decode_client_frame(
            as_bytes(board_test::from_hex(file["client"][at]["hex"].get<std::string>())));
    };
    const auto change = std::get<change_frame>(client(0));
    CHECK(change.number == 7);
    CHECK(change.gesture == 3);
    CHECK(change.where == place{1, 2});
    REQUIRE(change.ops.size() == 1);
    CHECK(change.ops[0] ==
          board_test::put(0x1001, shape_type::rectangle,
                          {signed_value(property::x, -56), number_value(property::width, 1600),
                           number_value(property::height, 320)}));
    const auto begin = std::get<live_begin_frame>(client(1));
    CHECK(begin.type == shape_type::pen);
    CHECK(decode_points(begin.points, 2)->pressures == std::vector<std::uint8_t>{200});
    const auto pointer = std::get<pointer_frame>(client(5));
    CHECK(pointer == pointer_frame{pointer_kind::cursor, 300, -5});
    CHECK(std::get<view_frame>(client(7)).seen == rectangle_seen{-168, 0, 1440 * 16, 810 * 16});
    const auto state = std::get<page_state>(
        decode_server_frames(as_bytes(board_test::from_hex(file["server"][6]["hex"].get<std::string>())))
            ->front());
    CHECK(state.whole);
    CHECK(state.last);
    CHECK(state.shapes.size() == 2);
    CHECK(state.removed == std::vector<shape_id>{0x1000 + 77});
}

TEST_CASE("a live message of two points is within 40 bytes, framing and all", "[whiteboard][frames]") {
    // 30 messages a second of a fast hand: 40 units between points, with pressure.
    point_coder coder;
    std::string points;
    coder.append(points, {0, 0}, true, 200);
    points.clear();
    coder.append(points, {640, 320}, true, 200);
    coder.append(points, {1290, 700}, true, 200);
    const auto sent = encode(client_frame(live_points_frame{3, points}));
    const auto received = encode(server_frame(live_went_on{1999, {3, points}}));
    // RFC 6455 §5.2: two bytes, and four of a mask from a client.
    CHECK(sent.size() + 6 <= 40);
    CHECK(received.size() + 2 <= 40);
}

TEST_CASE("messages that can not be are refused", "[whiteboard][frames]") {
    struct bad_frame {
        std::string why;
        std::string hex;
        std::optional<std::uint64_t> number;
    };
    const std::string id = "0000000000000001";
    const auto c = GENERATE_COPY(values<bad_frame>({
        {"nothing", "", {}},
        {"another version", "2107", {}},
        {"a server's", "1801020300000000", {}},
        {"an unknown type", "1e", {}},
        {"a change without a number", "11", {}},
        {"number 0", "1100000102010300" + id, {}},
        {"no ops", "110700010200", 7},
        {"an op of an unknown kind", "11070001020105" + id, 7},
        {"a restore", "11070001020104" + id, 7},
        {"no id", "110700010201030000000000000000", 7},
        {"half an op", "1107000102010300", 7},
        {"an unknown type of shape", "11070001020101" + id + "0e00", 7},
        {"a stroke without points", "11070001020101" + id + "0100", 7},
        {"an image without an asset", "11070001020101" + id + "0b00", 7},
        {"a value out of range", "11070001020101" + id + "03013865", 7},
        {"more behind it", "11070001020103" + id + "00", 7},
        {"a live rectangle", "12000102" + id + "030002020000", {}},
        {"a live stroke without points", "12000102" + id + "010000", {}},
        {"a slot too many", "13080000", {}},
        {"a pointer that is gone, and somewhere", "1500", {}},
        {"a pointer far away", "1501808080808080100000", {}},
        {"half a view", "170000", {}},
    }));
    INFO(c.why);
    const auto bytes = board_test::from_hex(c.hex);
    const auto read = decode_client_frame(as_bytes(bytes));
    if (c.number) {
        REQUIRE(read.has_value());
        CHECK(std::get<bad_change_frame>(*read).number == *c.number);
    } else {
        CHECK_FALSE(read.has_value());
    }
}

TEST_CASE("a change has a largest size", "[whiteboard][frames]") {
    const auto sized = [](std::size_t count) {
        std::vector<op> ops;
        for (std::size_t at = 0; at < count; ++at) ops.push_back(board_test::remove(at + 1));
        return encode(client_frame(change_frame{1, 0, {1, 1}, std::move(ops)}));
    };
    const auto is_good = [](const std::string& bytes) {
        return std::holds_alternative<change_frame>(*decode_client_frame(as_bytes(bytes)));
    };
    CHECK(is_good(sized(ops_per_change_max)));
    CHECK_FALSE(is_good(sized(ops_per_change_max + 1)));

    std::vector<op> ops;
    for (shape_id id = 1; ops.size() < 12; ++id) {
        ops.push_back(
            board_test::put(id, shape_type::text, {bytes_value(property::text, std::string(4000, 't'))}));
    }
    const auto short_of = change_bytes_max - encode(client_frame(change_frame{1, 0, {1, 1}, ops})).size();
    ops.back().properties.back() = bytes_value(property::text, std::string(4000 + short_of, 't'));
    const auto full = encode(client_frame(change_frame{1, 0, {1, 1}, ops}));
    CHECK(full.size() == change_bytes_max);
    CHECK(is_good(full));
    ops.back().properties.back().bytes += 't';
    CHECK_FALSE(is_good(encode(client_frame(change_frame{1, 0, {1, 1}, ops}))));
}

TEST_CASE("a batch of one is sent as it is", "[whiteboard][frames]") {
    batch_writer batch;
    CHECK(batch.empty());
    batch.add("one");
    CHECK(batch.take() == "one");
    CHECK(batch.empty());
    batch.add("one");
    batch.add("two");
    CHECK(batch.take() == "\x1F\x03one\x03two");
}

TEST_CASE("a large page's state comes in pieces", "[whiteboard][frames]") {
    std::vector<shape> shapes;
    for (shape_id id = 1; id <= 3000; ++id) {
        shape one{id, shape_type::pen, 1, 1, {}, {}, id, {}};
        one.properties.set(bytes_value(property::points, board_test::diagonal(20)));
        shapes.push_back(one);
    }
    std::vector<const shape*> all;
    for (const auto& one : shapes) all.push_back(&one);
    const auto frames = encode_state({1, 2}, 3000, true, all, {});
    CHECK(frames.size() > 1);
    std::vector<shape> read;
    for (std::size_t at = 0; at < frames.size(); ++at) {
        CHECK(frames[at].size() < 2 * state_bytes_max);
        const auto state = std::get<page_state>(decode_server_frames(as_bytes(frames[at]))->front());
        CHECK(state.whole == (at == 0));
        CHECK(state.last == (at + 1 == frames.size()));
        read.insert(read.end(), state.shapes.begin(), state.shapes.end());
    }
    CHECK(read == shapes);
}
