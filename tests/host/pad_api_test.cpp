// Pads over HTTP, with a converter that does what a test wants.
#include "libconf/host/pad_api.hpp"

#include "libconf/net/clock.hpp"
#include "libconf/net/event_loop.hpp"
#include "libconf/net/http_server.hpp"
#include "tests/documents/fixtures.hpp"
#include "tests/net/temp_folder.hpp"
#include "tests/net/test_client.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace conf;
using namespace conf::host;
using namespace std::chrono_literals;
using nlohmann::json;
using test::temp_folder;
using test::test_client;

namespace {

const std::vector<std::string> secrets{"0123456789abcdef"};

/// Makes of a page a file that says the format and holds the page; refuses what has OFFICE, LATE or LOST in
/// it.
constexpr const char* converter = R"bash(#!/bin/bash
read -r line
field() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/" <<<"$line"; }
out=$(field out) in=$(field in)
case $(field job) in
check) echo '{"event":"abilities","documents":true,"office":true,"overlay":true,"problems":[]}' ;;
text)
    says() { head -c 10000 "$in" | grep -qF "$1"; }  # a test brings a very long line, too
    says LOST && exit
    says OFFICE && echo '{"event":"failed","code":"office_missing","message":"x"}' && exit
    says LATE && while [ ! -e "$(dirname "$0")/go" ]; do read -rt 0.02; done
    { field format; cat "$in"; } >"$out/export.$(field format)"
    echo '{"event":"done"}' ;;
pages)
    echo '{"event":"kind","kind":"pdf","ending":"pdf"}'
    echo '{"event":"pages","pages":1,"papers":[[960000,540000]]}'
    echo '<svg/>' >"$out/1.svg"; echo png >"$out/1.png"; cp "$in" "$out/1.txt"
    echo '{"event":"page","page":1}'
    echo pdf >"$out/document.pdf"
    echo '{"event":"done"}' ;;
esac
)bash";

struct world {
    explicit world(bool converts = true) {
        if (converts) {
            const auto path = files.write("converter", converter);
            REQUIRE(chmod(path.c_str(), 0700) == 0);
            auto made = document_host::create(
                {.folder = files.file("documents"), .converter = {path, {}}},
                {.loop = loop,
                 .store = store,
                 .key = crypto::key_from_seed(7),
                 .secrets = []() -> const std::vector<std::string>& { return secrets; },
                 .invitation =
                     [](auto text) { return auth::verify_room_token(text, secrets, net::wall_now()); },
                 .rooms_open = [] { return false; }});
            REQUIRE(made);
            documents = std::move(*made);
            makes = std::make_unique<pad_files>(*documents);
        }
        pads = std::make_unique<pad_host>(pad_host::environment{
            .loop = loop,
            .store = store,
            .key = crypto::key_from_seed(8),
            .rooms_open = [] { return false; },
            .verify = [](auto token) { return auth::verify_pad_token(token, secrets, net::wall_now()); }});
        auto routes = std::make_shared<net::http_router>();
        add_pad_api(*routes, *pads,
                    {.files = makes.get(), .presents = [](auto, auto who) { return who == "presenter"; }});
        if (documents) documents->add_routes(*routes);
        server = std::make_unique<net::http_server>(loop, net::http_limits{});
        at = server->listen({ip_address::v4(0x7F000001), 0}, routes, nullptr).value();
        loop.start();
    }
    ~world() {
        loop.stop();
        server.reset();
    }

    static std::string token(auth::pad_right may = auth::pad_right::manage,
                             const std::string& person = "teacher") {
        return auth::sign(auth::pad_token{.room = "algebra",
                                          .pad = {},
                                          .right = may,
                                          .person = person,
                                          .name = "T",
                                          .expires = net::wall_now() + 1h},
                          secrets[0])
            .value();
    }
    static std::string request(const std::string& method, const std::string& path, const std::string& body,
                               const std::string& by) {
        return method + " /api/v1/rooms/algebra/" + path + " HTTP/1.1\r\nHost: t\r\n" +
               (by.empty() ? "" : "Authorization: Bearer " + by + "\r\n") +
               "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
    }
    [[nodiscard]] test_client::answer ask(const std::string& method, const std::string& path,
                                          const std::string& body = {},
                                          const std::string& by = token()) const {
        test_client client(at);
        client.send(request(method, path, body, by));
        return client.read_answer();
    }
    void write(const std::string& markdown) const {
        REQUIRE(ask("PUT", "pads/notes/content?format=md", markdown).status == 200);
    }

    temp_folder files;
    net::event_loop loop;
    store::memory_store store{[this](std::function<void()> task) { loop.post(std::move(task)); }};
    std::unique_ptr<document_host> documents;
    std::unique_ptr<pad_files> makes;
    std::unique_ptr<pad_host> pads;
    std::unique_ptr<net::http_server> server;
    endpoint at;
};

std::string code_of(const test_client::answer& from) {
    return std::to_string(from.status) + " " + json::parse(from.body)["error"]["code"].get<std::string>();
}

}  // namespace

TEST_CASE("a pad is written, read and looked at over HTTP", "[host][pad]") {
    const world w;
    w.write("# Plan\n\n- [x] meet\n");
    CHECK(w.ask("POST", "pads/notes/content", "later").status == 200);
    CHECK(w.ask("GET", "pads/notes/export").body == "# Plan\n\n- [x] meet\n\nlater\n");
    const auto file = w.ask("GET", "pads/notes/export?format=html");
    CHECK(file.field("Content-Disposition") == "attachment; filename=\"notes.html\"");
    CHECK(file.body.find("<h1>Plan</h1>") != std::string::npos);
    CHECK(json::parse(w.ask("GET", "pads/notes/authors").body)["authors"][0]["name"] == "T");
    // A version is told of when it has ended.
    CHECK(json::parse(w.ask("GET", "pads/notes/history").body)["versions"].empty());
    const auto list = json::parse(w.ask("GET", "pads").body)["pads"];
    REQUIRE(list.size() == 1);
    CHECK(list[0]["writable"] == true);
    CHECK(w.ask("POST", "pads", R"({"title":"Ideas","name":"ideas","content":"**x**"})").status == 201);
    CHECK(w.ask("GET", "pads/ideas/export").body == "**x**\n");
    CHECK(code_of(w.ask("POST", "pads", R"({"title":"Ideas","name":"ideas"})")) == "409 exists");
    CHECK(w.ask("DELETE", "pads/ideas").status == 204);
    CHECK(code_of(w.ask("GET", "pads/ideas")) == "404 unknown");
    CHECK(code_of(w.ask("GET", "pads/notes/export?format=exe")) == "400 bad_message");
    CHECK(w.ask("GET", "pads", {}, "pt1.nonsense").status == 401);
    CHECK(w.ask("PUT", "pads/notes/content", "x", world::token(auth::pad_right::read)).status == 403);
}

TEST_CASE("a pad becomes a PDF or a Word file by the converter", "[host][pad]") {
    const world w;
    w.write("# Caf\xC3\xA9 <script>\n");
    const auto reader = world::token(auth::pad_right::read);
    for (const std::string format : {"pdf", "docx"}) {
        const auto got = w.ask("GET", "pads/notes/export?format=" + format, {}, reader);
        INFO(got.head);
        REQUIRE(got.status == 200);
        CHECK(got.body.starts_with(format + "\n<!doctype html>"));
        CHECK(got.body.find("<h1>Caf\xC3\xA9 &lt;script&gt;</h1>") != std::string::npos);
        CHECK(got.field("Content-Disposition") == "attachment; filename=\"notes." + format + "\"");
        CHECK(got.field("Content-Type").find(format == "pdf" ? "pdf" : "wordprocessingml") !=
              std::string::npos);
    }
    // Nothing is left behind.
    const auto exports = w.files.file("documents/exports");
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!std::filesystem::is_empty(exports)) REQUIRE(std::chrono::steady_clock::now() < end);
}

TEST_CASE("pictures in notes go with them", "[host][pad]") {
    const world w;
    const auto png = test::make_png(3, 2);
    const auto writer = world::token(auth::pad_right::write);
    CHECK(w.ask("POST", "assets", png, world::token(auth::pad_right::read)).status == 403);
    const auto made = w.ask("POST", "assets", png, writer);
    INFO(made.body);
    REQUIRE(made.status == 201);
    const std::string id = json::parse(made.body)["asset"];
    const auto path = "/api/v1/rooms/algebra/assets/" + id;
    CHECK(w.ask("GET", "assets/" + id, {}, world::token(auth::pad_right::read)).body == png);
    w.write("![a cat](" + path + ") ![gone](" + path + "x) ![other](/api/v1/rooms/geometry/assets/" + id +
            ")");
    CHECK(w.ask("GET", "pads/notes/export?format=md").body.find("![a cat](" + path + ")") == 0);
    const auto file = w.ask("GET", "pads/notes/export?format=pdf").body;
    CHECK(file.find("<img src=\"data:image/png;base64,") != std::string::npos);
    CHECK(file.find("alt=\"a cat\"> gone other</p>") != std::string::npos);
}

TEST_CASE("why a pad does not become a file is said", "[host][pad]") {
    const world w;
    w.write("OFFICE");
    const auto missing = w.ask("GET", "pads/notes/export?format=docx");
    CHECK(code_of(missing) == "501 office_missing");
    CHECK(missing.body.find("libreoffice-writer-nogui") != std::string::npos);
    CHECK(code_of(w.ask("POST", "pads/notes/slides")) == "501 office_missing");
    w.write("LOST");
    CHECK(code_of(w.ask("GET", "pads/notes/export?format=pdf")) == "500 failed");

    const world without(false);
    without.write("x");
    CHECK(code_of(without.ask("GET", "pads/notes/export?format=pdf")) == "501 no_converter");
    CHECK(code_of(without.ask("POST", "pads/notes/slides")) == "501 no_converter");
}

TEST_CASE("a room has so many pads converted at once, and no more", "[host][pad]") {
    const world w;
    w.write("LATE");
    std::vector<test_client> waiting;
    for (std::size_t i = 0; i < pad_files::at_once_max; ++i) {
        waiting.emplace_back(w.at).send(
            world::request("GET", "pads/notes/export?format=pdf", {}, world::token()));
        // Answered behind it: the first is being converted when this one is read.
        REQUIRE(w.ask("GET", "pads").status == 200);
    }
    CHECK(code_of(w.ask("GET", "pads/notes/export?format=pdf")) == "503 queue_full");
    w.files.write("go", "");
    for (auto& one : waiting) CHECK(one.read_answer().status == 200);
    CHECK(w.ask("GET", "pads/notes/export?format=pdf").status == 200);
}

TEST_CASE("who asks for the pads of rooms that have none leaves nothing in memory", "[host][pad]") {
    world w;
    std::size_t shown = 0;
    w.loop.call([&] {
        for (int i = 0; i < 20; ++i)
            w.pads->with_list("room-" + std::to_string(i), [&](const auto& all) { shown += all.size(); });
    });
    w.write("x");
    const auto end = std::chrono::steady_clock::now() + 20s;
    for (std::uint64_t rooms = 0; rooms != 1;) {
        w.loop.call([&] { rooms = w.pads->count().rooms; });
        REQUIRE(std::chrono::steady_clock::now() < end);
    }
    CHECK(shown == 20);
}

TEST_CASE("a page for an office program has a largest size", "[host][pad]") {
    world w;
    const auto converted = [&](std::size_t bytes) {
        std::promise<std::string> said;
        w.loop.post([&] {
            w.documents->convert_text(std::string(bytes, 'x'), "pdf", [&](const auto& made) {
                const auto* const why = std::get_if<documents::problem>(&made);
                said.set_value(why == nullptr ? "done" : std::string(documents::to_string(why->code)));
            });
        });
        return said.get_future().get();
    };
    CHECK(converted(documents::text_page_bytes_max) == "done");
    CHECK(converted(documents::text_page_bytes_max + 1) == "too_large");
}

TEST_CASE("a pad becomes slides of a document", "[host][pad]") {
    world w;
    w.write("# One\n\n# Two\n");
    REQUIRE(w.ask("PATCH", "pads/notes", R"({"title":"Plan A/B"})").status == 200);
    const auto writer = world::token(auth::pad_right::write, "guest");
    CHECK(code_of(w.ask("POST", "pads/notes/slides", {}, writer)) == "403 forbidden");
    const auto presenter = world::token(auth::pad_right::write, "presenter");
    const auto made = w.ask("POST", "pads/notes/slides", {}, presenter);
    INFO(made.body);
    REQUIRE(made.status == 201);
    const int number = json::parse(made.body)["document"];
    std::string name;
    w.loop.call([&] {
        const auto* const file = w.documents->find("algebra", static_cast<document_number>(number));
        if (file != nullptr) name = file->name;
    });
    CHECK(name == "Plan A-B.pdf");
    CHECK(code_of(w.ask("POST", "pads/none/slides")) == "404 unknown");
}

TEST_CASE("names of documents that pads become", "[host][pad]") {
    struct name_case {
        std::string title;
        std::string name;
    };
    const std::string whole(documents::name_bytes_max - 4, 'a');
    for (const auto& c : std::vector<name_case>{
             {"Notes", "Notes.pdf"},
             {"a/b\\c", "a-b-c.pdf"},
             {"..", "...pdf"},
             {whole, whole + ".pdf"},
             {whole + "b", whole + ".pdf"},
             // The letter of two bytes does not fit whole.
             {whole.substr(1) + "\xC3\xA9", whole.substr(1) + ".pdf"},
             {"\x01", "notes.pdf"},
         }) {
        INFO(c.title);
        CHECK(document_name_of(c.title) == c.name);
    }
}
