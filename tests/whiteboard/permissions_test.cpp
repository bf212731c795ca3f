#include "libconf/whiteboard/permissions.hpp"

#include "tests/whiteboard/world.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace board_test;
using namespace conf::boards;

namespace {

/// The table of PROTOCOL.md, section 9, in its words, written once more.
verdict expected(act what, const circumstances& c) {
    const bool is_viewer = c.acts_as == role::viewer;
    const bool is_moderator = c.acts_as == role::moderator;
    const bool listed_draws = c.mode == draw_mode::everybody || (c.mode == draw_mode::writers && c.listed);
    const bool draws = !is_viewer || listed_draws;
    const auto unless_locked = [&](bool right, bool minds_shape) {
        if (!right) return verdict::no_right;
        if (c.page_locked && !is_moderator) return verdict::locked;
        return minds_shape && c.shape_locked ? verdict::locked : verdict::yes;
    };
    switch (what) {
        case act::put:
        case act::own_work: return unless_locked(draws, false);
        case act::patch: return unless_locked(is_moderator || (draws && c.own), true);
        case act::remove: return unless_locked(!is_viewer || (draws && c.own), true);
        case act::lock_shape: return unless_locked(is_moderator || (draws && c.own), false);
        case act::clear_others: return unless_locked(!is_viewer, false);
        case act::point: return !is_viewer || c.cursors || listed_draws ? verdict::yes : verdict::no_right;
        case act::steer: return is_viewer ? verdict::no_right : verdict::yes;
    }
    return verdict::no_right;
}

}  // namespace

TEST_CASE("the table says what the protocol's does, in all circumstances", "[whiteboard][permissions]") {
    std::size_t tried = 0;
    for (const auto acts_as : {role::viewer, role::presenter, role::moderator}) {
        for (const auto mode : {draw_mode::presenter, draw_mode::writers, draw_mode::everybody}) {
            for (unsigned bits = 0; bits < 32; ++bits) {
                const circumstances c{
                    acts_as,         mode, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0,
                    (bits & 16) != 0};
                for (std::size_t which = 0; which < act_count; ++which) {
                    const auto what = static_cast<act>(which);
                    INFO(permissions()[which].name << " role " << static_cast<int>(acts_as) << " mode "
                                                   << name_of(mode) << " bits " << bits);
                    CHECK(may(what, c) == expected(what, c));
                    ++tried;
                }
            }
        }
    }
    CHECK(tried == 3 * 3 * 32 * act_count);
}

TEST_CASE("every op of everybody on everything is as the table says", "[whiteboard][permissions]") {
    // A raw client sends every op (SEC-COL-2), with each role, mode, page lock, shape lock, and shapes of his
    // own and of others.
    for (const auto acts_as : {role::viewer, role::presenter, role::moderator}) {
        for (const auto mode : {draw_mode::presenter, draw_mode::writers, draw_mode::everybody}) {
            for (unsigned bits = 0; bits < 16; ++bits) {
                const bool listed = (bits & 1) != 0;
                const bool own = (bits & 2) != 0;
                const bool page_locked = (bits & 4) != 0;
                const bool shape_locked = (bits & 8) != 0;
                world w;
                auto& mo = w.enter("mo", role::moderator);
                auto& raw = w.enter("raw", role::moderator);
                for (shape_id id = 1; id <= 4; ++id) {
                    w.change(own ? raw : mo, {box(id)});
                    if (shape_locked) w.change(mo, {patch(id, {locked_is(true)})});
                }
                raw.who.acts_as = acts_as;
                w.ask(mo, board_rules{mode, {}});
                if (listed) w.ask(mo, board_writer{"raw", true});
                w.ask(mo, board_lock{{1, 1}, page_locked});
                const circumstances c{acts_as, mode, listed, true, own, page_locked, shape_locked};
                const std::array<std::pair<act, op>, 4> ops{
                    {{act::put, box(9)},
                     {act::patch, patch(2, {x_is(5)})},
                     {act::remove, remove(3)},
                     {act::lock_shape, patch(4, {locked_is(!shape_locked)})}}};
                for (const auto& [what, one] : ops) {
                    INFO(permissions()[static_cast<std::size_t>(what)].name
                         << " role " << static_cast<int>(acts_as) << " mode " << name_of(mode) << " bits "
                         << bits);
                    auto on = c;
                    if (what == act::put) on.shape_locked = false;
                    const auto got = w.change(raw, {one});
                    const auto wanted = may(what, on);
                    CHECK((got.how != outcome::discard) == (wanted == verdict::yes));
                    if (wanted == verdict::no_right) CHECK(got.why == discard_reason::no_right);
                    if (wanted == verdict::locked) CHECK(got.why == discard_reason::locked);
                }
            }
        }
    }
}

TEST_CASE("requests that need a right are refused without it", "[whiteboard][permissions]") {
    world w;
    auto& vic = w.enter("vic", role::viewer);
    const auto request = GENERATE(values<request_body>({
        board_stage{{1, 1}},
        board_rules{draw_mode::everybody, {}},
        board_writer{"vic", true},
        board_lock{{1, 1}, true},
        board_clear{{1, 1}, clear_what::own, {}},
        board_clear{{1, 1}, clear_what::page, {}},
        board_clear{{1, 0}, clear_what::all, {}},
        board_clear{{1, 1}, clear_what::user, "mo"},
        board_undo{{1, 1}},
        board_redo{{1, 1}},
        board_import{{1, 1}, "{}"},
        page_add{1, {}},
        page_remove{{1, 1}},
        page_move{{1, 1}, {}},
        document_add{document_kind::blank, {}},
        document_upload{"a.pdf", 100},
        document_cancel{1},
        document_title{1, "x"},
        document_downloadable{1, true},
        document_move{1, {}},
        document_remove{1},
        document_export{1, {}, export_format::original, true, false},
    }));
    INFO(rule_of(request).type);
    const auto kept = w.store;
    CHECK_FALSE(w.ask(vic, request));
    CHECK(w.failure(vic) == "forbidden");
    CHECK(w.store == kept);
    CHECK(w.wishes.empty());
}

TEST_CASE("nothing is done before the board is open, or while the store does not work",
          "[whiteboard][permissions]") {
    world w;
    auto& mo = w.add("mo", role::moderator);
    CHECK_FALSE(w.ask(mo, board_look{{1, 1}, {}}));
    CHECK(w.failure(mo) == "not_open");
    CHECK_FALSE(w.send(mo, pointer_frame{}));
    w.open(mo);
    w.look(mo);
    w.board.set_saving(false);
    CHECK_FALSE(w.ask(mo, board_rules{draw_mode::everybody, {}}));
    CHECK(w.failure(mo) == "not_saved");
    CHECK(w.change(mo, {box(5)}).why == discard_reason::not_saved);
    CHECK(w.shape(5) == nullptr);
    w.board.set_saving(true);
    CHECK(w.change(mo, {box(5)}).how != outcome::discard);
}

TEST_CASE("a revoked right also refuses what was under way, without a notice", "[whiteboard][permissions]") {
    world w;
    auto& mo = w.enter("mo", role::moderator);
    auto& vic = w.enter("vic", role::viewer);
    w.ask(mo, board_rules{draw_mode::writers, {}});
    w.ask(mo, board_writer{"vic", true});
    CHECK(w.change(vic, {box(5)}).how != outcome::discard);
    w.ask(mo, board_writer{"vic", false});
    w.forget();
    const auto late = w.change(vic, {box(6)});
    CHECK(late.how == outcome::discard);
    CHECK(late.why == discard_reason::no_right);
    CHECK(w.heard<failure>(vic).empty());
    CHECK(w.heard<change_made>(mo).empty());
}
