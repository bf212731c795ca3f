#include "libconf/signalling/codec.hpp"
#include "libconf/whiteboard/limits.hpp"
#include "libconf/whiteboard/permissions.hpp"

#include <catch2/catch.hpp>

using namespace conf::boards;
using conf::signalling::decode;
using conf::signalling::encode;
using conf::signalling::undecodable;

namespace {

/// With every optional field there, in the order of the protocol.
std::vector<request_body> all_board_requests() {
    return {
        board_open{},
        board_close{},
        board_look{{3, 2}, 17},
        board_stage{{3, 2}},
        board_rules{draw_mode::writers, false},
        board_writer{"h3k", true},
        board_lock{{3, 2}, true},
        board_clear{{3, 2}, clear_what::user, "h3k"},
        board_undo{{3, 2}},
        board_redo{{3, 2}},
        board_import{{3, 2}, "{\"type\":\"excalidraw\"}"},
        page_add{3, 2},
        page_remove{{3, 2}},
        page_move{{3, 2}, 1},
        document_add{document_kind::infinite, "Large"},
        document_upload{"plan.pdf", 1000},
        document_cancel{3},
        document_title{3, "Plan"},
        document_downloadable{3, true},
        document_move{3, 1},
        document_remove{3},
        document_export{3, 2, export_format::svg, false, true},
    };
}

}  // namespace

TEST_CASE("requests about boards are read as they are written", "[signalling][boards]") {
    const auto all = all_board_requests();
    REQUIRE(all.size() == request_count);
    for (std::size_t at = 0; at < all.size(); ++at) {
        REQUIRE(all[at].index() == at);
        const request asked{at + 1, all[at]};
        const auto text = encode(asked);
        INFO(text);
        const auto read = decode(text);
        REQUIRE(std::holds_alternative<request>(read));
        CHECK(std::get<request>(read) == asked);
    }
}

TEST_CASE("fields of boards are checked", "[signalling][boards]") {
    struct bad_field {
        std::string text;
        std::string field;
    };
    const auto c = GENERATE(values<bad_field>({
        {R"("type":"board.look","page":1)", "document"},
        {R"("type":"board.look","document":1)", "page"},
        {R"("type":"board.look","document":0,"page":1)", "document"},
        {R"("type":"board.look","document":1,"page":-1)", "page"},
        {R"("type":"board.look","document":1,"page":1.5)", "page"},
        {R"("type":"board.look","document":9007199254740992,"page":1)", "document"},
        {R"("type":"board.look","document":1,"page":1,"since":"x")", "since"},
        {R"("type":"board.rules","mode":"nobody")", "mode"},
        {R"("type":"board.rules","cursors":1)", "cursors"},
        {R"("type":"board.writer","participant":"a")", "on"},
        {R"("type":"board.clear","what":"everything","document":1,"page":1)", "what"},
        {R"("type":"board.clear","what":"own","document":1)", "page"},
        {R"("type":"board.clear","what":"user","document":1,"page":1)", "participant"},
        {R"("type":"document.add","kind":"file")", "kind"},
        {R"("type":"document.add","kind":"cube")", "kind"},
        {R"("type":"document.add","kind":"blank","title":"")", "title"},
        {R"("type":"document.upload","name":"a.pdf","bytes":0)", "bytes"},
        {R"("type":"document.export","document":1,"format":"gif")", "format"},
        {R"("type":"board.import","document":1,"page":1,"excalidraw":{}})", "excalidraw"},
    }));
    const auto text = "{\"id\":5," + c.text + (c.text.back() == '}' ? "" : "}");
    INFO(text);
    const auto read = decode(text);
    REQUIRE(std::holds_alternative<undecodable>(read));
    const auto& why = std::get<undecodable>(read);
    CHECK(why.id == 5);
    CHECK(why.why.code == conf::rooms::error_code::bad_message);
    CHECK(why.why.field == c.field);
}

TEST_CASE("lengths of names and files at the limit and above it", "[signalling][boards]") {
    const auto is_good = [](request_body what) {
        return std::holds_alternative<request>(decode(encode(request{1, std::move(what)})));
    };
    CHECK(is_good(document_upload{std::string(256, 'n'), 1}));
    CHECK_FALSE(is_good(document_upload{std::string(257, 'n'), 1}));
    CHECK(is_good(document_title{1, std::string(256, 'n')}));
    CHECK_FALSE(is_good(document_title{1, std::string(257, 'n')}));
    const auto file_of = [](std::size_t bytes) {
        return R"({"id":1,"type":"board.import","document":1,"page":1,"excalidraw":")" +
               std::string(bytes, ' ') + "\"}";
    };
    CHECK(std::holds_alternative<request>(decode(file_of(import_bytes_max))));
    CHECK_FALSE(std::holds_alternative<request>(decode(file_of(import_bytes_max + 1))));
}

TEST_CASE("messages about boards as the protocol writes them", "[signalling][boards]") {
    struct written {
        message what;
        std::string text;
    };
    document_info file{.number = 3, .kind = document_kind::file, .title = "Plan.pdf", .owner = "h3k"};
    file.state = document_state::converting;
    file.done = progress{7, 60};
    file.pages = {{.number = 1, .ready = false, .background = "/b/1"}};
    const auto c = GENERATE_COPY(values<written>({
        {{7, done{}}, R"({"type":"ok","id":7})"},
        {{7, looked{17}}, R"({"type":"ok","id":7,"sequence":17})"},
        {{7, cleared{3}}, R"({"type":"ok","id":7,"removed":3})"},
        {{7, undone{1}}, R"({"type":"ok","id":7,"changed":1})"},
        {{7, imported{2, 1}}, R"({"type":"ok","id":7,"made":2,"left_out":1})"},
        {{7, page_made{4}}, R"({"type":"ok","id":7,"page":4})"},
        {{7, document_made{4, "/u"}}, R"({"type":"ok","id":7,"document":4,"url":"/u"})"},
        {{7, exported{"/e"}}, R"({"type":"ok","id":7,"url":"/e"})"},
        {{7, failure{conf::rooms::error_code::unknown_page, "no", "page", {}, {}}},
         R"({"type":"error","id":7,"code":"unknown_page","message":"no","field":"page"})"},
        {{{}, stage_set{{{3, 1}, "h3k", rectangle_seen{-168, 1, 23040, 0}}}},
         R"({"type":"board.stage","document":3,"page":1,"leader":"h3k","view":{"x":-10.5,)"
         R"("y":0.0625,"width":1440,"height":0}})"},
        {{{}, stage_set{}}, R"({"type":"board.stage"})"},
        {{{}, rules_set{{draw_mode::writers, {"a", "b"}, true}}},
         R"({"type":"board.rules","mode":"writers","writers":["a","b"],"cursors":true})"},
        {{{}, author_known{{4, "h3k", "Ada"}}},
         R"({"type":"board.author","number":4,"id":"h3k","name":"Ada"})"},
        {{{}, document_added{file, 2}},
         R"({"type":"document.added","document":{"number":3,"kind":"file",)"
         R"("title":"Plan.pdf","owner":"h3k","downloadable":false,)"
         R"("state":"converting","progress":{"done":7,"of":60},"pages":[{"number":1,)"
         R"("width":1440,"height":1080,"locked":false,)"
         R"("background":"/b/1","ready":false}]},"before":2})"},
        {{{},
          document_changed{
              3, {}, true, document_state::failed, {}, document_error{"bomb", "Too much.", 2}, {}}},
         R"({"type":"document.changed","number":3,"downloadable":true,"state":"failed",)"
         R"("error":{"code":"bomb","message":"Too much.","page":2}})"},
        {{{}, page_changed{3, {.number = 1, .locked = true}}},
         R"({"type":"document.page","number":3,"page":{"number":1,"width":1440,)"
         R"("height":1080,"locked":true,"ready":true}})"},
        {{{}, document_moved{3, {}}}, R"({"type":"document.moved","number":3})"},
        {{{}, document_removed{3}}, R"({"type":"document.removed","number":3})"},
    }));
    CHECK(encode(c.what) == c.text);
}

TEST_CASE("the answer to board.open tells all", "[signalling][boards]") {
    opened what;
    what.stage.where = {3, 1};
    what.you = 4;
    what.last = 9;
    what.token = "t";
    what.authors = {{4, "h3k", "Ada"}};
    CHECK(encode(message{7, what}) ==
          R"({"type":"ok","id":7,"stage":{"document":3,"page":1},"rules":{"mode":"presenter",)"
          R"("writers":[],"cursors":true},)"
          R"("documents":[],"authors":[{"number":4,"id":"h3k","name":"Ada"}],"you":4,"last":9,)"
          R"("token":"t","limits":{)"
          R"("shapes_per_page":10000,"pages_per_document":500,"documents":50,)"
          R"("points_per_stroke":4096,"change_bytes":50000,)"
          R"("ops_per_change":1000,"changes_per_second":60,"authors":2000,"undo_entries":100}})");
}
