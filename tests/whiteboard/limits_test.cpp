#include "tests/whiteboard/world.hpp"

#include <catch2/catch.hpp>

using namespace board_test;
using namespace conf::boards;

TEST_CASE("a page takes so many shapes", "[whiteboard][limits]") {
    settings small;
    small.shapes_per_page = 20;
    world w(small);
    auto& pia = w.enter("pia", role::presenter);
    for (shape_id id = 1; id < 20; ++id) w.change(pia, {box(id)});
    CHECK(w.change(pia, {box(100), box(101)}).why == discard_reason::limit);
    CHECK(w.page().size() == 19);
    CHECK(w.change(pia, {box(100)}).how == outcome::rebase);
    CHECK(w.change(pia, {box(101)}).why == discard_reason::limit);
    // The same shape twice is one; what is there can be changed.
    CHECK(w.change(pia, {patch(100, {x_is(1)})}).how == outcome::commit);
    w.change(pia, {remove(100)});
    CHECK(w.change(pia, {box(102)}).how == outcome::rebase);
    w.ask(pia, board_undo{{1, 1}});
    w.change(pia, {box(103)});
    w.ask(pia, board_undo{{1, 1}});
    CHECK(w.page().size() <= 20);
    CHECK(settings().shapes_per_page == 10'000);
    CHECK(settings().documents == documents_max);
    CHECK(settings().pages_per_document == pages_per_document_max);
    CHECK(settings().authors == authors_max);
}

TEST_CASE("a live stroke finds no place on a full page", "[whiteboard][limits]") {
    settings small;
    small.shapes_per_page = 1;
    world w(small);
    auto& pia = w.enter("pia", role::presenter);
    auto& vic = w.enter("vic", role::viewer);
    w.change(pia, {box(1)});
    w.send(pia, live_begin_frame{0, {1, 1}, 5, shape_type::pen, {}, diagonal(3)});
    w.leave(pia);
    CHECK(w.page().size() == 1);
    CHECK(w.heard<live_dropped>(vic).size() == 1);
}

TEST_CASE("so many documents, pages, writers", "[whiteboard][limits]") {
    settings small;
    small.documents = 5;
    small.pages_per_document = 7;
    world w(small);
    auto& pia = w.enter("pia", role::presenter);
    const auto paced = [&](request_body what) {
        w.wait(std::chrono::milliseconds(25));
        return w.ask(pia, std::move(what));
    };
    for (std::size_t count = 1; count < small.documents; ++count)
        CHECK(paced(document_add{document_kind::blank, {}}));
    CHECK_FALSE(paced(document_add{document_kind::blank, {}}));
    CHECK(w.failure(pia) == "limit");
    CHECK_FALSE(paced(document_upload{"a.pdf", 1}));
    CHECK_FALSE(w.board.add_document(document_kind::blank, "", {}, w.at, w.out));
    for (std::size_t count = 1; count < small.pages_per_document; ++count) CHECK(paced(page_add{1, {}}));
    CHECK_FALSE(paced(page_add{1, {}}));
    CHECK(w.failure(pia) == "limit");
    for (std::size_t count = 0; count < writers_max; ++count)
        CHECK(paced(board_writer{std::to_string(count), true}));
    CHECK_FALSE(paced(board_writer{"one more", true}));
    CHECK(paced(board_writer{"7", true}));  // is on it already
    CHECK(paced(board_writer{"7", false}));
    CHECK(paced(board_writer{"one more", true}));
}

TEST_CASE("changes, live points, pointers and requests have their rates", "[whiteboard][limits]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    auto& vic = w.enter("vic", role::viewer);
    w.change(pia, {box(5)});
    for (std::size_t count = 1; count < changes_burst; ++count) {
        REQUIRE(w.change(pia, {patch(5, {x_is(static_cast<std::int64_t>(count))})}).how == outcome::commit);
    }
    CHECK(w.change(pia, {patch(5, {x_is(1)})}).why == discard_reason::rate);
    w.wait(std::chrono::seconds(1));
    for (std::size_t count = 0; count < changes_per_second; ++count) {
        REQUIRE(w.change(pia, {patch(5, {x_is(static_cast<std::int64_t>(count))})}).how != outcome::discard);
    }
    CHECK(w.change(pia, {patch(5, {x_is(1)})}).why == discard_reason::rate);

    std::size_t shown = 0;
    for (std::size_t count = 0; count < 2 * live_burst; ++count) {
        shown +=
            w.send(pia, live_begin_frame{0, {1, 1}, 100 + count, shape_type::pen, {}, diagonal(1)}) ? 1 : 0;
    }
    CHECK(shown == live_burst);
    w.wait(std::chrono::seconds(10));
    w.forget();
    for (std::size_t count = 0; count < 3 * pointers_burst; ++count) {
        w.send(pia, pointer_frame{pointer_kind::cursor, static_cast<std::int64_t>(count), 0});
    }
    w.wait(pointer_tick);
    CHECK(w.heard<pointers_moved>(vic).at(0).all.at(0).at.x == static_cast<std::int64_t>(pointers_burst) - 1);

    std::size_t answered = 0;
    for (int count = 0; count < 500; ++count) answered += w.ask(vic, board_look{{1, 1}, {}}) ? 1 : 0;
    CHECK(answered == 200);
    CHECK(w.failure(vic) == "rate");
}

TEST_CASE("so many authors are known; then the oldest who is gone makes room", "[whiteboard][limits]") {
    settings small;
    small.authors = 20;
    world w(small);
    auto& mo = w.enter("mo", role::moderator);
    w.change(mo, {box(1)});
    for (std::size_t count = 1; count < small.authors; ++count) {
        auto& one = w.add("p" + std::to_string(count), role::moderator);
        w.open(one);
        w.change(one, {box(count + 1)});
        w.leave(one);
    }
    CHECK(w.board.authors().size() == small.authors);
    auto& last = w.enter("last", role::moderator);
    w.change(last, {box(90'000)});
    CHECK(w.board.authors().size() == small.authors);
    CHECK(w.board.authors().at(0).id == "mo");  // who is here stays
    CHECK(w.board.authors().at(1).id == "p2");
    CHECK(w.board.authors().back().id == "last");
    w.restart();
    CHECK(w.unreadable == 0);
    CHECK(w.board.authors().size() == small.authors);
}

TEST_CASE("who only pointed is forgotten when he goes", "[whiteboard][limits]") {
    world w;
    auto& vic = w.enter("vic", role::viewer);
    w.send(vic, pointer_frame{pointer_kind::cursor, 1, 1});
    CHECK(w.board.authors().size() == 1);
    w.leave(vic);
    CHECK(w.board.authors().empty());
}
