#include "libconf/whiteboard/outline.hpp"

#include "tests/whiteboard/world.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace conf::boards;
using nlohmann::json;

TEST_CASE("outlines are those of the vectors, to the hundredth", "[whiteboard][outline]") {
    for (const auto& one : json::parse(board_test::read_file("vectors/board/outline.json"))) {
        INFO(one["why"]);
        point_list stroke;
        for (const auto& at : one["points"])
            stroke.all.push_back({at[0].get<std::int64_t>(), at[1].get<std::int64_t>()});
        stroke.pressed = !one["pressures"].is_null();
        if (stroke.pressed) stroke.pressures = one["pressures"].get<std::vector<std::uint8_t>>();
        const auto outline = outline_of(stroke, one["stroke_width"].get<double>());
        std::vector<outline_point> expected;
        for (const auto& at : one["outline"])
            expected.push_back({at[0].get<std::int64_t>(), at[1].get<std::int64_t>()});
        CHECK(outline == expected);
        CHECK(path_of(outline) == one["path"].get<std::string>());
    }
}

TEST_CASE("nothing has no outline", "[whiteboard][outline]") {
    CHECK(outline_of({}, 4).empty());
    CHECK(path_of({}).empty());
}

TEST_CASE("hundredths have the fewest digits", "[whiteboard][outline]") {
    struct written {
        std::int64_t value;
        std::string text;
    };
    const auto c = GENERATE(values<written>(
        {{0, "0"}, {100, "1"}, {1250, "12.5"}, {-25, "-0.25"}, {-5, "-0.05"}, {7, "0.07"}, {-1200, "-12"}}));
    std::string text;
    append_hundredths(text, c.value);
    CHECK(text == c.text);
}
