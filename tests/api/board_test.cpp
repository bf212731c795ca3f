// Boards for programs, by the library's face and by HTTP, while people look.
#include <conf/board.hpp>
#include <conf/server.hpp>

#include "tests/host/caller.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

using namespace conf;
using namespace conf::test;

namespace {

struct fixture {
    explicit fixture(bool open = true) {
        server_options options;
        options.http.listen = {"127.0.0.1:0"};
        options.rooms.open = open;
        made.emplace(server::create(std::move(options)).value());
        at = *endpoint::parse(made->listening().front().substr(7));
    }

    struct answer {
        int status = 0;
        json body;
        std::string text;
    };
    /// To the room "physics".
    [[nodiscard]] answer ask(const std::string& method, const std::string& path,
                             const std::string& token = {}, const std::string& body = {}) const {
        test_client client(at);
        client.send(method + " /api/v1/rooms/physics/board" + path + " HTTP/1.1\r\nHost: t\r\n" +
                    (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
        const auto got = client.read_answer();
        return {got.status, json::parse(got.body, nullptr, false), got.body};
    }
    [[nodiscard]] std::string invite(meeting_role role) const {
        return made->meetings().invite({.room = "physics", .role = role}).value();
    }

    std::optional<server> made;
    endpoint at;
};

}  // namespace

TEST_CASE("a program draws, reads and exports", "[api][board]") {
    const fixture on;
    const auto board = on.made->board("physics").value();
    const auto page = board.add_document(board_kind::blank, "Forces").value();
    const auto ids = board
                         .draw(page, {{.type = "rectangle",
                                       .x = 10,
                                       .y = 20,
                                       .width = 300,
                                       .height = 100,
                                       .colour = "#0b6e4f",
                                       .fill = "half",
                                       .title = "A box"},
                                      {.type = "pen", .points = {{0, 0, 10}, {5, 5, {}}}},
                                      {.type = "text", .text = "mass", .font_size = 48}})
                         .value();
    REQUIRE(ids.size() == 3);
    const auto shapes = board.shapes(page).value();
    REQUIRE(shapes.size() == 3);
    CHECK(shapes[0].id == ids[0]);
    CHECK(shapes[0].type == "rectangle");
    CHECK(shapes[0].x == 10);
    CHECK(shapes[0].width == 300);
    CHECK(shapes[0].colour == "#0b6e4f");
    CHECK(shapes[0].fill == "half");
    CHECK(shapes[0].title == "A box");
    CHECK(shapes[0].author == 0);
    REQUIRE(shapes[1].points.size() == 2);
    CHECK(shapes[1].points[0].pressure == 10);
    CHECK(shapes[1].points[1].x == 5);
    CHECK(shapes[2].text == "mass");
    CHECK(shapes[2].font_size == 48);
    const auto svg = board.svg(page).value();
    CHECK(svg.starts_with("<svg"));
    CHECK(svg.find("mass") != std::string::npos);
    CHECK(board.json(page).value().find("\"rectangle\"") != std::string::npos);

    const auto other = board.add_document(board_kind::infinite).value();
    CHECK(board.import_excalidraw(other, board.excalidraw(page).value()).value() == 3);
    CHECK(board.clear(page).value() == 3);
    CHECK(board.shapes(page).value().empty());
    CHECK(board.shapes(other).value().size() == 3);
    const auto documents = board.documents().value();
    REQUIRE(documents.size() >= 2);
    CHECK(documents[documents.size() - 2].title == "Forces");
    CHECK(documents.back().kind == "infinite");
    CHECK(documents.back().pages == std::vector<board_page>{other});
}

TEST_CASE("what a program draws, people see; what people draw, it reads", "[api][board]") {
    const fixture on;
    const auto board = on.made->board("physics").value();
    caller ann(on.at, "physics");
    (void)ann.enter("Ann");
    ann.send({{"type", "board.open"}, {"id", 3}});
    CHECK(ann.answer(3)["type"] == "ok");
    const auto page = board.add_document(board_kind::blank).value();
    CHECK(ann.event("document.added")["document"]["number"] == page.document);
    CHECK(board.stage(page).has_value());
    CHECK(ann.event("board.stage")["document"] == page.document);
    ann.send({{"type", "board.look"}, {"id", 4}, {"document", page.document}, {"page", page.page}});
    CHECK(ann.answer(4)["type"] == "ok");
    (void)ann.read_binary();  // the state: nothing yet
    CHECK(board.draw(page, {{.type = "ellipse", .width = 50, .height = 50}}).has_value());
    CHECK(ann.read_binary()[0] == '\x11');
    ann.send({{"type", "board.clear"},
              {"id", 5},
              {"document", page.document},
              {"page", page.page},
              {"what", "page"}});
    CHECK(ann.answer(5)["removed"] == 1);
    CHECK(board.shapes(page).value().empty());
}

TEST_CASE("what can not be is an error, and nothing is drawn", "[api][board]") {
    fixture on;
    CHECK(on.made->board("no room").error().code() == board_errc::bad_room);
    const auto board = on.made->board("physics").value();
    const auto page = board.add_document(board_kind::blank).value();
    const auto bad = board.draw(page, {{.type = "ellipse", .width = 5}, {.type = "ellipse", .width = -5}});
    REQUIRE_FALSE(bad.has_value());
    CHECK(bad.error().code() == board_errc::bad_shape);
    CHECK(bad.error().message().find("ops[1].width") != std::string::npos);
    CHECK(board.draw(page, {{.type = "pen"}}).error().code() == board_errc::bad_shape);  // without points
    CHECK(board.shapes(page).value().empty());
    CHECK(board.svg({page.document, 7}).error().code() == board_errc::unknown_page);
    CHECK(board.stage({99, 1}).error().code() == board_errc::unknown_page);
    CHECK(board.clear({99, 1}).error().code() == board_errc::unknown_page);
    CHECK(board.import_excalidraw(page, "{}").error().code() == board_errc::bad_file);
    for (int code = 1; code <= 6; ++code) CHECK(board_category().message(code).size() > 10);
    on.made.reset();
    CHECK(board.documents().error().code() == media_errc::stopped);
}

TEST_CASE("handlers may not wait for the thread that they run on", "[api][board]") {
    std::optional<error> got;
    std::mutex mutex;
    std::condition_variable came;
    std::optional<conf::board> board;
    fixture on;  // the last: it may call the handler until it ends
    board = on.made->board("physics").value();
    on.made->meetings().on_event([&](const meeting_event&) {
        const std::lock_guard lock(mutex);
        if (const auto all = board->documents(); !all) got = all.error();
        came.notify_one();
    });
    caller ann(on.at, "physics");
    (void)ann.enter("Ann");
    std::unique_lock lock(mutex);
    REQUIRE(came.wait_for(lock, std::chrono::seconds(20), [&] { return got.has_value(); }));
    CHECK(got->code() == media_errc::wrong_thread);
}

TEST_CASE("boards over HTTP", "[api][board]") {
    const fixture on(false);
    const auto teacher = on.invite(meeting_role::presenter);
    const auto pupil = on.invite(meeting_role::viewer);
    const auto made = on.ask("POST", "/documents", teacher, R"({"kind": "blank", "title": "Forces"})");
    CHECK(made.status == 201);
    const auto page = "/" + std::to_string(made.body["document"].get<int>()) + "/1";
    const auto drawn =
        on.ask("POST", page, teacher,
               R"({"ops": [{"op": "put", "type": "rectangle", "width": 300, "height": 100}]})");
    CHECK(drawn.status == 200);
    REQUIRE(drawn.body["ids"].size() == 1);
    CHECK(on.ask("POST", "/stage", teacher,
                 R"({"document": )" + made.body["document"].dump() + R"(, "page": 1})")
              .status == 204);

    const auto all = on.ask("GET", "", pupil);
    CHECK(all.status == 200);
    CHECK(all.body["stage"]["page"] == 1);
    const auto got = on.ask("GET", page, pupil);
    CHECK(got.status == 200);
    CHECK(got.body["shapes"][0]["id"] == drawn.body["ids"][0]);
    CHECK(on.ask("GET", page + "?format=svg", pupil).text.starts_with("<svg"));
    const auto file = on.ask("GET", page + "?format=excalidraw", pupil);
    CHECK(file.body["elements"].size() == 1);
    const auto again = on.ask("POST", page + "/import", teacher, file.text);
    CHECK(again.body["made"] == 1);
    CHECK(on.ask("DELETE", page, teacher).body["removed"] == 2);
    CHECK(on.ask("GET", page, pupil).body["shapes"].empty());
}

TEST_CASE("who may not is told why", "[api][board]") {
    struct refused_case {
        std::string method;
        std::string path;
        std::string token;
        std::string body;
        int status;
        std::string code;
    };
    const auto put = std::string(R"({"ops": [{"op": "put", "type": "ellipse"}]})");
    const auto c = GENERATE_COPY(values<refused_case>({
        {"GET", "", "", "", 401, "unknown_room"},
        {"GET", "", "nonsense", "", 401, "bad_token"},
        {"GET", "", "other", "", 401, "bad_token"},
        {"GET", "", "once", "", 403, "forbidden"},
        {"POST", "/1/1", "pupil", put, 403, "forbidden"},
        {"DELETE", "/1/1", "pupil", "", 403, "forbidden"},
        {"POST", "/documents", "pupil", "{}", 403, "forbidden"},
        {"POST", "/documents", "teacher", R"({"kind": "file"})", 400, "bad_message"},
        {"GET", "/99/1", "pupil", "", 404, "unknown_page"},
        {"GET", "/x/1", "pupil", "", 404, "unknown_page"},
        {"POST", "/99/1", "teacher", put, 404, "unknown_page"},
        {"POST", "/99/1", "teacher", "{", 400, "bad_message"},
        {"POST", "/stage", "teacher", R"({"document": 99, "page": 1})", 404, "unknown_page"},
        {"POST", "/stage", "teacher", "{}", 400, "bad_message"},
        {"POST", "/99/1/import", "teacher", "{}", 404, "unknown_page"},
    }));
    INFO(c.method << " " << c.path << " " << c.body);
    const fixture on(false);
    const auto meetings = on.made->meetings();
    const auto token = [&]() -> std::string {
        constexpr auto presenter = meeting_role::presenter;
        if (c.token == "teacher") return on.invite(presenter);
        if (c.token == "pupil") return on.invite(meeting_role::viewer);
        if (c.token == "once")
            return meetings.invite({.room = "physics", .role = presenter, .uses = 1}).value();
        if (c.token == "other") return meetings.invite({.room = "algebra", .role = presenter}).value();
        return c.token;
    };
    const auto got = on.ask(c.method, c.path, token(), c.body);
    CHECK(got.status == c.status);
    CHECK(got.body["error"]["code"] == c.code);
    CHECK(got.body["error"]["message"].get<std::string>().size() > 10);
}

TEST_CASE("in an open room everybody looks, and nobody draws without a token", "[api][board]") {
    const fixture on;
    CHECK(on.ask("GET", "").status == 200);
    CHECK(on.ask("POST", "/documents", "", R"({"kind": "blank"})").status == 403);
    CHECK(on.ask("POST", "/documents", on.invite(meeting_role::moderator), R"({"kind": "blank"})").status ==
          201);
}
