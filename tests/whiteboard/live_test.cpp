#include "tests/whiteboard/world.hpp"

#include <catch2/catch.hpp>

using namespace board_test;
using namespace conf::boards;
using std::chrono::milliseconds;

namespace {

live_begin_frame begin_at(std::uint64_t slot, shape_id id, place where = {1, 1}) {
    return {slot, where, id, shape_type::pen, {colour_is(0xFF0000)}, diagonal(1)};
}

/// Draws on along the diagonal from `from` points, two points a message.
live_points_frame on_from(std::uint64_t slot, std::size_t from, std::size_t count = 2) {
    const auto list = *decode_points(diagonal(from + count), 2 * points_per_stroke_max);
    point_coder coder;
    std::string all;
    for (std::size_t at = 0; at < from + count; ++at) {
        if (at == from) all.clear();
        coder.append(all, list.all[at], false, 0);
    }
    return {slot, all};
}

}  // namespace

TEST_CASE("ink is seen while it is drawn, and becomes the shape", "[whiteboard][live]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    auto& vic = w.enter("vic", role::viewer);
    w.forget();
    w.send(pia, begin_at(0, 5));
    w.send(pia, on_from(0, 1));
    w.send(pia, on_from(0, 3));
    REQUIRE(w.heard<live_begun>(vic).size() == 1);
    CHECK(w.heard<live_begun>(vic)[0].stroke == begin_at(0, 5));
    CHECK(w.heard<live_went_on>(vic).size() == 2);
    CHECK(w.heard<live_begun>(pia).empty());
    CHECK(w.page().size() == 0);  // nothing is kept of it yet
    w.change(pia, {stroke(5, 5)});
    CHECK(w.heard<change_made>(vic).size() == 1);
    CHECK(w.heard<live_dropped>(vic).empty());
    // Points that come late are nobody's.
    w.send(pia, on_from(0, 5));
    CHECK(w.heard<live_went_on>(vic).size() == 2);
}

TEST_CASE("who begins to look gets what is being drawn, whole", "[whiteboard][live]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    w.send(pia, begin_at(3, 5));
    w.send(pia, on_from(3, 1, 9));
    w.send(pia, pointer_frame{pointer_kind::cursor, 7, 8});
    auto& vic = w.enter("vic", role::viewer);
    REQUIRE(w.heard<live_begun>(vic).size() == 1);
    CHECK(w.heard<live_begun>(vic)[0].stroke.points == diagonal(10));
    CHECK(w.heard<live_begun>(vic)[0].stroke.slot == 3);
    CHECK(w.heard<pointers_moved>(vic).at(0).all.at(0).at == pointer_frame{pointer_kind::cursor, 7, 8});
}

TEST_CASE("one or two pens are sent at once, from the third on in ticks of 20 ms", "[whiteboard][live]") {
    world w;
    auto& vic = w.enter("vic", role::viewer);
    std::vector<client*> pens;
    for (const auto* name : {"one", "two", "three"}) pens.push_back(&w.enter(name, role::presenter));
    w.forget();
    w.send(*pens[0], begin_at(0, 5));
    w.send(*pens[1], begin_at(0, 6));
    CHECK(w.frames == 2);
    CHECK_FALSE(w.board.deadline());
    w.send(*pens[2], begin_at(0, 7));
    for (std::size_t at = 1; at < 9; at += 2) {
        for (auto* const pen : pens) w.send(*pen, on_from(0, at));
    }
    CHECK(w.frames == 2);
    CHECK(w.board.deadline() == w.at.now + pen_tick);
    w.wait(pen_tick);
    CHECK(w.frames == 3);  // one message, with all of it, in order
    CHECK(w.heard<live_begun>(vic).size() == 3);
    CHECK(w.heard<live_went_on>(vic).size() == 12);
    w.change(*pens[2], {stroke(7, 9)});
    w.forget();
    w.send(*pens[0], on_from(0, 9));
    CHECK(w.frames == 1);
}

TEST_CASE("pointers are merged in ticks", "[whiteboard][live]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    auto& vic = w.enter("vic", role::viewer);
    auto& wim = w.enter("wim", role::viewer);
    w.forget();
    for (std::int64_t x = 0; x < 10; ++x) {
        w.send(pia, pointer_frame{pointer_kind::laser, x, 0});
        w.send(vic, pointer_frame{pointer_kind::cursor, 0, x});
    }
    CHECK(w.frames == 0);
    w.wait(pointer_tick);
    CHECK(w.frames == 1);
    const auto seen = w.heard<pointers_moved>(wim).at(0).all;
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].at == pointer_frame{pointer_kind::laser, 9, 0});
    CHECK(seen[1].at == pointer_frame{pointer_kind::cursor, 0, 9});
    // Who goes takes his pointer with him.
    w.forget();
    w.leave(vic);
    CHECK(w.heard<pointers_moved>(wim).at(0).all.at(0).at.kind == pointer_kind::gone);
    // Viewers' cursors can be switched off.
    w.ask(pia, board_rules{{}, false});
    w.forget();
    w.send(wim, pointer_frame{pointer_kind::cursor, 5, 5});
    w.wait(pointer_tick);
    CHECK(w.frames == 0);
}

TEST_CASE("a stroke whose right ends is put as far as it came", "[whiteboard][live]") {
    const auto how = GENERATE(values<std::string>({"mode", "role", "lock", "connection", "page"}));
    INFO(how);
    world w;
    auto& mo = w.enter("mo", role::moderator);
    auto& vic = w.enter("vic", role::viewer);
    w.ask(mo, page_add{1, {}});
    w.ask(mo, board_rules{draw_mode::everybody, {}});
    if (how == "role") {
        w.ask(mo, board_rules{draw_mode::presenter, {}});
        vic.who.acts_as = role::presenter;
    }
    w.send(vic, begin_at(0, 5));
    w.send(vic, on_from(0, 1, 3));
    w.forget();
    if (how == "mode") w.ask(mo, board_rules{draw_mode::presenter, {}});
    if (how == "role") {
        vic.who.acts_as = role::viewer;
        w.board.handle_person(vic.who, w.at, w.out);
        w.ask(mo, board_look{{1, 1}, {}});  // takes the outputs
    }
    if (how == "lock") w.ask(mo, board_lock{{1, 1}, true});
    if (how == "connection") w.leave(vic);
    if (how == "page") w.look(vic, {1, 2});
    const auto* const made = w.shape(5);
    REQUIRE(made);
    CHECK(made->properties.bytes(property::points) == diagonal(4));
    CHECK(made->properties.number(property::colour) == 0xFF0000);
    CHECK(w.heard<change_made>(mo).size() == 1);
    // What comes of it later is discarded, or, where the right is there again, adds to it.
    if (how == "mode" || how == "role" || how == "lock") {
        CHECK(w.change(vic, {stroke(5, 6)}).how == outcome::discard);
    } else {
        w.open(vic);
        CHECK(w.change(vic, {stroke(5, 6)}).how == outcome::rebase);
        CHECK(w.shape(5)->properties.bytes(property::points) == diagonal(6));
    }
}

TEST_CASE("a stroke that is given up, or not readable, is gone for everybody", "[whiteboard][live]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    auto& vic = w.enter("vic", role::viewer);
    w.send(pia, begin_at(0, 5));
    w.send(pia, live_end_frame{0});
    CHECK(w.heard<live_dropped>(vic) == std::vector<live_dropped>{{1, 5}});
    w.send(pia, begin_at(0, 6));
    CHECK_FALSE(w.send(pia, live_points_frame{0, "\x80"}));
    CHECK(w.heard<live_dropped>(vic).back() == live_dropped{1, 6});
    // Another one in its slot.
    w.send(pia, begin_at(0, 7));
    w.send(pia, begin_at(0, 8));
    CHECK(w.heard<live_dropped>(vic).back() == live_dropped{1, 7});
    // Its change is discarded.
    w.send(pia, change_frame{pia.next_change++, 0, {1, 99}, {stroke(8)}});
    CHECK(w.heard<live_dropped>(vic).back() == live_dropped{1, 8});
}

TEST_CASE("a stroke that was refused as a shape stays on nobody's screen", "[whiteboard][live]") {
    world w;
    auto& mo = w.enter("mo", role::moderator);
    auto& vic = w.enter("vic", role::viewer);

    SECTION("as changes came too fast") {
        for (std::size_t i = 0; i < changes_burst; ++i) w.change(mo, {box(100 + i)});
        w.send(mo, begin_at(0, 5));
        w.forget();
        w.change(mo, {stroke(5)});
        REQUIRE(w.heard<change_verdict>(mo).size() == 1);
        CHECK(w.heard<change_verdict>(mo)[0].why == discard_reason::rate);
    }
    SECTION("while another shape of the same change was not") {
        w.change(mo, {stroke(5)});
        w.change(mo, {remove(5)});
        w.change(mo, {box(6)});
        w.send(mo, begin_at(0, 5));
        w.forget();
        w.change(mo, {patch(6, {x_is(32)}), stroke(5)});
        REQUIRE(w.heard<change_verdict>(mo).size() == 1);
        CHECK(w.heard<change_verdict>(mo)[0].how == outcome::rebase);
    }
    CHECK(w.shape(5) == nullptr);
    REQUIRE(w.heard<live_dropped>(vic).size() == 1);
    CHECK(w.heard<live_dropped>(vic)[0].id == 5);
}

TEST_CASE("who may not draw begins nothing, and hears nothing of it", "[whiteboard][live]") {
    world w;
    auto& mo = w.enter("mo", role::moderator);
    auto& vic = w.enter("vic", role::viewer);
    w.forget();
    CHECK(w.send(vic, begin_at(0, 5)));
    CHECK(w.send(vic, on_from(0, 1)));
    CHECK(w.heard<live_begun>(mo).empty());
    CHECK(w.frames == 0);
    CHECK(w.heard<failure>(vic).empty());
    // A page that is not there.
    CHECK(w.send(mo, begin_at(0, 5, {1, 9})));
    CHECK(w.frames == 0);
}

TEST_CASE("a live stroke ends at the limit of points", "[whiteboard][live]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    w.send(pia, begin_at(0, 5));
    w.send(pia, on_from(0, 1, points_per_stroke_max - 1));
    CHECK(w.page().size() == 0);
    w.send(pia, on_from(0, points_per_stroke_max, 1));
    REQUIRE(w.shape(5));
    CHECK(count_points(w.shape(5)->properties.bytes(property::points), points_per_stroke_max) ==
          points_per_stroke_max);
}

TEST_CASE("viewers follow who leads, and nobody else", "[whiteboard][live]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    auto& mo = w.enter("mo", role::moderator);
    auto& vic = w.enter("vic", role::viewer);
    w.ask(pia, board_stage{{1, 1}});
    CHECK(w.heard<stage_set>(vic).back().stage.leader == "pia");
    const rectangle_seen seen{160, 160, 8000, 6000};
    w.send(pia, view_frame{seen});
    w.send(mo, view_frame{{0, 0, 1, 1}});
    w.send(vic, view_frame{{0, 0, 2, 2}});
    CHECK(w.heard<view_moved>(vic) == std::vector<view_moved>{{{1, 1}, seen}});
    CHECK(w.board.staged().view == seen);
    auto& late = w.enter("late", role::viewer);
    CHECK(w.heard<opened>(late).at(0).stage.view == seen);
}

TEST_CASE("live messages are made once for all who get them", "[whiteboard][live]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    for (int at = 0; at < 200; ++at) w.enter("viewer " + std::to_string(at), role::viewer);
    w.send(pia, begin_at(0, 5));
    w.board.handle_frame(pia.link, pia.who, conf::as_bytes(encode(client_frame(on_from(0, 1)))), w.at, w.out);
    REQUIRE(w.out.messages.size() == 1);
    const auto first = w.out.messages[0];
    CHECK(first.to->size() == 201);
    CHECK(first.but == pia.link);
    CHECK(first.by == lane::at_once);
    w.out.clear();
    w.board.handle_frame(pia.link, pia.who, conf::as_bytes(encode(client_frame(on_from(0, 3)))), w.at, w.out);
    CHECK(w.out.messages.at(0).to == first.to);  // the very same list
}
