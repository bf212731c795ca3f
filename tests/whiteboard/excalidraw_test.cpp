#include "libconf/whiteboard/excalidraw.hpp"

#include "libconf/whiteboard/svg_shapes.hpp"
#include "tests/whiteboard/world.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <set>

using namespace board_test;
using namespace conf::boards;
using nlohmann::json;

namespace {

const op& find_op(const imported_shapes& in, shape_type type) {
    const auto found = std::ranges::find(in.shapes, type, &op::type);
    REQUIRE(found != in.shapes.end());
    return *found;
}
property_set set_of(const op& from) {
    property_set made;
    for (const auto& one : from.properties) made.set(one);
    return made;
}

json element(std::string id, std::string type, json more = json::object()) {
    json made{{"id", std::move(id)},
              {"type", std::move(type)},
              {"x", 10},
              {"y", 20},
              {"width", 100},
              {"height", 50},
              {"angle", 0},
              {"strokeColor", "#1e1e1e"},
              {"backgroundColor", "transparent"},
              {"fillStyle", "solid"},
              {"strokeWidth", 2},
              {"strokeStyle", "solid"},
              {"opacity", 100},
              {"groupIds", json::array()},
              {"frameId", nullptr},
              {"isDeleted", false},
              {"locked", false}};
    made.update(more);
    return made;
}
std::string file_of(json elements) {
    return json{{"type", "excalidraw"}, {"version", 2}, {"elements", std::move(elements)}}.dump();
}

}  // namespace

TEST_CASE("elements of Excalidraw become shapes", "[whiteboard][excalidraw]") {
    const auto read = import_excalidraw(file_of({
        element("r", "rectangle",
                {{"backgroundColor", "#ff0000"}, {"strokeStyle", "dashed"}, {"roundness", {{"type", 3}}}}),
        element("d", "diamond", {{"opacity", 40}}),
        element("e", "ellipse", {{"strokeColor", "#0f0"}, {"locked", true}}),
        element("p", "freedraw",
                {{"points", {{0, 0}, {10, 5}, {20, 0}}},
                 {"pressures", {0.5, 0.6, 0.7}},
                 {"simulatePressure", false}}),
        element("a", "arrow",
                {{"points", {{0, 0}, {50, 50}}},
                 {"endArrowhead", "triangle"},
                 {"startBinding", {{"elementId", "r"}, {"fixedPoint", {0.5, 1}}}}}),
        element("t", "text",
                {{"text", "one\ntwo"},
                 {"originalText", "one two"},
                 {"fontSize", 20},
                 {"fontFamily", 3},
                 {"textAlign", "center"}}),
        element("f", "frame", {{"name", "Plan"}}),
        element("i", "image"),
        element("gone", "rectangle", {{"isDeleted", true}}),
    }));
    REQUIRE(read);
    CHECK(read->shapes.size() == 7);
    CHECK(read->left_out == 1);
    const auto rectangle = set_of(find_op(*read, shape_type::rectangle));
    CHECK(rectangle.units(property::x) == 10);
    CHECK(rectangle.units(property::width) == 100);
    CHECK(rectangle.number(property::fill) == 2);
    CHECK(rectangle.number(property::fill_colour) == 0xFF0000);
    CHECK(rectangle.number(property::dash) == 1);
    CHECK(rectangle.units(property::radius) == 12.5);
    CHECK(set_of(find_op(*read, shape_type::polygon)).number(property::opacity) == 40);
    CHECK(set_of(find_op(*read, shape_type::ellipse)).number(property::colour) == 0x00FF00);
    CHECK(set_of(find_op(*read, shape_type::ellipse)).number(property::locked) == 1);
    const auto pen = decode_points(set_of(find_op(*read, shape_type::pen)).bytes(property::points), 10);
    REQUIRE(pen);
    CHECK(pen->all[1] == point{160, 80});
    CHECK(pen->pressures == std::vector<std::uint8_t>{128});
    CHECK(set_of(find_op(*read, shape_type::pen)).units(property::stroke_width) == 8.5);
    const auto arrow = set_of(find_op(*read, shape_type::arrow));
    const auto bound = decode_binding(arrow.bytes(property::start_binding));
    REQUIRE(bound);
    CHECK(bound->shape == find_op(*read, shape_type::rectangle).id);
    CHECK(bound->across == 512);
    CHECK(arrow.number(property::end_head) == 2);
    const auto text = set_of(find_op(*read, shape_type::text));
    CHECK(text.bytes(property::text) == "one two");
    CHECK(text.bytes(property::lines) == "one\ntwo");
    CHECK(text.number(property::align) == 1);
    CHECK(text.number(property::font) == 2);
    CHECK(set_of(find_op(*read, shape_type::frame)).bytes(property::title) == "Plan");
}

TEST_CASE("groups and frames of Excalidraw are parents", "[whiteboard][excalidraw]") {
    const auto read = import_excalidraw(file_of({
        element("a", "rectangle", {{"groupIds", {"inner", "outer"}}, {"frameId", "f"}}),
        element("b", "ellipse", {{"groupIds", {"outer"}}, {"frameId", "f"}}),
        element("c", "diamond", {{"frameId", "f"}}),
        element("f", "frame"),
    }));
    REQUIRE(read);
    world w;
    auto& pia = w.enter("pia", role::presenter);
    std::string ops;
    append_ops(ops, read->shapes);
    REQUIRE(w.board.draw({1, 1}, conf::as_bytes(ops), w.at, w.out));
    const auto& page = w.page();
    const auto parent = [&](shape_type type) {
        return page.find(page.find(find_op(*read, type).id)->properties.parent());
    };
    const auto* const inner = parent(shape_type::rectangle);
    const auto* const outer = parent(shape_type::ellipse);
    REQUIRE(inner);
    REQUIRE(outer);
    CHECK(inner->properties.parent() == outer->id);
    CHECK(page.find(outer->properties.parent())->type == shape_type::frame);
    CHECK(parent(shape_type::polygon)->type == shape_type::frame);
    (void)pia;
}

TEST_CASE("a turned element stays where it was", "[whiteboard][excalidraw]") {
    const auto read =
        import_excalidraw(file_of(json::array({element("r", "rectangle", {{"angle", 1.5707963267948966}})})));
    REQUIRE(read);
    shape made{1, shape_type::rectangle, 0, 0, {}, {}, 0, set_of(read->shapes.at(0))};
    // Its middle is (60, 45) before and after.
    const auto middle = to_page(made, {50, 25});
    CHECK(middle.x == Approx(60).margin(0.1));
    CHECK(middle.y == Approx(45).margin(0.1));
}

TEST_CASE("what is no file of Excalidraw is refused, and bad elements are left out",
          "[whiteboard][excalidraw]") {
    for (const auto* text :
         {"", "{", "[]", "null", "{}", R"({"type":"excalidraw"})", R"({"type":"tldraw","elements":[]})",
          R"({"type":"excalidraw","elements":{}})"}) {
        INFO(text);
        CHECK_FALSE(import_excalidraw(text));
    }
    const auto read = import_excalidraw(file_of({
        json(1),
        json("x"),
        json::array(),
        json::object(),
        element("1", "line"),
        element("2", "line", {{"points", {{0, 0}}}}),
        element("3", "freedraw", {{"points", {{0, "x"}}}}),
        element("4", "arrow", {{"points", "x"}}),
        element("5", "embeddable"),
        element("6", "__proto__"),
        element("7", "rectangle",
                {{"x", 1e300}, {"width", -1e300}, {"strokeWidth", 1e9}, {"angle", 1e18}, {"opacity", -5}}),
    }));
    REQUIRE(read);
    CHECK(read->shapes.size() == 1);
    CHECK(read->left_out == 7);
    CHECK(import_excalidraw(std::string(import_bytes_max + 1, ' ')) == std::nullopt);
}

TEST_CASE("elements without ids, and with the same one, are shapes of their own",
          "[whiteboard][excalidraw]") {
    auto nameless = element("1", "ellipse");
    nameless.erase("id");
    const auto read =
        import_excalidraw(file_of({element("1", "rectangle"), element("1", "diamond"), nameless, nameless}));
    REQUIRE(read);
    REQUIRE(read->shapes.size() == 4);
    std::set<shape_id> ids;
    for (const auto& one : read->shapes) ids.insert(one.id);
    CHECK(ids.size() == 4);
}

TEST_CASE("limits of strokes and lines hold in files, too", "[whiteboard][excalidraw]") {
    json points = json::array();
    for (int at = 0; at < 10'000; ++at) points.push_back({at, at % 7});
    const auto read = import_excalidraw(file_of(
        {element("p", "freedraw", {{"points", points}}), element("l", "line", {{"points", points}})}));
    REQUIRE(read);
    REQUIRE(read->shapes.size() == 2);
    CHECK(count_points(set_of(read->shapes[0]).bytes(property::points), points_per_stroke_max));
    CHECK(count_points(set_of(read->shapes[1]).bytes(property::points), points_per_line_max));
}

TEST_CASE("a board goes out and comes back", "[whiteboard][excalidraw]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    const auto in = [](shape_id parent) { return bytes_value(property::parent, id_bytes(parent)); };
    w.change(
        pia,
        {put(1, shape_type::group),
         put(2, shape_type::rectangle,
             {in(1), x_is(10), number_value(property::width, 1600), number_value(property::height, 800),
              signed_value(property::rotation, 2048), number_value(property::fill, 2)}),
         put(3, shape_type::pen, {in(1), x_is(50), bytes_value(property::points, diagonal(10))}),
         put(4, shape_type::arrow,
             {bytes_value(property::points, diagonal(2)), number_value(property::end_head, 2),
              bytes_value(property::end_binding, encode_binding({2, 512, 0}))}),
         put(5, shape_type::text, {bytes_value(property::text, "שלום & 🙂"), x_is(7)}),
         put(6, shape_type::note,
             {bytes_value(property::text, "a note"), number_value(property::width, 3200),
              number_value(property::height, 3200)}),
         put(7, shape_type::stamp, {number_value(property::width, 640), number_value(property::height, 640)}),
         put(8, shape_type::polygon,
             {number_value(property::width, 640), number_value(property::height, 640),
              number_value(property::figure, 7)}),
         put(9, shape_type::highlighter, {bytes_value(property::points, diagonal(10))}),
         put(10, shape_type::frame,
             {bytes_value(property::title, "f"), number_value(property::width, 640),
              number_value(property::height, 640)})});
    const auto text = export_excalidraw(w.page());
    CHECK(text == export_excalidraw(w.page()));
    w.ask(pia, page_add{1, {}});
    w.ask(pia, board_import{{1, 2}, text});
    const auto answer = w.heard<imported>(pia).at(0);
    CHECK(answer.left_out == 0);
    CHECK(answer.made == w.page({1, 2}).size());
    std::map<shape_type, const shape*> back;
    for (const auto* one : w.page({1, 2}).in_order()) back.emplace(one->type, one);
    const auto& rectangle = back.at(shape_type::rectangle)->properties;
    CHECK(rectangle.units(property::x) == Approx(10).margin(0.1));
    CHECK(rectangle.units(property::y) == Approx(0).margin(0.1));
    CHECK(rectangle.signed_number(property::rotation) == 2048);
    CHECK(rectangle.number(property::fill) == 2);
    CHECK(back.at(shape_type::pen)->properties.bytes(property::points) ==
          w.shape(3)->properties.bytes(property::points));
    CHECK(back.at(shape_type::pen)->properties.units(property::x) == 50);
    CHECK(back.at(shape_type::text)->properties.bytes(property::text) == "שלום & 🙂");
    CHECK(rectangle.parent() == back.at(shape_type::group)->id);
    const auto bound = decode_binding(back.at(shape_type::arrow)->properties.bytes(property::end_binding));
    CHECK(bound->shape == back.at(shape_type::rectangle)->id);
    // The import is one entry.
    w.ask(pia, board_undo{{1, 2}});
    CHECK(w.page({1, 2}).size() == 0);
    // And another one beside it has other ids.
    w.ask(pia, board_redo{{1, 2}});
    w.ask(pia, board_import{{1, 2}, text});
    CHECK(w.page({1, 2}).size() == 2 * answer.made);
}

TEST_CASE("an image of a file shows an asset that is here, and is left out otherwise",
          "[whiteboard][excalidraw]") {
    const auto text = file_of({
        element("known", "image", {{"fileId", "asset-1"}, {"angle", 0.5}, {"opacity", 40}}),
        element("elsewhere", "image", {{"fileId", "asset-2"}}),
        element("nothing", "image", {{"fileId", nullptr}}),
        element("no name", "image", {{"fileId", "../../asset-1"}}),
    });
    const auto read = import_excalidraw(text, [](const std::string& name) { return name != "asset-2"; });
    REQUIRE(read);
    REQUIRE(read->shapes.size() == 1);
    CHECK(read->left_out == 3);
    const auto image = set_of(find_op(*read, shape_type::image));
    CHECK(image.bytes(property::asset) == "asset-1");
    CHECK(image.units(property::width) == 100);
    CHECK(image.number(property::opacity) == 40);
    CHECK(import_excalidraw(text)->shapes.empty());
}

TEST_CASE("pictures go out once with their bytes, and one person's shapes alone",
          "[whiteboard][excalidraw]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    const std::string asset = "asset-1";
    const auto picture = [](shape_id id, const std::string& of) {
        return put(id, shape_type::image,
                   {bytes_value(property::asset, of), number_value(property::width, 1600),
                    number_value(property::height, 800)});
    };
    w.change(pia, {picture(1, asset), picture(2, asset)});
    excalidraw_options how;
    how.asset = [&](std::string_view id) {
        return id == asset ? std::string("data:image/png;base64,iVBORw0KGgo=") : std::string();
    };
    const auto file = json::parse(export_excalidraw(w.page(), how));
    REQUIRE(file["elements"].size() == 2);
    CHECK(file["elements"][0]["type"] == "image");
    CHECK(file["elements"][0]["fileId"] == asset);
    CHECK(file["elements"][0]["width"] == 100);
    REQUIRE(file["files"].size() == 1);
    CHECK(file["files"][asset]["mimeType"] == "image/png");
    CHECK(file["files"][asset]["dataURL"] == "data:image/png;base64,iVBORw0KGgo=");
    how.asset = nullptr;
    CHECK(json::parse(export_excalidraw(w.page(), how))["elements"].empty());
    how.only = w.shape(1)->author + 1;
    CHECK(json::parse(export_excalidraw(w.page(), how))["elements"].empty());
}

TEST_CASE("an import that is no file, or too much, changes nothing", "[whiteboard][excalidraw]") {
    settings small;
    small.shapes_per_page = 2;
    world w(small);
    auto& pia = w.enter("pia", role::presenter);
    CHECK_FALSE(w.ask(pia, board_import{{1, 1}, "{}"}));
    CHECK(w.failure(pia) == "bad_file");
    CHECK_FALSE(w.ask(pia, board_import{{1, 1},
                                        file_of({element("1", "ellipse"), element("2", "ellipse"),
                                                 element("3", "ellipse")})}));
    CHECK(w.failure(pia) == "limit");
    CHECK(w.page().size() == 0);
}
