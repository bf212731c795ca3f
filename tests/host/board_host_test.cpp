// Boards over real WebSockets, with a store whose pace and failures the test decides.
#include "libconf/host/board_host.hpp"

#include "libconf/host/call_host.hpp"
#include "libconf/net/event_loop.hpp"
#include "libconf/net/http_server.hpp"
#include "tests/host/caller.hpp"
#include "tests/host/slow_store.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace conf;
using namespace conf::test;
using namespace conf::boards;

namespace {

struct fixture {
    fixture() {
        auto routes = std::make_shared<net::http_router>();
        calls.add_routes(*routes, {});
        at = server.listen({ip_address::v4(0x7F000001), 0}, routes, nullptr).value();
        loop.start();
    }
    ~fixture() {
        loop.call([this] { server.close(); });
        loop.stop();
    }

    host::board_counters count() {
        host::board_counters made;
        loop.call([&] { made = boards.count(); });
        return made;
    }

    net::event_loop loop;
    slow_store store{loop};
    host::board_host boards{
        {.loop = loop, .store = store, .socket_of = [this](auto which) { return calls.socket_of(which); }}};
    host::call_host calls{{.loop = loop,
                           .store = store,
                           .key = crypto::key_from_seed(1),
                           .admit = [](const host::visitor&) { return rooms::entry{}; },
                           .rooms_open = [] { return true; },
                           .participants_max = [] { return std::size_t{9}; },
                           .ice = [](const auto&) { return rooms::ice_credentials{}; },
                           .boards = &boards}};
    net::http_server server{loop, {}};
    endpoint at;
};

/// Somebody who has the board open. The first one in a room moderates.
struct painter : caller {
    painter(fixture& on, const std::string& name) : caller(on.at, "tuesday") {
        me = enter(name)["you"];
        opened = ask({{"type", "board.open"}});
    }
    json ask(json what) {
        what["id"] = ++request;
        send(what);
        return answer(request);
    }
    void look(place at) {
        const auto got = ask({{"type", "board.look"}, {"document", at.document}, {"page", at.page}});
        CHECK(got["type"] == "ok");
    }
    place add_page() {
        const auto made = ask({{"type", "document.add"}, {"kind", "blank"}});
        REQUIRE(made["type"] == "ok");
        return {made["document"], 1};
    }
    void draw(place at, shape_id id, std::uint64_t number) {
        change_frame what{.number = number, .gesture = number, .where = at, .ops = {}};
        what.ops.push_back(
            {.kind = op_kind::put,
             .id = id,
             .type = shape_type::rectangle,
             .properties = {number_value(property::width, 1600), number_value(property::height, 1600)}});
        send_binary(encode(client_frame(std::move(what))));
    }
    void begin_stroke(place at, shape_id id) {
        live_begin_frame what{.slot = 0, .where = at, .id = id, .type = shape_type::pen};
        what.points = encode_points({.all = {{0, 0}, {160, 160}}});
        send_binary(encode(client_frame(std::move(what))));
    }
    /// The next message of that kind; others before it are left out.
    template <class Frame>
    Frame next() {
        while (true) {
            const auto text = read_binary();
            REQUIRE_FALSE(text.empty());
            const auto all = decode_server_frames(as_bytes(text));
            REQUIRE(all.has_value());
            for (const auto& one : *all) {
                if (const auto* const found = std::get_if<Frame>(&one)) return *found;
            }
        }
    }

    std::string me;
    json opened;
    std::uint64_t request = 10;
};

}  // namespace

TEST_CASE("what one draws the others see, when it is kept", "[host][board]") {
    fixture on;
    painter ann(on, "Ann");
    CHECK(ann.opened["type"] == "ok");
    const auto page = ann.add_page();
    painter bob(on, "Bob");
    CHECK(bob.opened["documents"].size() == 1);
    ann.look(page);
    bob.look(page);
    on.loop.call([&] { on.store.held = true; });
    ann.draw(page, 7, 1);
    on.store.wait_for_save();
    // Live ink does not wait for the disk.
    ann.begin_stroke(page, 8);
    CHECK(bob.next<live_begun>().stroke.id == 8);
    SECTION("it is kept") {
        on.loop.call([&] { on.store.answer({}); });
        const auto told = ann.next<change_verdict>();
        CHECK(told.number == 1);
        CHECK(told.how == outcome::rebase);  // the server gives the index
        const auto seen = bob.next<change_made>();
        CHECK(seen.number == told.at);
        CHECK(seen.ops.front().id == 7);
        CHECK(on.count().rebased == 1);
    }
    SECTION("it is not") {
        on.loop.call([&] { on.store.answer(conf::error(std::make_error_code(std::errc::io_error))); });
        // It is on the board, and everybody sees it; but nobody is told that it is safe.
        std::optional<change_verdict> told;
        std::optional<change_made> seen;
        while (!told || !seen) {
            const auto text = ann.read_binary();
            const auto some = decode_server_frames(as_bytes(text));
            REQUIRE(some.has_value());
            for (const auto& one : *some) {
                if (const auto* const verdict = std::get_if<change_verdict>(&one)) told = *verdict;
                if (const auto* const change = std::get_if<change_made>(&one)) seen = *change;
            }
        }
        CHECK(told->how == outcome::discard);
        CHECK(told->why == discard_reason::not_saved);
        CHECK(seen->ops.front().id == 7);
        CHECK(bob.next<change_made>().ops.front().id == 7);
    }
}

TEST_CASE("answers wait for the store, too", "[host][board]") {
    fixture on;
    painter ann(on, "Ann");
    on.loop.call([&] { on.store.held = true; });
    ann.send({{"type", "document.add"}, {"id", 50}, {"kind", "blank"}});
    on.store.wait_for_save();
    on.loop.call([&] { on.store.answer(conf::error(std::make_error_code(std::errc::io_error))); });
    CHECK(ann.answer(50)["code"] == "not_saved");
    on.loop.call([&] { on.boards.set_saving(false); });
    CHECK(ann.ask({{"type", "document.add"}, {"kind", "blank"}})["code"] == "not_saved");
}

TEST_CASE("boards are loaded when somebody asks, and put away when nobody looks", "[host][board]") {
    fixture on;
    place page;
    {
        painter ann(on, "Ann");
        page = ann.add_page();
        ann.look(page);
        ann.draw(page, 7, 1);
        CHECK(ann.next<change_verdict>().how == outcome::rebase);
        CHECK(on.count().rooms == 1);
        CHECK(on.count().connections == 1);
        ann.send({{"type", "leave"}, {"id", 99}});
        CHECK(ann.answer(99)["type"] == "ok");
        while (!ann.read().is_number()) {}
    }
    CHECK(on.count().rooms == 0);
    painter bob(on, "Bob");
    CHECK(bob.opened["documents"].size() == 1);
    bob.look(page);
    const auto state = bob.next<page_state>();
    REQUIRE(state.shapes.size() == 1);
    CHECK(state.shapes.front().id == 7);
}

TEST_CASE("rights are those of the moment, and a stroke whose right ends is put whole", "[host][board]") {
    fixture on;
    painter ann(on, "Ann");
    const auto page = ann.add_page();
    ann.look(page);
    painter bob(on, "Bob");
    bob.look(page);
    bob.draw(page, 5, 1);
    auto verdict = bob.next<change_verdict>();
    CHECK(verdict.how == outcome::discard);
    CHECK(verdict.why == discard_reason::no_right);
    CHECK(ann.ask({{"type", "role"}, {"participant", bob.me}, {"role", "presenter"}})["type"] == "ok");
    bob.begin_stroke(page, 6);
    CHECK(ann.next<live_begun>().stroke.id == 6);
    CHECK(ann.ask({{"type", "role"}, {"participant", bob.me}, {"role", "viewer"}})["type"] == "ok");
    const auto put = ann.next<change_made>();
    CHECK(put.ops.front().id == 6);
    bob.draw(page, 9, 2);
    verdict = bob.next<change_verdict>();
    CHECK(verdict.number == 2);
    CHECK(verdict.why == discard_reason::no_right);
    CHECK(on.count().discarded[static_cast<std::size_t>(discard_reason::no_right)] == 2);
}

TEST_CASE("the stroke of a lost connection is put as far as it came", "[host][board]") {
    fixture on;
    painter ann(on, "Ann");
    const auto page = ann.add_page();
    ann.look(page);
    {
        painter bob(on, "Bob");
        CHECK(ann.ask({{"type", "board.rules"}, {"mode", "everybody"}})["type"] == "ok");
        bob.look(page);
        bob.begin_stroke(page, 6);
        CHECK(ann.next<live_begun>().stroke.id == 6);
    }
    CHECK(ann.next<change_made>().ops.front().id == 6);
}

TEST_CASE("binary messages are for who is in and has asked for the board", "[host][board]") {
    fixture on;
    painter ann(on, "Ann");
    const auto page = ann.add_page();
    ann.look(page);
    caller stranger(on.at, "tuesday");
    stranger.send_binary("\x15");
    CHECK(stranger.hello()["type"] == "ok");
    stranger.send({{"type", "board.open"}, {"id", 3}});
    CHECK(stranger.answer(3)["code"] == "not_joined");
    ann.send_binary("nonsense");
    ann.draw(page, 7, 1);
    CHECK(ann.next<change_verdict>().how == outcome::rebase);
    CHECK(on.count().undecodable == 1);
}

TEST_CASE("an honest hand is never thrown out for its pace", "[host][board]") {
    fixture on;
    painter ann(on, "Ann");
    const auto page = ann.add_page();
    ann.look(page);
    // 300 at once: 240 are done, the others discarded as too fast, each with its verdict.
    for (std::uint64_t n = 1; n <= 300; ++n) ann.draw(page, n, n);
    unsigned done = 0;
    unsigned fast = 0;
    for (std::uint64_t n = 1; n <= 300; ++n) {
        const auto told = ann.next<change_verdict>();
        REQUIRE(told.number == n);
        done += told.how == outcome::rebase ? 1 : 0;
        fast += told.why == discard_reason::rate ? 1 : 0;
    }
    CHECK(done >= 240);
    CHECK(done + fast == 300);
    CHECK(ann.ask({{"type", "board.undo"}, {"document", page.document}, {"page", page.page}})["type"] ==
          "ok");
}

TEST_CASE("the meeting's end clears its boards", "[host][board]") {
    fixture on;
    painter ann(on, "Ann");
    const auto page = ann.add_page();
    ann.look(page);
    ann.draw(page, 7, 1);
    CHECK(ann.next<change_verdict>().how == outcome::rebase);
    ann.send({{"type", "end"}, {"id", 60}});
    while (!ann.read().is_number()) {}
    painter bob(on, "Bob");
    CHECK(bob.opened["documents"].empty());
}

TEST_CASE("a program draws, and is told when it is kept", "[host][board]") {
    fixture on;
    std::vector<bool> kept;
    document_number number = 0;
    on.loop.call([&] {
        on.boards.with_board(
            "tuesday",
            [&](whiteboard& board, const rooms::moment& at, boards::outputs& out) {
                number = board.add_document(document_kind::blank, "Plan", std::nullopt, at, out).value();
            },
            [&](bool saved) { kept.push_back(saved); });
    });
    painter ann(on, "Ann");  // by then it has happened
    on.loop.call([&] { CHECK(kept == std::vector<bool>{true}); });
    CHECK(ann.opened["documents"][0]["number"] == number);
    CHECK(ann.opened["documents"][0]["title"] == "Plan");
}
