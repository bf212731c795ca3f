#include "libconf/whiteboard/page_json.hpp"
#include "tests/whiteboard/world.hpp"

#include <catch2/catch.hpp>

using namespace board_test;
using namespace conf::boards;
using conf::rooms::record_kind;

namespace {
settings small_log() {
    settings made;
    made.log_records = 400;
    made.log_bytes = 100'000;
    return made;
}
std::size_t count_of(const world& w, record_kind kind) {
    std::size_t count = 0;
    for (const auto& [key, value] : w.store) count += key.first == kind ? 1 : 0;
    return count;
}
}  // namespace

TEST_CASE("everything that was acknowledged is there after a kill", "[whiteboard][records]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    w.ask(pia, document_add{document_kind::infinite, "Large"});
    w.ask(pia, page_add{1, 1});
    w.ask(pia, document_move{2, 1});
    w.ask(pia, board_rules{draw_mode::writers, false});
    w.ask(pia, board_writer{"vic", true});
    w.ask(pia, board_lock{{1, 2}, true});
    w.ask(pia, board_stage{{1, 2}});
    w.change(pia, {box(5)}, 0, {2, 1});
    w.change(pia, {patch(5, {x_is(7)})}, 0, {2, 1});
    const auto documents = w.board.documents();
    const auto rules = w.board.rules();
    const auto stage = w.board.staged();
    const auto authors = w.board.authors();
    const auto page = page_to_json(w.page({2, 1}));
    w.restart();
    CHECK(w.unreadable == 0);
    CHECK(w.board.documents() == documents);
    CHECK(w.board.rules() == rules);
    CHECK(w.board.staged() == stage);
    CHECK(w.board.authors() == authors);
    CHECK(page_to_json(w.page({2, 1})) == page);
    CHECK(w.board.last_sequence() == 2);
    // Numbers go on.
    w.open(pia);
    w.ask(pia, document_add{document_kind::blank, {}});
    CHECK(w.heard<document_made>(pia).at(0).document == 3);
    w.ask(pia, page_add{1, {}});
    CHECK(w.heard<page_made>(pia).at(0).page == 3);
}

TEST_CASE("the log is compacted, and a page's state is the same before and after", "[whiteboard][records]") {
    world w(small_log());
    auto& pia = w.enter("pia", role::presenter);
    std::size_t most = 0;
    for (std::size_t at = 1; at <= 2 * w.options.log_records; ++at) {
        w.change(pia, {at % 3 == 0 ? patch(at / 3, {x_is(static_cast<std::int64_t>(at))}) : stroke(at, 10)});
        w.wait(std::chrono::milliseconds(20));
        most = std::max(most, count_of(w, record_kind::board_log));
    }
    CHECK(most <= w.options.log_records + 1);
    CHECK(count_of(w, record_kind::board_bucket) > 2);
    const auto page = page_to_json(w.page());
    const auto known = w.board.last_sequence();
    w.restart();
    CHECK(w.unreadable == 0);
    CHECK(page_to_json(w.page()) == page);
    // Who was there before comes back with the difference, not with everything.
    w.open(pia);
    w.ask(pia, board_look{{1, 1}, known});
    CHECK_FALSE(w.heard<page_state>(pia).at(0).whole);
    w.ask(pia, board_look{{1, 1}, 5});
    CHECK(w.heard<page_state>(pia).size() > 1);
}

TEST_CASE("large changes are compacted by their bytes", "[whiteboard][records]") {
    world w(small_log());
    auto& pia = w.enter("pia", role::presenter);
    const auto text = [](char c) { return bytes_value(property::text, std::string(text_characters_max, c)); };
    w.change(pia, {put(1, shape_type::text, {text('a')})});
    std::size_t changes = 0;
    while (count_of(w, record_kind::board_bucket) == 0 && ++changes < 1000) {
        w.change(pia, {patch(1, {text(static_cast<char>('a' + changes % 26))})});
        w.wait(std::chrono::milliseconds(20));
    }
    CHECK(changes >= w.options.log_bytes / text_characters_max - 2);
    CHECK(changes <= w.options.log_bytes / text_characters_max + 2);
}

TEST_CASE("records of what is removed go", "[whiteboard][records]") {
    world w(small_log());
    auto& pia = w.enter("pia", role::presenter);
    w.ask(pia, page_add{1, {}});
    for (std::size_t at = 1; at <= w.options.log_records + 1; ++at) {
        w.change(pia, {at == 1 ? box(1) : patch(1, {x_is(static_cast<std::int64_t>(at))})}, 3, {1, 2});
        w.wait(std::chrono::milliseconds(20));
    }
    CHECK(count_of(w, record_kind::board_bucket) == 1);
    w.ask(pia, page_remove{{1, 2}});
    CHECK(count_of(w, record_kind::board_bucket) == 0);
    w.ask(pia, document_remove{1});
    CHECK(count_of(w, record_kind::board_document) == 0);
    w.restart();
    CHECK(w.unreadable == 0);
    CHECK(w.board.documents().empty());
}

TEST_CASE("a meeting that ends leaves nothing of its boards", "[whiteboard][records]") {
    world w(small_log());
    auto& pia = w.enter("pia", role::presenter);
    auto& vic = w.enter("vic", role::viewer);
    for (std::size_t at = 1; at <= w.options.log_records + 10; ++at) {
        w.change(pia, {at == 1 ? box(1) : patch(1, {x_is(static_cast<std::int64_t>(at))})});
        w.wait(std::chrono::milliseconds(20));
    }
    w.board.forget(w.at, w.out);
    w.ask(vic, board_close{});  // takes the outputs
    CHECK(w.store.empty());
    CHECK(w.heard<document_removed>(vic).size() == 1);
    CHECK(w.board.documents().empty());
    CHECK(w.board.authors().empty());
    // And goes on with new numbers.
    w.ask(pia, document_add{document_kind::blank, {}});
    CHECK(w.heard<document_made>(pia).back().document == 2);
    w.look(pia, {2, 1});
    CHECK(w.change(pia, {box(1)}, 0, {2, 1}).how != outcome::discard);
    w.restart();
    CHECK(w.unreadable == 0);
    CHECK(w.page({2, 1}).size() == 1);
}

TEST_CASE("torn records are counted, and the rest is read", "[whiteboard][records]") {
    world w(small_log());
    auto& pia = w.enter("pia", role::presenter);
    w.ask(pia, document_add{document_kind::blank, "Second"});
    for (std::size_t at = 1; at <= w.options.log_records + 5; ++at) {
        w.change(pia, {at <= 300 ? box(at) : patch(1, {x_is(static_cast<std::int64_t>(at))})});
        w.wait(std::chrono::milliseconds(20));
    }
    const auto whole = w.store;
    std::size_t torn = 0;
    for (const auto& [key, value] : whole) {
        const bool is_one_of_many =
            key.first == record_kind::board_log || key.first == record_kind::board_undo;
        if (++torn % 41 != 0 && is_one_of_many) continue;
        INFO(static_cast<int>(key.first) << " " << key.second);
        w.store = whole;
        w.store[key] = value.substr(0, value.size() / 2);
        w.restart();
        CHECK(w.unreadable >= 1);
        w.store[key] = std::string(200, '\xFF');
        w.restart();
        CHECK(w.unreadable >= 1);
    }
    w.store = whole;
    w.store[{record_kind::board_bucket, "nonsense"}] = "x";
    w.store[{record_kind::chat, "1"}] = "another core's";
    w.restart();
    CHECK(w.unreadable == 1);
    CHECK(w.page().size() == 300);
}

TEST_CASE("the event log tells all that happens, for replays", "[whiteboard][records]") {
    settings logged;
    logged.log = true;
    world w(logged);
    auto& pia = w.enter("pia", role::presenter);
    std::vector<happening> log;
    const auto handle = [&](const client_frame& what) {
        w.board.handle_frame(pia.link, pia.who, conf::as_bytes(encode(what)), w.at, w.out);
        log.insert(log.end(), w.out.log.begin(), w.out.log.end());
        w.out.clear();
    };
    // Nobody else looks, and yet everything is told.
    handle(live_begin_frame{0, {1, 1}, 5, shape_type::pen, {}, diagonal(2)});
    handle(change_frame{1, 0, {1, 1}, {stroke(5, 9)}});
    handle(change_frame{2, 0, {1, 1}, {patch(5, {x_is(3)})}});
    page copy({1, 1});
    std::size_t changes = 0;
    for (const auto& one : log) {
        const auto* const frame = std::get_if<shared_frame>(&one.what);
        if (frame == nullptr) continue;
        const auto read = decode_server_frames(conf::as_bytes(**frame));
        REQUIRE(read.has_value());
        if (const auto* const change = std::get_if<change_made>(&read->front())) {
            copy.apply({change->number, change->author, change->at, change->where, change->ops}, nullptr);
            CHECK(one.at == w.at.wall);
            ++changes;
        }
    }
    CHECK(changes == 2);
    CHECK(log.size() == 4);  // the author's name, too
    CHECK(page_to_json(copy) == page_to_json(w.page()));
}
