#include "tests/whiteboard/world.hpp"

#include <catch2/catch.hpp>

using namespace board_test;
using namespace conf::boards;

namespace {
std::vector<page_number> pages_of(const world& w, document_number which) {
    std::vector<page_number> all;
    for (const auto& one : w.board.find_document(which)->pages) all.push_back(one.number);
    return all;
}
std::vector<document_number> documents_of(const world& w) {
    std::vector<document_number> all;
    for (const auto& one : w.board.documents()) all.push_back(one.number);
    return all;
}
}  // namespace

TEST_CASE("the first document is staged by itself", "[whiteboard][documents]") {
    world w;
    CHECK(w.board.staged().where == place{1, 1});
    CHECK_FALSE(w.board.staged().leader);
}

TEST_CASE("pages are added, moved and removed, and their numbers are never used again",
          "[whiteboard][documents]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    w.ask(pia, page_add{1, {}});
    w.ask(pia, page_add{1, 1});
    CHECK(pages_of(w, 1) == std::vector<page_number>{3, 1, 2});
    w.ask(pia, page_move{{1, 3}, {}});
    CHECK(pages_of(w, 1) == std::vector<page_number>{1, 2, 3});
    w.ask(pia, page_move{{1, 3}, 2});
    CHECK(pages_of(w, 1) == std::vector<page_number>{1, 3, 2});
    w.ask(pia, page_move{{1, 1}, 1});
    CHECK(pages_of(w, 1) == std::vector<page_number>{1, 3, 2});
    w.change(pia, {box(5)}, 0, {1, 2});
    w.ask(pia, page_remove{{1, 2}});
    w.ask(pia, page_add{1, {}});
    CHECK(pages_of(w, 1) == std::vector<page_number>{1, 3, 4});
    CHECK(w.board.find_page({1, 2}) == nullptr);
    CHECK(w.change(pia, {box(6)}, 0, {1, 2}).why == discard_reason::no_page);
    CHECK_FALSE(w.ask(pia, page_move{{1, 1}, 9}));
    CHECK(w.failure(pia) == "unknown_page");
    CHECK_FALSE(w.ask(pia, page_add{9, {}}));
    CHECK(w.failure(pia) == "unknown_document");
}

TEST_CASE("the last page stays, and a staged page that goes hands over to its neighbour",
          "[whiteboard][documents]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    CHECK_FALSE(w.ask(pia, page_remove{{1, 1}}));
    w.ask(pia, page_add{1, {}});
    w.ask(pia, board_stage{{1, 1}});
    w.ask(pia, page_remove{{1, 1}});
    CHECK(w.board.staged().where == place{1, 2});
    CHECK(w.board.staged().leader == "pia");
}

TEST_CASE("documents are added, moved and removed", "[whiteboard][documents]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    auto& vic = w.enter("vic", role::viewer);
    w.ask(pia, document_add{document_kind::infinite, "Large"});
    w.ask(pia, document_add{document_kind::blank, {}});
    CHECK(w.heard<document_added>(vic).size() == 2);
    CHECK(w.board.find_document(2)->pages.at(0).height == 0);
    w.ask(pia, document_move{3, 1});
    CHECK(documents_of(w) == std::vector<document_number>{3, 1, 2});
    w.ask(pia, document_title{3, "Three"});
    CHECK(w.heard<document_changed>(vic).back().title == "Three");
    w.ask(pia, document_remove{1});
    CHECK(documents_of(w) == std::vector<document_number>{3, 2});
    CHECK(w.board.staged().where == place{3, 1});
    w.ask(pia, document_remove{3});
    w.ask(pia, document_remove{2});
    CHECK(w.board.staged() == stage_info{});
    CHECK(w.heard<stage_set>(vic).back().stage.where.page == 0);
}

TEST_CASE("an upload goes through its states", "[whiteboard][documents]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    auto& vic = w.enter("vic", role::viewer);
    w.ask(pia, document_upload{"plan.pdf", 1000});
    REQUIRE(w.wishes.size() == 1);
    const auto wish = std::get<upload_wish>(w.wishes[0]);
    CHECK(wish.document == 2);
    CHECK(wish.owner == "pia");
    CHECK(w.heard<document_made>(pia).empty());  // the host answers
    CHECK(w.board.find_document(2)->state == document_state::uploading);
    CHECK_FALSE(w.ask(pia, page_add{2, {}}));

    w.board.set_state(2, document_state::converting, progress{0, 2}, w.at, w.out);
    page_info page;
    page.ready = false;
    w.board.set_pages(2, {page, page}, w.at, w.out);
    page.ready = true;
    page.background = "/x/2";
    w.board.set_page(2, 1, page, w.at, w.out);
    w.board.set_page(2, 2, page, w.at, w.out);  // there is none
    w.ask(vic, board_look{{2, 2}, {}});
    CHECK(w.heard<page_changed>(vic).size() == 1);
    CHECK(w.heard<page_changed>(vic)[0].page.background == "/x/2");
    CHECK(w.board.find_document(2)->pages.at(0).ready == false);
    w.board.set_state(2, document_state::ready, std::nullopt, w.at, w.out);
    CHECK_FALSE(w.ask(pia, document_cancel{2}));
    // Only files have what the converter says.
    w.board.set_pages(1, {page}, w.at, w.out);
    w.board.set_page(1, 0, page, w.at, w.out);
    CHECK(w.board.find_document(1)->pages.at(0).background.empty());

    w.ask(pia, document_remove{2});
    CHECK(std::get<document_end>(w.wishes.back()).document == 2);
    w.board.set_state(2, document_state::ready, std::nullopt, w.at, w.out);  // late: nothing
    CHECK(w.board.find_document(2) == nullptr);
}

TEST_CASE("a document that waits in the list is staged by nobody but people", "[whiteboard][documents]") {
    whiteboard boards{settings{}};
    outputs out;
    const conf::rooms::moment at{};
    const std::vector<page_info> pages(2);
    const auto quiet = boards.add_document(document_kind::file, "Welcome", {}, at, out).value();
    boards.set_pages(quiet, pages, at, out, false);
    CHECK(boards.staged().where == place{});
    const auto other = boards.add_document(document_kind::file, "draft", {}, at, out).value();
    boards.remove_document(other, at, out);
    CHECK(boards.staged().where == place{});
    const auto talk = boards.add_document(document_kind::file, "talk", {}, at, out).value();
    boards.set_pages(talk, pages, at, out);
    CHECK(boards.staged().where == place{talk, 1});
    boards.remove_document(talk, at, out);
    CHECK(boards.staged().where == place{quiet, 1});
}

TEST_CASE("a restart changes nothing of a document, whatever its state", "[whiteboard][documents]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    const auto how = GENERATE(document_state::uploading, document_state::converting, document_state::ready,
                              document_state::failed);
    const auto mode = GENERATE(draw_mode::presenter, draw_mode::everybody);
    w.ask(pia, document_upload{"plan.pdf", 1000});
    w.ask(pia, document_add{document_kind::infinite, "Ideas"});
    board_rules rules;
    rules.mode = mode;
    w.ask(pia, rules);
    page_info page;
    page.background = "/x/1";
    if (how != document_state::uploading) w.board.set_pages(2, {page, page}, w.at, w.out);
    w.board.set_state(2, how, std::nullopt, w.at, w.out);
    w.ask(pia, board_close{});  // takes the outputs
    const auto before = w.board.documents();
    w.restart();
    CHECK(w.unreadable == 0);
    CHECK(w.board.documents() == before);
    CHECK(w.board.rules().mode == mode);
}

TEST_CASE("an upload fails with a sentence, and its owner may cancel it", "[whiteboard][documents]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    w.ask(pia, document_upload{"plan.pdf", 1000});
    w.board.set_failed(2, {"encrypted", "The file is encrypted.", 3}, w.at, w.out);
    CHECK(w.board.find_document(2)->state == document_state::failed);
    CHECK(w.board.find_document(2)->error->page == 3);
    pia.who.acts_as = role::viewer;
    CHECK(w.ask(pia, document_cancel{2}));
    CHECK(w.board.find_document(2) == nullptr);
}

TEST_CASE("exports are the host's, and the original only where it may be had", "[whiteboard][documents]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    auto& vic = w.enter("vic", role::viewer);
    w.ask(vic, document_export{1, {}, export_format::pdf, true, false});
    CHECK(std::get<export_wish>(w.wishes.back()).by == "vic");
    CHECK_FALSE(w.ask(vic, document_export{1, {}, export_format::png, true, false}));
    CHECK(w.failure(vic) == "unknown_page");
    CHECK_FALSE(w.ask(vic, document_export{9, {}, export_format::pdf, true, false}));
    w.ask(pia, document_upload{"plan.pdf", 1000});
    CHECK_FALSE(w.ask(vic, document_export{2, {}, export_format::original, true, false}));
    CHECK(w.failure(vic) == "forbidden");
    CHECK(w.ask(pia, document_export{2, {}, export_format::original, true, false}));
    w.ask(pia, document_downloadable{2, true});
    CHECK(w.ask(vic, document_export{2, {}, export_format::original, true, false}));
}

TEST_CASE("a late joiner gets the page, and who comes back the difference", "[whiteboard][documents]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    for (shape_id id = 1; id <= 50; ++id) w.change(pia, {box(id)});
    auto& vic = w.enter("vic", role::viewer);
    const auto first = w.heard<page_state>(vic);
    REQUIRE(first.size() == 1);
    CHECK(first[0].whole);
    CHECK(first[0].shapes.size() == 50);
    const auto known = w.heard<looked>(vic).at(0).at;
    w.leave(vic);
    w.change(pia, {patch(7, {x_is(9)}), remove(8)});
    w.open(vic);
    w.ask(vic, board_look{{1, 1}, known});
    const auto again = w.heard<page_state>(vic);
    REQUIRE(again.size() == 1);
    CHECK_FALSE(again[0].whole);
    CHECK(again[0].shapes.size() == 1);
    CHECK(again[0].removed == std::vector<shape_id>{8});
    // A sequence of another life means nothing.
    w.ask(vic, board_look{{1, 1}, known + 1000});
    CHECK(w.heard<page_state>(vic).back().whole);
}

TEST_CASE("changes go to who looks at their page", "[whiteboard][documents]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    auto& vic = w.enter("vic", role::viewer);
    w.ask(pia, page_add{1, {}});
    w.look(vic, {1, 2});
    w.forget();
    w.change(pia, {box(5)});
    CHECK(w.heard<change_made>(vic).empty());
    w.change(pia, {box(6)}, 0, {1, 2});
    CHECK(w.heard<change_made>(vic).size() == 1);
    w.ask(vic, board_close{});
    w.change(pia, {box(7)}, 0, {1, 2});
    CHECK(w.heard<change_made>(vic).size() == 1);
    CHECK(w.heard<done>(vic).size() == 1);
}
