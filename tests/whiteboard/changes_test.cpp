#include "tests/whiteboard/world.hpp"

#include <catch2/catch.hpp>

using namespace board_test;
using namespace conf::boards;

TEST_CASE("a change is committed, stamped by the server, and told to everybody else",
          "[whiteboard][changes]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    auto& vic = w.enter("vic", role::viewer);
    w.forget();
    auto forged = stroke(5);
    const auto verdict = w.change(pia, {forged});
    CHECK(verdict.how == outcome::rebase);  // the server gives the index
    CHECK(verdict.at == 1);
    const auto* const made = w.shape(5);
    REQUIRE(made);
    CHECK(w.board.authors().at(0).id == "pia");
    CHECK(made->author == w.board.authors().at(0).number);
    CHECK(made->created == w.at.wall);
    CHECK(made->version == 1);

    const auto told = w.heard<change_made>(vic);
    REQUIRE(told.size() == 1);
    CHECK(told[0].number == 1);
    CHECK(told[0].ops == verdict.ops);
    CHECK(w.heard<author_known>(vic).size() == 1);
    CHECK(w.heard<change_made>(pia).empty());
}

TEST_CASE("a put with a free index is committed as sent", "[whiteboard][changes]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    auto one = box(5);
    one.properties.insert(one.properties.begin(), bytes_value(property::index, "a5"));
    CHECK(w.change(pia, {one}).how == outcome::commit);
    one.id = 6;
    const auto second = w.change(pia, {one});
    CHECK(second.how == outcome::rebase);
    CHECK(w.shape(6)->properties.bytes(property::index) == "a6");
    one.id = 7;
    w.change(pia, {one});
    CHECK(w.shape(7)->properties.bytes(property::index) == "a5V");
}

TEST_CASE("different properties at once both stay; of the same the later one", "[whiteboard][changes]") {
    world w;
    auto& mo = w.enter("mo", role::moderator);
    auto& may = w.enter("may", role::moderator);
    w.change(mo, {box(5)});
    w.forget();
    CHECK(w.change(mo, {patch(5, {x_is(100)})}).how == outcome::commit);
    CHECK(w.change(may, {patch(5, {colour_is(0xFF0000)})}).how == outcome::commit);
    CHECK(w.shape(5)->properties.units(property::x) == 100);
    CHECK(w.shape(5)->properties.number(property::colour) == 0xFF0000);
    w.change(may, {patch(5, {x_is(200)})});
    CHECK(w.shape(5)->properties.units(property::x) == 200);
    CHECK(w.heard<change_made>(mo).size() == 2);
}

TEST_CASE("changes to what is gone are left out", "[whiteboard][changes]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    w.change(pia, {box(5), box(6)});
    w.change(pia, {remove(5)});
    const auto patched = w.change(pia, {patch(5, {x_is(1)})});
    CHECK(patched.how == outcome::discard);
    CHECK(patched.why == discard_reason::nothing);
    // A late put does not bring it back, either.
    CHECK(w.change(pia, {box(5)}).how == outcome::discard);
    CHECK(w.shape(5) == nullptr);
    const auto half = w.change(pia, {patch(5, {x_is(1)}), patch(6, {x_is(2)})});
    CHECK(half.how == outcome::rebase);
    CHECK(half.ops.size() == 1);
}

TEST_CASE("a change that is sent twice is done once, after a restart too", "[whiteboard][changes]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    const change_frame sent{7, 0, {1, 1}, {box(5)}};
    w.send(pia, sent);
    w.change(pia, {remove(5)});  // number 1 was long ago: decided
    CHECK(w.shape(5) != nullptr);
    pia.next_change = 8;
    w.change(pia, {remove(5)});
    w.restart();
    w.open(pia);
    CHECK(w.heard<opened>(pia).at(0).last == 8);
    w.send(pia, sent);
    CHECK(w.heard<change_verdict>(pia).at(0).how == outcome::commit);
    CHECK(w.heard<change_verdict>(pia).at(0).at == 0);
    CHECK(w.shape(5) == nullptr);
}

TEST_CASE("a put of one's own shape that is there is a patch", "[whiteboard][changes]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    auto& mo = w.enter("mo", role::moderator);
    w.change(pia, {stroke(5, 3)});
    CHECK(w.change(pia, {stroke(5, 9)}).how == outcome::rebase);
    CHECK(w.shape(5)->properties.bytes(property::points) == diagonal(9));
    CHECK(w.change(mo, {stroke(5, 1)}).how == outcome::discard);  // an id that is taken
    CHECK(w.shape(5)->author == 1);
}

TEST_CASE("parents are groups and frames, without circles, and not too deep", "[whiteboard][changes]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    const auto in = [](shape_id parent) { return bytes_value(property::parent, id_bytes(parent)); };
    w.change(pia, {put(1, shape_type::group), put(2, shape_type::group, {in(1)}), box(9)});
    CHECK(w.shape(2)->properties.parent() == 1);
    w.change(pia, {patch(1, {in(2)})});
    CHECK(w.shape(1)->properties.parent() == 0);
    w.change(pia, {patch(2, {in(9)})});
    CHECK(w.shape(2)->properties.parent() == 0);
    w.change(pia, {patch(1, {in(1)})});
    CHECK(w.shape(1)->properties.parent() == 0);
    w.change(pia, {patch(1, {in(77)})});
    CHECK(w.shape(1)->properties.parent() == 0);
    for (shape_id id = 100; id < 100 + parents_max; ++id)
        w.change(pia, {put(id, shape_type::group,
                           id > 100 ? std::vector{in(id - 1)} : std::vector<property_value>{})});
    w.change(pia, {patch(9, {in(100 + parents_max - 1)})});
    CHECK(w.shape(9)->properties.parent() == 100 + parents_max - 1);
    w.change(pia, {put(200, shape_type::group, {in(100 + parents_max - 1)})});
    w.change(pia, {patch(9, {in(200)})});
    CHECK(w.shape(9)->properties.parent() == 0);
}

TEST_CASE("lines that are not their text's are refused", "[whiteboard][changes]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    const auto text = [](std::string what) { return bytes_value(property::text, std::move(what)); };
    const auto lines = [](std::string what) { return bytes_value(property::lines, std::move(what)); };
    w.change(pia, {put(5, shape_type::text, {text("one two"), lines("one\ntwo")})});
    CHECK(w.shape(5)->properties.bytes(property::lines) == "one\ntwo");
    const auto verdict = w.change(pia, {patch(5, {text("three four")})});
    CHECK(verdict.how == outcome::rebase);
    CHECK(w.shape(5)->properties.bytes(property::lines).empty());
    w.change(pia, {patch(5, {lines("five\nsix")})});
    CHECK(w.shape(5)->properties.bytes(property::lines).empty());
}

TEST_CASE("verdicts come before what the server adds, and a page gets new keys when they grow",
          "[whiteboard][changes]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    auto& vic = w.enter("vic", role::viewer);
    auto low = box(1);
    low.properties.insert(low.properties.begin(), bytes_value(property::index, "a0"));
    auto high = box(2);
    high.properties.insert(high.properties.begin(), bytes_value(property::index, "a1"));
    w.change(pia, {low, high});
    w.forget();
    shape_id id = 10;
    std::size_t rebalanced = 0;
    for (; id < 1000 && rebalanced == 0; ++id) {
        auto one = box(id);
        // Each directly above the one before and below the last.
        const auto& page = w.page();
        one.properties.insert(
            one.properties.begin(),
            bytes_value(property::index,
                        std::string(page.find(id == 10 ? 1 : id - 1)->properties.bytes(property::index))));
        w.change(pia, {one});
        w.wait(std::chrono::milliseconds(20));
        for (const auto& told : w.heard<change_made>(pia)) rebalanced += told.author == 0 ? 1 : 0;
    }
    CHECK(id > 100);
    CHECK(rebalanced == 1);
    for (const auto* one : w.page().in_order()) CHECK(one->properties.bytes(property::index).size() <= 4);
    // The order stays: 1 below all, 2 above all.
    CHECK(w.page().in_order().front()->id == 1);
    CHECK(w.page().in_order().back()->id == 2);
    CHECK(w.heard<change_made>(vic).back().author == 0);
}

TEST_CASE("clear takes one's own, one person's, a page or all", "[whiteboard][changes]") {
    world w;
    auto& mo = w.enter("mo", role::moderator);
    auto& pia = w.enter("pia", role::presenter);
    auto& vic = w.enter("vic", role::viewer);
    w.ask(mo, board_rules{draw_mode::everybody, {}});
    w.ask(mo, page_add{1, {}});
    const auto draw = [&] {
        const auto first = static_cast<boards::shape_id>(w.at.wall.count()) * 100;
        w.change(mo, {box(first + 1)});
        w.change(pia, {box(first + 2)});
        w.change(vic, {box(first + 3), put(first + 4, shape_type::group, {locked_is(true)})});
        w.change(vic, {box(first + 5)}, 0, {1, 2});
        w.wait(std::chrono::milliseconds(1));
    };
    const auto removed = [&](client& who) { return w.heard<cleared>(who).back().removed; };
    draw();
    w.ask(vic, board_clear{{1, 1}, clear_what::own, {}});
    CHECK(removed(vic) == 1);
    draw();
    w.ask(vic, board_clear{{1, 1}, clear_what::page, {}});
    CHECK(w.failure(vic) == "forbidden");
    w.ask(pia, board_clear{{1, 1}, clear_what::user, "vic"});
    CHECK(removed(pia) == 1);
    w.ask(pia, board_clear{{1, 1}, clear_what::user, "nobody"});
    CHECK(removed(pia) == 0);
    w.ask(pia, board_clear{{1, 1}, clear_what::page, {}});
    CHECK(removed(pia) == 4);
    CHECK(w.page().size() == 2);  // what is locked stays
    draw();
    w.ask(mo, board_clear{{1, 0}, clear_what::all, {}});
    CHECK(removed(mo) == 6);
    CHECK(w.page({1, 2}).size() == 0);
    CHECK(w.page().size() == 3);
    w.ask(mo, board_undo{{1, 2}});
    CHECK(w.heard<undone>(mo).back().changed == 6);
    CHECK(w.page({1, 2}).size() == 3);
}

TEST_CASE("a program draws without a person", "[whiteboard][changes]") {
    world w;
    auto& vic = w.enter("vic", role::viewer);
    std::string ops;
    append_ops(ops, {box(5)});
    CHECK(w.board.draw({1, 1}, conf::as_bytes(ops), w.at, w.out));
    CHECK(w.shape(5)->author == 0);
    CHECK_FALSE(w.board.draw({1, 9}, conf::as_bytes(ops), w.at, w.out));
    CHECK_FALSE(w.board.draw({1, 1}, conf::as_bytes("\x01"), w.at, w.out));
    w.ask(vic, board_look{{1, 1}, std::nullopt});
    CHECK(w.heard<change_made>(vic).size() == 1);
}
