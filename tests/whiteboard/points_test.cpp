#include "libconf/whiteboard/points.hpp"

#include "libconf/whiteboard/limits.hpp"
#include "tests/whiteboard/world.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <random>

using namespace conf::boards;
using nlohmann::json;

namespace {
point_list list_in(const json& from) {
    point_list made;
    for (const auto& one : from["points"])
        made.all.push_back({one[0].get<std::int64_t>(), one[1].get<std::int64_t>()});
    made.pressed = !from["pressures"].is_null();
    if (made.pressed) made.pressures = from["pressures"].get<std::vector<std::uint8_t>>();
    return made;
}
}  // namespace

TEST_CASE("points are coded as in the vectors", "[whiteboard][points]") {
    for (const auto& one : json::parse(board_test::read_file("vectors/board/points.json"))) {
        INFO(one["why"]);
        const auto list = list_in(one);
        const auto coded = encode_points(list);
        CHECK(board_test::to_hex(coded) == one["hex"].get<std::string>());
        CHECK(decode_points(coded, points_per_stroke_max) == list);
        CHECK(count_points(coded, points_per_stroke_max) == list.all.size());
    }
}

TEST_CASE("a hand's stroke costs three bytes a point at most", "[whiteboard][points]") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    const auto uniform = [&](double least, double most) {
        return std::uniform_real_distribution<double>(least, most)(random);
    };
    std::size_t bytes = 0;
    std::size_t points = 0;
    for (int strokes = 0; strokes < 100; ++strokes) {
        // 60 points a second of a hand that writes: up to 600 units a second, whose speed and direction
        // change smoothly, and which trembles by a quarter of a unit.
        point_list list;
        list.pressed = true;
        double x = 0, y = 0, angle = uniform(0, 6), speed = 5;
        for (int at = 0; at < 200; ++at) {
            list.all.push_back({std::llround((x + uniform(-0.25, 0.25)) * 16),
                                std::llround((y + uniform(-0.25, 0.25)) * 16)});
            if (at % 4 == 0) list.pressures.push_back(static_cast<std::uint8_t>(random()));
            angle += uniform(-0.3, 0.3);
            speed = std::clamp(speed + uniform(-1, 1), 0.0, 10.0);
            x += speed * std::cos(angle);
            y += speed * std::sin(angle);
        }
        bytes += encode_points(list).size();
        points += list.all.size();
    }
    INFO(static_cast<double>(bytes) / static_cast<double>(points) << " bytes a point");
    CHECK(bytes <= 3 * points);
}

TEST_CASE("a live stroke goes on from message to message", "[whiteboard][points]") {
    const auto list = decode_points(board_test::diagonal(50, 7), 50);
    point_coder sender;
    std::string all;
    append_number(all, 2 * list->all.size());
    for (const auto& one : list->all) sender.append(all, one, false, 0);
    CHECK(all == board_test::diagonal(50, 7));
}

TEST_CASE("points that can not be are refused", "[whiteboard][points]") {
    struct bad_points {
        std::string why;
        std::string hex;
    };
    const auto c = GENERATE(values<bad_points>({
        {"nothing at all", ""},
        {"none", "00"},
        {"fewer than it says", "040000"},
        {"more than it says", "02000000"},
        {"a count without points", "feffffff0f"},
        {"no pressure", "030000"},
        {"beyond the largest place", "028080ffffff0f00"},
        {"a number that does not end", "02ffffffffffffffffff00"},
    }));
    INFO(c.why);
    const auto bytes = board_test::from_hex(c.hex);
    CHECK_FALSE(decode_points(bytes, points_per_stroke_max));
    CHECK_FALSE(count_points(bytes, points_per_stroke_max));
}

TEST_CASE("points at the limits", "[whiteboard][points]") {
    CHECK(decode_points(board_test::diagonal(points_per_stroke_max, 1), points_per_stroke_max));
    CHECK_FALSE(decode_points(board_test::diagonal(points_per_stroke_max + 1, 1), points_per_stroke_max));
    const auto far = [](std::int64_t x) { return encode_points({{{x, -x}}, false, {}}); };
    CHECK(decode_points(far(point_max), 1));
    CHECK_FALSE(decode_points(far(point_max + 1), 1));
}

TEST_CASE("pressure is linear between its bytes", "[whiteboard][points]") {
    point_list list{std::vector<point>(6), true, {0, 255}};
    CHECK(list.pressure_at(0) == 0);
    CHECK(list.pressure_at(1) == Approx(0.25));
    CHECK(list.pressure_at(4) == 1);
    CHECK(list.pressure_at(5) == 1);
}
