// Uploads become documents by the API, with a converter that does what a test wants.
#include "libconf/host/document_host.hpp"

#include "libconf/auth/room_token.hpp"
#include "libconf/net/clock.hpp"
#include "libconf/net/event_loop.hpp"
#include "libconf/net/http_router.hpp"
#include "libconf/net/http_server.hpp"
#include "tests/documents/fixtures.hpp"
#include "tests/net/temp_folder.hpp"
#include "tests/net/test_client.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <mutex>
#include <string>
#include <vector>

using namespace conf;
using namespace conf::host;
using namespace std::chrono_literals;
using nlohmann::json;
using test::temp_folder;
using test::test_client;

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> secrets{"0123456789abcdef"};

/// Pages of a text "pages N"; "wait" waits for its end; "bad" is refused; "die" goes away without a word.
constexpr const char* converter = R"(#!/bin/bash
read -r line
field() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/" <<<"$line"; }
case $(field job) in
check) echo '{"event":"abilities","documents":true,"office":false,"overlay":true,"problems":[]}' ;;
pages)
    in=$(field in) out=$(field out)
    read -r word count <"$in"
    echo "$word" >>"$(dirname "$0")/jobs"
    echo '{"event":"kind","kind":"text","ending":"txt"}'
    if [ "$word" = bad ]; then
        echo '{"event":"failed","code":"encrypted","message":"It has a password."}'
        exit
    fi
    [ "$word" = die ] && exit
    papers= ; for ((i = 0; i < count; i++)); do papers+="${papers:+,}[600000,450000]"; done
    echo "{\"event\":\"pages\",\"pages\":$count,\"papers\":[$papers]}"
    for ((i = 1; i <= count; i++)); do
        echo "<svg>$i</svg>" >"$out/$i.svg"; echo "png$i" >"$out/$i.png"; echo "text $i" >"$out/$i.txt"
        echo "{\"event\":\"page\",\"page\":$i}"
        if [ "$word" = wait ]; then read -r more; exit; fi
    done
    echo pdf >"$out/document.pdf"
    echo '{"event":"done"}' ;;
picture) echo "wide" >"$(field out)/picture.png"; echo '{"event":"done"}' ;;
export) echo "exported" >"$(field out)/export.pdf"; echo '{"event":"done"}' ;;
esac
)";

struct answer {
    int status = 0;
    std::string body;
    std::string head;
    [[nodiscard]] json parsed() const { return json::parse(body); }
};

struct world {
    explicit world(bool open = false, documents::limits within = {}, store::room_store* kept = nullptr,
                   const temp_folder* place = nullptr)
        : files(place != nullptr ? *place : own) {
        const auto path = files.write("converter", converter);
        REQUIRE(chmod(path.c_str(), 0700) == 0);
        auto made = document_host::create(
            {.folder = files.file("documents"), .converter = {path, {}}, .within = within},
            {.loop = loop,
             .store = kept != nullptr ? *kept : memory,
             .key = crypto::key_from_seed(7),
             .secrets = []() -> const std::vector<std::string>& { return secrets; },
             .invitation = [](auto text) { return auth::verify_room_token(text, secrets, net::wall_now()); },
             .rooms_open = [open] { return open; }});
        REQUIRE(made);
        host = std::move(*made);
        host->set_keeper({.on_event = [this](const std::string& room, const documents::shelf_event& what,
                                             const documents::stored_file& file) {
            const std::lock_guard lock(mutex);
            events.push_back(room + " " + std::to_string(static_cast<int>(what.what)) + " " +
                             std::to_string(file.number) + " " + std::to_string(what.page));
        }});
        auto routes = std::make_shared<net::http_router>();
        host->add_routes(*routes);
        server = std::make_unique<net::http_server>(loop, net::http_limits{});
        at = server->listen({ip_address::v4(0x7F000001), 0}, routes, nullptr).value();
        loop.start();
    }
    ~world() {
        loop.stop();
        server.reset();
        host.reset();
    }

    static std::string token(auth::room_role acts_as, const std::string& room = "algebra",
                             std::uint32_t uses = 0) {
        return auth::sign(auth::room_token{.room = room,
                                           .acts_as = acts_as,
                                           .name = {},
                                           .user = {},
                                           .uses = uses,
                                           .expires = std::chrono::time_point_cast<std::chrono::seconds>(
                                                          std::chrono::system_clock::now()) +
                                                      1h},
                          secrets[0])
            .value();
    }
    answer ask(const std::string& method, const std::string& path, const std::string& body = {},
               const std::string& by = token(auth::room_role::presenter),
               const std::string& more = {}) const {
        test_client client(at);
        client.send(method + " /api/v1/rooms/" + path + " HTTP/1.1\r\nHost: t\r\n" +
                    (by.empty() ? "" : "Authorization: Bearer " + by + "\r\n") + more + "Content-Length: " +
                    std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body);
        const auto got = client.read_answer();
        return {got.status, got.body, got.head};
    }
    /// Its number.
    int upload(const std::string& content, const std::string& name = "a.txt",
               const std::string& room = "algebra") const {
        const auto made =
            ask("POST", room + "/documents?name=" + name, content, token(auth::room_role::presenter, room));
        INFO(made.body);
        REQUIRE(made.status == 201);
        return made.parsed()["document"]["number"];
    }
    json wait_for(int number, const std::string& state, const std::string& room = "algebra") const {
        const auto end = std::chrono::steady_clock::now() + 20s;
        for (;;) {
            const auto got = ask("GET", room + "/documents/" + std::to_string(number), {},
                                 token(auth::room_role::viewer, room));
            INFO(got.body);
            REQUIRE(got.status == 200);
            auto document = got.parsed()["document"];
            if (document["state"] == state) return document;
            REQUIRE(std::chrono::steady_clock::now() < end);
        }
    }
    /// One page of it is there, and the others are not.
    void wait_for_page(int number) const {
        until([&] {
            const auto got = ask("GET", "algebra/documents/" + std::to_string(number));
            return got.parsed()["document"]["pages_ready"] == 1;
        });
    }
    /// Everything below the folder of contents, when the disk's thread has done what it was given.
    std::size_t contents() const {
        std::error_code none;
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(files.file("documents/files"), none), {}));
    }
    void until(const std::function<bool()>& holds) const {
        const auto end = std::chrono::steady_clock::now() + 20s;
        while (!holds()) REQUIRE(std::chrono::steady_clock::now() < end);
    }

    temp_folder own;
    const temp_folder& files;
    mutable net::event_loop loop;
    store::memory_store memory{[this](std::function<void()> task) { loop.post(std::move(task)); }};
    std::unique_ptr<document_host> host;
    std::unique_ptr<net::http_server> server;
    endpoint at;
    std::mutex mutex;
    std::vector<std::string> events;
};

}  // namespace

TEST_CASE("an upload becomes pages that everybody of the room can fetch", "[host][documents]") {
    world w;
    const auto number = w.upload("pages 2", "caf%C3%A9.txt");
    const auto document = w.wait_for(number, "ready");
    CHECK(document["name"] == "caf\xC3\xA9.txt");
    CHECK(document["kind"] == "txt");
    REQUIRE(document["pages"].size() == 2);
    const auto& page = document["pages"][1];
    CHECK(page["height"] == 1080);
    const auto viewer = world::token(auth::room_role::viewer);
    const auto fetch = [&](const std::string& path, const std::string& more = {}) {
        return w.ask("GET", path.substr(std::string("/api/v1/rooms/").size()), {}, viewer, more);
    };
    const auto picture = fetch(page["picture"]);
    CHECK(picture.body == "<svg>2</svg>\n");
    CHECK(picture.head.find("Content-Type: image/svg+xml") != std::string::npos);
    CHECK(picture.head.find("immutable") != std::string::npos);
    CHECK(picture.head.find("; sandbox") != std::string::npos);
    CHECK(picture.head.find("nosniff") != std::string::npos);
    const auto tag = picture.head.substr(picture.head.find("ETag: ") + 6);
    CHECK(fetch(page["picture"], "If-None-Match: " + tag.substr(0, tag.find('\r')) + "\r\n").status == 304);
    CHECK(fetch(page["thumbnail"]).body == "png2\n");
    CHECK(fetch(page["text"]).body == "text 2\n");
    CHECK(fetch(page["thumbnail"].get<std::string>() + "?width=700").body == "wide\n");
    CHECK(fetch(page["thumbnail"].get<std::string>() + "?width=10").status == 400);

    const auto original =
        w.ask("GET", "algebra/documents/" + std::to_string(number) + "/original", {}, viewer);
    CHECK(original.body == "pages 2");
    CHECK(original.head.find("Content-Disposition: attachment; filename*=UTF-8''caf%C3%A9.txt") !=
          std::string::npos);
    const auto list = w.ask("GET", "algebra/documents", {}, viewer).parsed();
    CHECK(list["documents"].size() == 1);

    const auto exported = w.ask("POST", "algebra/documents/" + std::to_string(number) + "/export");
    REQUIRE(exported.status == 202);
    const std::string url = exported.parsed()["url"];
    w.until([&] { return fetch(url).status != 409; });
    CHECK(fetch(url).body == "exported\n");
    CHECK(fetch(url).head.find("filename*=UTF-8''caf%C3%A9.pdf") != std::string::npos);

    // Page by page, then ready.
    const std::lock_guard lock(w.mutex);
    CHECK(w.events ==
          std::vector<std::string>{"algebra 1 1 0", "algebra 2 1 1", "algebra 2 1 2", "algebra 3 1 0"});
}

TEST_CASE("SEC-DOC-6: who may do what with documents", "[host][documents]") {
    world w;
    const auto number = std::to_string(w.upload("pages 1"));
    w.wait_for(std::stoi(number), "ready");
    const auto viewer = world::token(auth::room_role::viewer);
    const auto stranger = world::token(auth::room_role::moderator, "geometry");
    const auto counted = world::token(auth::room_role::moderator, "algebra", 1);
    struct right_case {
        std::string why;
        std::string token;
        int read;
        int change;
    };
    for (const auto& c : std::vector<right_case>{{"nobody", "", 401, 401},
                                                 {"nonsense", "rt1.nonsense", 401, 401},
                                                 {"another room's moderator", stranger, 403, 403},
                                                 {"a link for one use", counted, 403, 403},
                                                 {"a viewer", viewer, 200, 403}}) {
        INFO(c.why);
        CHECK(w.ask("GET", "algebra/documents", {}, c.token).status == c.read);
        CHECK(w.ask("GET", "algebra/documents/" + number, {}, c.token).status == c.read);
        CHECK(w.ask("POST", "algebra/documents?name=b.txt", "pages 1", c.token).status == c.change);
        CHECK(w.ask("DELETE", "algebra/documents/" + number, {}, c.token).status == c.change);
    }
    // Files of one room are not those of another.
    const std::string path = w.wait_for(std::stoi(number), "ready")["pages"][0]["picture"];
    const auto hash = path.substr(path.find("/files/") + 7, 64);
    CHECK(w.ask("GET", "algebra/files/" + hash + "/1.svg", {}, viewer).status == 200);
    CHECK(w.ask("GET", "geometry/files/" + hash + "/1.svg", {}, stranger).status == 404);
    for (const auto* const bad :
         {"0.svg", "01.svg", "2.svg", "1.pdf", "1", "document.pdf", "original", "..", "1.svg.svg"}) {
        INFO(bad);
        CHECK(w.ask("GET", "algebra/files/" + hash + "/" + bad, {}, viewer).status == 404);
    }
    // The room's own token, in the address.
    std::string mine;
    w.loop.call([&] { mine = w.host->token_for("algebra", "p1", rooms::role::presenter); });
    CHECK(w.ask("GET", "algebra/documents?token=" + mine, {}, {}).status == 200);
    CHECK(w.ask("DELETE", "algebra/documents/" + number + "?token=" + mine, {}, {}).status == 204);
    CHECK(w.ask("GET", "algebra/documents/" + number, {}, viewer).status == 404);
    w.until([&] { return w.contents() == 0; });
}

TEST_CASE("an open room is for everybody to see", "[host][documents]") {
    world w(true);
    CHECK(w.ask("GET", "algebra/documents", {}, {}).status == 200);
    CHECK(w.ask("POST", "algebra/documents?name=a.txt", "pages 1", {}).status == 401);
    // Who asks for rooms that are not there leaves nothing in memory.
    for (int i = 0; i < 20; ++i)
        CHECK(w.ask("GET", "room-" + std::to_string(i) + "/documents", {}, {}).status == 200);
    w.until([&] {
        std::size_t known = 1;
        w.loop.call([&] { known = w.host->rooms(); });
        return known == 0;
    });
}

TEST_CASE("SEC-DOC-4: what cannot be uploaded is said, and leaves nothing", "[host][documents]") {
    documents::limits within;
    within.bytes_max = 1000;
    within.room_bytes_max = 1500;
    world w(false, within);
    const auto code = [&](const std::string& path, const std::string& body) {
        const auto got = w.ask("POST", path, body);
        return std::to_string(got.status) + " " + got.parsed()["error"]["code"].get<std::string>();
    };
    CHECK(code("algebra/documents", "x") == "400 bad_name");
    CHECK(code("algebra/documents?name=..%2Fx.pdf", "x") == "400 bad_name");
    CHECK(code("algebra/documents?name=a%5Cb", "x") == "400 bad_name");
    CHECK(code("algebra/documents?name=a.txt", "") == "400 empty");
    CHECK(code("algebra/documents?name=a.txt", std::string(1001, 'x')) == "413 too_large");
    CHECK(w.ask("POST", "algebra/documents?name=a.txt", "pages 1" + std::string(993, ' ')).status == 201);
    CHECK(code("algebra/documents?name=a.txt", std::string(501, ' ')) == "409 room_full");
    // A chunked one tells its size too late.
    test_client client(w.at);
    client.send(
        "POST /api/v1/rooms/algebra/documents?name=b.txt HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " +
        world::token(auth::room_role::presenter) + "\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" +
        std::string(2000, 'x') + "\r\n0\r\n\r\n");
    CHECK(client.read_answer().status == 413);

    const auto bad = w.upload("bad");
    const auto failed = w.wait_for(bad, "failed");
    CHECK(failed["error"]["code"] == "encrypted");
    CHECK(failed["error"]["message"] == "It has a password.");
    w.until([&] { return w.contents() == 1; });
    CHECK(fs::is_empty(w.files.file("documents/incoming")));
}

TEST_CASE("everybody of a room brings pictures, and only its people see them", "[host][documents]") {
    world w;
    const auto viewer = world::token(auth::room_role::viewer);
    const auto picture = test::make_png(40, 30);
    const auto made = w.ask("POST", "algebra/assets", picture, viewer);
    REQUIRE(made.status == 201);
    const auto id = made.parsed()["asset"].get<std::string>();
    CHECK(is_asset(id));
    CHECK(made.head.find("Location: /api/v1/rooms/algebra/assets/" + id) != std::string::npos);
    const auto got = w.ask("GET", "algebra/assets/" + id, {}, viewer);
    CHECK(got.status == 200);
    CHECK(got.body == picture);
    CHECK(got.head.find("Content-Type: image/png") != std::string::npos);
    CHECK(got.head.find("sandbox") != std::string::npos);
    bool known = false;
    w.loop.call([&] { known = w.host->has_asset("algebra", id) && !w.host->has_asset("other", id); });
    CHECK(known);

    CHECK(w.ask("POST", "algebra/assets", picture, {}).status == 401);
    CHECK(w.ask("GET", "algebra/assets/" + id, {}, {}).status == 401);
    const auto elsewhere = world::token(auth::room_role::presenter, "other");
    CHECK(w.ask("GET", "algebra/assets/" + id, {}, elsewhere).status == 403);
    CHECK(w.ask("GET", "other/assets/" + id, {}, elsewhere).status == 404);
    CHECK(w.ask("GET", "algebra/assets/original", {}, viewer).status == 404);
    const auto text = w.ask("POST", "algebra/assets", "no picture", viewer);
    CHECK(text.status == 422);
    CHECK(text.parsed()["error"]["code"] == "unknown_kind");
    test_client client(w.at);
    client.send("POST /api/v1/rooms/algebra/assets HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + viewer +
                "\r\nContent-Length: " + std::to_string(documents::asset_bytes_max + 1) + "\r\n\r\n");
    CHECK(client.read_answer().status == 413);
    CHECK(fs::is_empty(w.files.file("documents/incoming")));

    w.loop.call([&] { w.host->forget_assets("algebra"); });
    w.until([&] { return w.ask("GET", "algebra/assets/" + id, {}, viewer).status == 404; });
}

TEST_CASE("a form brings a file with its name", "[host][documents]") {
    const world w;
    const auto form = [&](const std::string& file, const std::string& rest = "\r\n--B--\r\n") {
        return w.ask("POST", "algebra/documents",
                     "--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--B\r\n"
                     "Content-Disposition: form-data; name=\"file\"; filename=\"" +
                         file + "\"\r\nContent-Type: text/plain\r\n\r\npages 1" + rest,
                     world::token(auth::room_role::presenter),
                     "Content-Type: multipart/form-data; boundary=B\r\n");
    };
    const auto made = form("caf\xC3\xA9.txt");
    REQUIRE(made.status == 201);
    CHECK(made.parsed()["document"]["name"] == "caf\xC3\xA9.txt");
    w.wait_for(made.parsed()["document"]["number"], "ready");
    CHECK(w.ask("GET", "algebra/documents/1/original").body == "pages 1");
    CHECK(form("../x.txt").status == 400);
    CHECK(form("x.txt", "\r\n--B").status == 400);
    w.until([&] { return fs::is_empty(w.files.file("documents/incoming")); });
}

TEST_CASE("the same content is converted once", "[host][documents]") {
    world w;
    w.wait_for(w.upload("pages 1"), "ready");
    w.wait_for(w.upload("pages 1", "b.txt", "geometry"), "ready", "geometry");
    CHECK(w.contents() == 1);
    CHECK(fs::file_size(w.files.file("jobs")) == std::string("pages\n").size());
    // One room's leaving leaves it to the other.
    CHECK(w.ask("DELETE", "algebra/documents/1").status == 204);
    CHECK(w.wait_for(1, "ready", "geometry")["pages"].size() == 1);
    CHECK(w.contents() == 1);
}

TEST_CASE("two uploads of what is being converted wait for the same", "[host][documents]") {
    world w;
    const auto first = w.upload("wait 3");
    w.wait_for_page(first);
    const auto second = w.upload("wait 3", "b.txt");
    w.wait_for_page(second);
    CHECK(w.ask("DELETE", "algebra/documents/" + std::to_string(first)).status == 204);
    CHECK(w.wait_for(second, "converting")["page_count"] == 3);
    // The last one who waits takes the converter with him.
    CHECK(w.ask("DELETE", "algebra/documents/" + std::to_string(second)).status == 204);
    w.until([&] { return w.contents() == 0; });
    w.wait_for(w.upload("pages 1"), "ready");
}

TEST_CASE("what is not whole yet does not go out", "[host][documents]") {
    world w;
    const auto number = w.upload("wait 3");
    w.wait_for_page(number);
    CHECK(w.ask("POST", "algebra/documents/" + std::to_string(number) + "/export").status == 409);
    std::promise<std::string> said;
    w.loop.post([&] {
        const auto place = w.host->export_document(
            "algebra", static_cast<documents::document_number>(number), {.pages = {{.page = 1}}},
            [&said](const auto& got) {
                const auto* const why = std::get_if<documents::problem>(&got);
                said.set_value(why == nullptr ? "" : std::string(documents::to_string(why->code)));
            });
        if (!place.empty()) said.set_value(place);
    });
    CHECK(said.get_future().get() == "not_ready");
}

TEST_CASE("a converter that goes away gets its job once more", "[host][documents]") {
    world w;
    CHECK(w.wait_for(w.upload("die"), "failed")["error"]["code"] == "failed");
    CHECK(fs::file_size(w.files.file("jobs")) == std::string("die\ndie\n").size());
    w.until([&] { return w.contents() == 0; });
}

TEST_CASE("signalling promises a place for an upload", "[host][documents]") {
    world w;
    std::string path;
    const auto promise = [&](std::uint64_t bytes) {
        std::promise<std::string> made;
        w.loop.call([&] {
            w.host->with_room("algebra", [&](const documents::shelf&) {
                const auto promised = w.host->expect_upload("algebra", 7, "p1", "talk.txt", bytes);
                made.set_value(promised ? *promised : std::string());
            });
        });
        // The room may have to be loaded first.
        const auto whole = made.get_future().get();
        REQUIRE(whole.starts_with("/api/v1/rooms/algebra/uploads/"));
        path = whole.substr(std::string("/api/v1/rooms/").size());
    };
    promise(7);
    CHECK(w.ask("PUT", path, "pages", {}).status == 400);
    CHECK(w.ask("PUT", path, "pages 3", {}).status == 204);
    CHECK(w.ask("PUT", path, "pages 3", {}).status == 404);
    CHECK(w.wait_for(7, "ready")["pages"].size() == 3);
    // What is removed is not expected any more.
    promise(7);
    w.loop.call([&] { w.host->remove("algebra", 7); });
    CHECK(w.ask("PUT", path, "pages 3", {}).status == 404);
}

TEST_CASE("documents outlive the server, and what was under way begins again", "[host][documents]") {
    const temp_folder files;
    net::event_loop* current = nullptr;
    store::memory_store kept([&](std::function<void()> task) { current->post(std::move(task)); });
    int ready = 0;
    int moving = 0;
    const auto run = [&](const std::function<void(world&)>& what) {
        world w(false, {}, &kept, &files);
        current = &w.loop;
        what(w);
    };
    run([&](world& w) {
        ready = w.upload("pages 1");
        w.wait_for(ready, "ready");
        moving = w.upload("wait 2", "b.txt");
        w.until([&] {
            return w.ask("GET", "algebra/documents/" + std::to_string(moving))
                       .parsed()["document"]["pages_ready"] == 1;
        });
    });
    files.write("documents/incoming/left-over", "x");
    run([&](world& w) {
        CHECK_FALSE(fs::exists(files.file("documents/incoming/left-over")));
        CHECK(w.wait_for(ready, "ready")["pages"].size() == 1);
        w.wait_for(moving, "converting");
    });
    run([&](world& w) {
        CHECK(w.wait_for(moving, "failed")["error"]["code"] == "restarted");
        w.until([&] { return w.contents() == 1; });
    });
}
