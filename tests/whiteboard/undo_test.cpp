#include "libconf/whiteboard/page_json.hpp"
#include "tests/whiteboard/world.hpp"

#include <catch2/catch.hpp>

using namespace board_test;
using namespace conf::boards;

namespace {

std::size_t undo(world& w, client& who, place where = {1, 1}) {
    w.ask(who, board_undo{where});
    return w.heard<undone>(who).back().changed;
}
std::size_t redo(world& w, client& who, place where = {1, 1}) {
    w.ask(who, board_redo{where});
    return w.heard<undone>(who).back().changed;
}
double x_of(const world& w, shape_id id) {
    return w.shape(id)->properties.units(property::x);
}

}  // namespace

TEST_CASE("undo takes back one's own last, redo does it again", "[whiteboard][undo]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    w.change(pia, {box(5, 10)});
    w.change(pia, {patch(5, {x_is(20)})});
    CHECK(undo(w, pia) == 1);
    CHECK(x_of(w, 5) == 10);
    CHECK(undo(w, pia) == 1);
    CHECK(w.shape(5) == nullptr);
    CHECK(undo(w, pia) == 0);
    CHECK(redo(w, pia) == 1);
    CHECK(x_of(w, 5) == 10);
    CHECK(redo(w, pia) == 1);
    CHECK(x_of(w, 5) == 20);
    CHECK(redo(w, pia) == 0);
    // Back and forth as often as one likes.
    CHECK(undo(w, pia) == 1);
    CHECK(redo(w, pia) == 1);
    CHECK(x_of(w, 5) == 20);
}

TEST_CASE("a new change ends what could be redone", "[whiteboard][undo]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    w.change(pia, {box(5)});
    undo(w, pia);
    w.change(pia, {box(6)});
    CHECK(redo(w, pia) == 0);
    CHECK(w.shape(5) == nullptr);
}

TEST_CASE("undo never touches what others did", "[whiteboard][undo]") {
    world w;
    auto& mo = w.enter("mo", role::moderator);
    auto& may = w.enter("may", role::moderator);
    w.change(mo, {box(5, 10)});
    w.change(mo, {patch(5, {x_is(20), colour_is(0xFF0000)})});
    w.change(may, {patch(5, {x_is(30)})});
    CHECK(undo(w, mo) == 1);
    CHECK(x_of(w, 5) == 30);                                             // somebody else's
    CHECK(w.shape(5)->properties.number(property::colour) == 0x1D1D1F);  // one's own
    CHECK(undo(w, may) == 1);
    CHECK(x_of(w, 5) == 20);
    // Taken back with all that was done to it, and brought back with all of that.
    w.change(may, {patch(5, {x_is(40)})});
    CHECK(undo(w, mo) == 1);
    CHECK(w.shape(5) == nullptr);
    CHECK(redo(w, mo) == 1);
    CHECK(x_of(w, 5) == 40);
    CHECK(w.shape(5)->author == 1);
}

TEST_CASE("an entry of which nothing is left is passed over", "[whiteboard][undo]") {
    world w;
    auto& mo = w.enter("mo", role::moderator);
    auto& may = w.enter("may", role::moderator);
    w.change(mo, {box(5, 10), box(6)});
    w.change(mo, {patch(6, {x_is(7)})});
    w.change(mo, {patch(5, {x_is(20)})});
    w.change(may, {patch(5, {x_is(30)})});
    CHECK(undo(w, mo) == 1);
    CHECK(x_of(w, 5) == 30);
    CHECK(x_of(w, 6) == 0);
}

TEST_CASE("undo of a removal brings the shape back as it was, with its author", "[whiteboard][undo]") {
    world w;
    auto& mo = w.enter("mo", role::moderator);
    auto& pia = w.enter("pia", role::presenter);
    auto& vic = w.enter("vic", role::viewer);
    w.change(pia, {stroke(5, 40)});
    const auto before = *w.shape(5);
    w.change(mo, {remove(5)});
    w.forget();
    CHECK(undo(w, mo) == 1);
    auto after = *w.shape(5);
    CHECK(after.version > before.version);
    after.version = before.version;
    CHECK(after == before);
    CHECK(w.heard<change_made>(vic).at(0).ops.at(0).kind == op_kind::restore);
    CHECK(w.heard<change_made>(mo).size() == 1);  // he is told, too
}

TEST_CASE("changes of one gesture are one entry", "[whiteboard][undo]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    w.change(pia, {box(5, 0), box(6, 0)});
    for (std::int64_t step = 1; step <= 30; ++step)
        w.change(pia, {patch(5, {x_is(step)}), patch(6, {x_is(2 * step)})}, 77);
    CHECK(undo(w, pia) == 2);
    CHECK(x_of(w, 5) == 0);
    CHECK(x_of(w, 6) == 0);
    CHECK(redo(w, pia) == 2);
    CHECK(x_of(w, 6) == 60);
    // What a gesture made and moved goes at once.
    w.change(pia, {box(7)}, 78);
    w.change(pia, {patch(7, {x_is(5)})}, 78);
    CHECK(undo(w, pia) == 1);
    CHECK(w.shape(7) == nullptr);
    CHECK(redo(w, pia) == 1);
    CHECK(x_of(w, 7) == 5);
}

TEST_CASE("undo is of the page that is named", "[whiteboard][undo]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    w.ask(pia, page_add{1, {}});
    w.change(pia, {box(5)});
    w.change(pia, {box(6)}, 0, {1, 2});
    CHECK(undo(w, pia, {1, 1}) == 1);
    CHECK(w.shape(5) == nullptr);
    CHECK(w.shape(6, {1, 2}) != nullptr);
    CHECK(undo(w, pia, {1, 2}) == 1);
    CHECK(redo(w, pia, {1, 2}) == 1);
    // The page goes, and with it what was done there.
    w.ask(pia, page_remove{{1, 2}});
    CHECK_FALSE(w.ask(pia, board_undo{{1, 2}}));
}

TEST_CASE("who may not draw any more may not undo; what is locked stays", "[whiteboard][undo]") {
    world w;
    auto& mo = w.enter("mo", role::moderator);
    auto& vic = w.enter("vic", role::viewer);
    w.ask(mo, board_rules{draw_mode::everybody, {}});
    w.change(vic, {box(5), box(6)});
    w.ask(mo, board_rules{draw_mode::presenter, {}});
    CHECK_FALSE(w.ask(vic, board_undo{{1, 1}}));
    CHECK(w.failure(vic) == "forbidden");
    w.ask(mo, board_rules{draw_mode::everybody, {}});
    w.change(mo, {patch(5, {locked_is(true)})});
    CHECK(undo(w, vic) == 1);
    CHECK(w.shape(5) != nullptr);
    CHECK(w.shape(6) == nullptr);
}

TEST_CASE("undo and redo survive a reconnect and a restart", "[whiteboard][undo]") {
    const bool compacted = GENERATE(false, true);
    INFO(compacted);
    settings small;
    small.log_records = 50;
    world w(small);
    auto& pia = w.enter("pia", role::presenter);
    auto& mo = w.enter("mo", role::moderator);
    w.change(pia, {box(5, 10)});
    w.change(pia, {patch(5, {x_is(20)})});
    w.change(pia, {patch(5, {x_is(30)})});
    w.change(pia, {remove(5)});
    undo(w, pia);
    undo(w, pia);
    w.leave(pia);
    if (compacted) {
        // Enough changes that what is kept is kept whole.
        for (std::size_t at = 0; at <= small.log_records; ++at) {
            w.change(mo, {at == 0 ? box(900) : patch(900, {x_is(static_cast<std::int64_t>(at))})}, 1);
        }
        w.wait(std::chrono::milliseconds(1));
        CHECK(w.store.contains(
            {conf::rooms::record_kind::board_bucket, "0000000000000001.0000000000000001.0000000000000000"}));
    }
    const auto before = page_to_json(w.page());
    w.restart();
    CHECK(w.unreadable == 0);
    CHECK(page_to_json(w.page()) == before);
    w.open(pia);
    w.look(pia);
    CHECK(x_of(w, 5) == 20);
    CHECK(redo(w, pia) == 1);
    CHECK(x_of(w, 5) == 30);
    CHECK(redo(w, pia) == 1);
    CHECK(w.shape(5) == nullptr);
    CHECK(undo(w, pia) == 1);
    CHECK(undo(w, pia) == 1);
    CHECK(undo(w, pia) == 1);
    CHECK(x_of(w, 5) == 10);
    CHECK(undo(w, pia) == 1);
    CHECK(w.shape(5) == nullptr);
    CHECK(undo(w, pia) == 0);
}

TEST_CASE("so many entries are kept for a person", "[whiteboard][undo]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    w.change(pia, {box(5)});
    for (std::size_t step = 1; step <= undo_entries_max; ++step) {
        w.change(pia, {patch(5, {x_is(static_cast<std::int64_t>(step))})});
        w.wait(std::chrono::milliseconds(20));
    }
    std::size_t undone = 0;
    while (undo(w, pia) == 1) {
        ++undone;
        w.wait(std::chrono::milliseconds(20));
    }
    CHECK(undone == undo_entries_max);
    CHECK(w.shape(5) != nullptr);
    CHECK(x_of(w, 5) == 0);
}
