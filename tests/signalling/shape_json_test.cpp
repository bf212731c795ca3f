#include "libconf/signalling/shape_json.hpp"

#include "libconf/whiteboard/limits.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <variant>

using namespace conf;
using namespace conf::boards;

namespace {

std::variant<std::vector<op>, signalling::bad_ops> read(const std::string& ops) {
    return signalling::decode_ops(R"({"ops": )" + ops + "}", [] { return shape_id{0xABC}; });
}

/// The only op of that text.
op one(const std::string& text) {
    auto made = read("[" + text + "]");
    if (const auto* const bad = std::get_if<signalling::bad_ops>(&made)) FAIL(bad->field + ": " + bad->why);
    REQUIRE(std::get<0>(made).size() == 1);
    return std::get<0>(made).front();
}

}  // namespace

TEST_CASE("a put in JSON", "[signalling][board]") {
    const auto made = one(R"({"op": "put", "type": "rectangle", "width": 200.5, "x": -10, "colour": "#0b6e4f",
                              "fill": "half", "locked": true, "rotation": 1, "stroke_width": 4,
                              "title": "A box"})");
    CHECK(made.kind == op_kind::put);
    CHECK(made.id == 0xABC);
    CHECK(made.type == shape_type::rectangle);
    // In the order of their numbers, and no defaults.
    CHECK(made.properties == std::vector<property_value>{
                                 number_value(property::locked, 1), signed_value(property::x, -160),
                                 signed_value(property::rotation, 4096), number_value(property::width, 3208),
                                 number_value(property::colour, 0x0B6E4F), number_value(property::fill, 1),
                                 bytes_value(property::title, "A box")});
}

TEST_CASE("points, with pressure and without", "[signalling][board]") {
    const auto plain = one(R"({"op": "put", "type": "line", "points": [[0, 0], [10, 20.5]]})");
    const auto list = decode_points(plain.properties.front().bytes, points_per_stroke_max);
    REQUIRE(list.has_value());
    CHECK(list->all == std::vector<point>{{0, 0}, {160, 328}});
    CHECK_FALSE(list->pressed);
    const auto pressed =
        one(R"({"op": "put", "type": "pen", "points": [[0, 0, 9], [1, 0], [2, 0], [3, 0], [4, 0, 255]]})");
    const auto weights = decode_points(pressed.properties.front().bytes, points_per_stroke_max);
    REQUIRE(weights.has_value());
    CHECK(weights->pressures == std::vector<std::uint8_t>{9, 255});
}

TEST_CASE("patches and removals name their shape", "[signalling][board]") {
    const auto patch = one(R"({"op": "patch", "id": "00000000000000ff", "colour": null, "opacity": 50})");
    CHECK(patch.kind == op_kind::patch);
    CHECK(patch.id == 0xFF);
    CHECK(patch.properties ==
          std::vector<property_value>{unset_value(property::colour), number_value(property::opacity, 50)});
    const auto remove = one(R"({"op": "remove", "id": "f000000000000001"})");
    CHECK(remove.kind == op_kind::remove);
    CHECK(remove.id == 0xF000000000000001);
    const auto bound = one(R"({"op": "patch", "id": "00000000000000ff",
                              "end_binding": {"shape": "0000000000000002", "x": 512, "y": 1024}})");
    CHECK(decode_binding(bound.properties.front().bytes)->down == 1024);
    const auto note =
        one(R"({"op": "patch", "id": "00000000000000ff", "meta": "aGVsbG8=", "parent": "0000000000000003"})");
    CHECK(note.properties[0].bytes == std::string("\0\0\0\0\0\0\0\3", 8));
    CHECK(note.properties[1].bytes == "hello");
}

TEST_CASE("what is wrong is named", "[signalling][board]") {
    struct bad_case {
        std::string ops;
        std::string field;
    };
    const auto c = GENERATE(values<bad_case>({
        {"7", "ops"},
        {"[]", "ops"},
        {"[7]", "ops[0]"},
        {R"([{}])", "ops[0].op"},
        {R"([{"op": "dance"}])", "ops[0].op"},
        {R"([{"op": "put"}])", "ops[0].type"},
        {R"([{"op": "put", "type": "cat"}])", "ops[0].type"},
        {R"([{"op": "remove"}])", "ops[0].id"},
        {R"([{"op": "remove", "id": "0000000000000000"}])", "ops[0].id"},
        {R"([{"op": "remove", "id": "00000000000000FF"}])", "ops[0].id"},
        {R"([{"op": "remove", "id": "00000000000000ff", "x": 1}])", "ops[0].x"},
        {R"([{"op": "remove", "id": "00000000000000ff"}, {"op": "put", "type": "pen", "tail": 1}])",
         "ops[1].tail"},
        {R"([{"op": "put", "type": "rectangle", "text": "no"}])", "ops[0].text"},
        {R"([{"op": "put", "type": "rectangle", "width": "wide"}])", "ops[0].width"},
        {R"([{"op": "put", "type": "rectangle", "width": -1}])", "ops[0].width"},
        {R"([{"op": "put", "type": "rectangle", "width": 1e300}])", "ops[0].width"},
        {R"([{"op": "put", "type": "rectangle", "width": 100001}])", "ops[0].width"},
        {R"([{"op": "put", "type": "rectangle", "colour": "red"}])", "ops[0].colour"},
        {R"([{"op": "put", "type": "rectangle", "colour": "#12345g"}])", "ops[0].colour"},
        {R"([{"op": "put", "type": "rectangle", "dash": "wavy"}])", "ops[0].dash"},
        {R"([{"op": "put", "type": "rectangle", "opacity": 101}])", "ops[0].opacity"},
        {R"([{"op": "put", "type": "rectangle", "locked": 1}])", "ops[0].locked"},
        {R"([{"op": "put", "type": "pen", "points": []}])", "ops[0].points"},
        {R"([{"op": "put", "type": "pen", "points": [[1]]}])", "ops[0].points"},
        {R"([{"op": "put", "type": "pen", "points": [[1, 2, 256]]}])", "ops[0].points"},
        {R"([{"op": "patch", "id": "00000000000000ff", "meta": "?"}])", "ops[0].meta"},
        {R"([{"op": "patch", "id": "00000000000000ff", "parent": "x"}])", "ops[0].parent"},
    }));
    INFO(c.ops);
    const auto made = read(c.ops);
    const auto* const bad = std::get_if<signalling::bad_ops>(&made);
    REQUIRE(bad != nullptr);
    CHECK(bad->field == c.field);
    CHECK(bad->why.size() > 10);
}

TEST_CASE("a change has at most a thousand ops", "[signalling][board]") {
    const auto ops = [](std::size_t count) {
        std::string all = "[";
        for (std::size_t n = 0; n < count; ++n)
            all += std::string(n == 0 ? "" : ",") + R"({"op": "remove", "id": "00000000000000ff"})";
        return all + "]";
    };
    CHECK(std::holds_alternative<std::vector<op>>(read(ops(ops_per_change_max))));
    CHECK(std::holds_alternative<signalling::bad_ops>(read(ops(ops_per_change_max + 1))));
}

TEST_CASE("documents and pages in JSON", "[signalling][board]") {
    using signalling::decode_new_document;
    using signalling::decode_place;
    CHECK(decode_new_document(R"({"kind": "infinite"})")->kind == document_kind::infinite);
    CHECK(decode_new_document(R"({"kind": "blank", "title": "Plan"})")->title == "Plan");
    for (const auto* const bad :
         {"", "7", "{}", R"({"kind": "file"})", R"({"kind": "blank", "title": ""})",
          R"({"kind": "blank", "title": 7})", R"({"kind": "blank", "title": "a\nb"})"}) {
        INFO(bad);
        CHECK_FALSE(decode_new_document(bad).has_value());
    }
    CHECK(decode_place(R"({"document": 3, "page": 1})").value_or(place{}) == place{3, 1});
    for (const auto* const bad : {"", "[]", R"({"document": 3})", R"({"document": -3, "page": 1})"}) {
        INFO(bad);
        CHECK_FALSE(decode_place(bad).has_value());
    }
}
