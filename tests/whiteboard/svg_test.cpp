#include "libconf/whiteboard/svg.hpp"

#include "libconf/whiteboard/frames.hpp"
#include "libconf/whiteboard/page.hpp"
#include "tests/whiteboard/world.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace conf::boards;
using nlohmann::json;

namespace {

/// The page of the vectors that has every type, as far as the log goes.
void replay(page& to, std::size_t changes) {
    const auto log = json::parse(board_test::read_file("vectors/board/log.json"))[0]["changes"];
    for (std::size_t at = 0; at < std::min(changes, log.size()); ++at) {
        const auto bytes = board_test::from_hex(log[at].get<std::string>());
        const auto read = decode_server_frames(conf::as_bytes(bytes));
        const auto& made = std::get<change_made>(read->front());
        to.apply({made.number, made.author, made.at, made.where, made.ops}, nullptr);
    }
}

std::size_t count_in(std::string_view text, std::string_view what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++count;
    return count;
}

}  // namespace

TEST_CASE("a page with every tool is the golden file", "[whiteboard][svg]") {
    page on({1, 1});
    replay(on, 1000);
    svg_options how;
    how.info.height = 810;
    how.background = "slide.png";
    how.asset = [](std::string_view asset) { return "assets/" + std::string(asset) + ".png"; };
    CHECK(page_to_svg(on, how) == board_test::read_file("vectors/board/every_tool.svg"));
}

TEST_CASE("what people write can not leave its text", "[whiteboard][svg]") {
    page on({1, 1});
    auto note = board_test::put(1, shape_type::note,
                                {bytes_value(property::index, "a0"),
                                 bytes_value(property::text, "</text><script>alert(1)</script>&\"'"),
                                 bytes_value(property::title, "\"><img src=x onerror=alert(1)>")});
    on.apply({1, 1, wall_time{1}, {1, 1}, {note}}, nullptr);
    svg_options how;
    how.background = "\" onload=\"alert(1)";
    const auto svg = page_to_svg(on, how);
    CHECK(count_in(svg, "<script") == 0);
    CHECK(count_in(svg, "<img") == 0);
    CHECK(count_in(svg, "\" onload") == 0);
    CHECK(count_in(svg, "&lt;script&gt;") == 1);
}

TEST_CASE("one person's shapes, without a ground", "[whiteboard][svg]") {
    page on({1, 1});
    replay(on, 13);
    svg_options how;
    how.white = false;
    how.only = 2;
    const auto svg = page_to_svg(on, how);
    CHECK(count_in(svg, "fill=\"#ffffff\"") == 0);
    CHECK(count_in(svg, "<g") == 4);
    how.only = 99;
    CHECK(count_in(page_to_svg(on, how), "<g") == 0);
}

TEST_CASE("an infinite page is as large as what is on it", "[whiteboard][svg]") {
    page on({1, 1});
    CHECK_FALSE(box_around(on, {}));
    svg_options how;
    how.info.height = 0;
    CHECK(page_to_svg(on, how).find("viewBox=\"-32 -32 1504 874\"") != std::string::npos);
    auto far = board_test::box(1, -500);
    far.properties.insert(far.properties.begin(), bytes_value(property::index, "a0"));
    on.apply({1, 1, wall_time{1}, {1, 1}, {far}}, nullptr);
    // 100 by 50 units, and half of a line of 4 around.
    const auto box = box_around(on, {});
    REQUIRE(box);
    CHECK(box->left == -502);
    CHECK(box->right == -398);
    CHECK(page_to_svg(on, how).find("viewBox=\"-534 -34 168 118\"") != std::string::npos);
}

TEST_CASE("an arrow's bound ends follow their shapes, and stand where they were without",
          "[whiteboard][svg]") {
    page on({1, 1});
    auto target = board_test::box(1, 100);
    target.properties.insert(target.properties.begin(), bytes_value(property::index, "a0"));
    auto arrow = board_test::put(
        2, shape_type::arrow,
        {bytes_value(property::index, "a1"), bytes_value(property::points, board_test::diagonal(2, 160)),
         bytes_value(property::end_binding, encode_binding({1, 512, 1024}))});
    on.apply({1, 1, wall_time{1}, {1, 1}, {target, arrow}}, nullptr);
    CHECK(page_to_svg(on, {}).find("M0 0L150 50\"") != std::string::npos);
    on.apply({2, 1, wall_time{1}, {1, 1}, {board_test::patch(1, {board_test::x_is(300)})}}, nullptr);
    CHECK(page_to_svg(on, {}).find("M0 0L350 50\"") != std::string::npos);
    on.apply({3, 1, wall_time{1}, {1, 1}, {board_test::remove(1)}}, nullptr);
    CHECK(page_to_svg(on, {}).find("M0 0L10 10\"") != std::string::npos);
}
