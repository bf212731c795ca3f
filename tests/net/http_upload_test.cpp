// Bodies that go where they belong as they come, and files that are sent as they are read.
#include "libconf/net/http_session.hpp"
#include "tests/net/http_test_server.hpp"
#include "tests/net/temp_folder.hpp"
#include "tests/net/test_client.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

using namespace conf;
using namespace std::chrono_literals;
using net::http_reply;
using net::http_request;
using net::http_response;
using test::http_test_server;
using test::test_client;

namespace {

/// What a sink of a test saw.
struct seen {
    std::atomic<std::size_t> bytes{0};
    std::atomic<std::size_t> largest{0};
    std::atomic<int> finished{0};
    std::atomic<int> gone{0};
    bool room = true;
    std::function<void()> wake;
};

class counting_sink final : public net::http_body_sink {
public:
    counting_sink(std::shared_ptr<seen> into, http_reply reply, std::size_t refuse_at)
        : seen_(std::move(into)), reply_(std::move(reply)), refuse_at_(refuse_at) {}
    ~counting_sink() override { ++seen_->gone; }

    void take(std::string_view piece) override {
        seen_->bytes += piece.size();
        seen_->largest = std::max<std::size_t>(seen_->largest, piece.size());
        if (seen_->bytes > refuse_at_) reply_.send({507, "text/plain", "full", {}});
    }
    void finish() override {
        ++seen_->finished;
        reply_.send({201, "text/plain", std::to_string(seen_->bytes), {}});
    }
    [[nodiscard]] bool has_room() const override { return seen_->room; }
    void on_room(std::function<void()> wake) override { seen_->wake = std::move(wake); }

private:
    std::shared_ptr<seen> seen_;
    http_reply reply_;
    std::size_t refuse_at_;
};

auto uploads(const std::shared_ptr<seen>& into, std::size_t limit = 100'000'000,
             std::size_t refuse_at = SIZE_MAX) {
    return [=](net::http_router& routes) {
        routes.add_upload(
            "POST", "/upload/{name}",
            [=](const http_request& head, const http_reply& reply) -> std::unique_ptr<net::http_body_sink> {
                if (head.path_parameter("name") == "forbidden") {
                    reply.send({403, "text/plain", "no", {}});
                    return nullptr;
                }
                return std::make_unique<counting_sink>(into, reply, refuse_at);
            },
            limit);
    };
}

std::string head_of(const std::string& name, std::size_t bytes, const std::string& more = {}) {
    return "POST /upload/" + name + " HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(bytes) +
           "\r\n" + more + "\r\n";
}

const std::string get = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";

}  // namespace

TEST_CASE("an upload may be larger than what the server would hold", "[net][http]") {
    const auto into = std::make_shared<seen>();
    net::http_limits limits;
    limits.body_bytes = 1000;
    const http_test_server server(limits, nullptr, uploads(into));
    test_client client(server.at());
    const std::string megabyte(1'000'000, 'x');
    client.send(head_of("a", 3'000'000));
    for (int i = 0; i < 3; ++i) client.send(megabyte);
    const auto answer = client.read_answer();
    CHECK(answer.status == 201);
    CHECK(answer.body == "3000000");
    CHECK(into->largest <= 64 * 1024);
    CHECK(into->finished == 1);
    CHECK(into->gone == 1);
    // The connection goes on, with other requests and with chunks.
    client.send(get +
                "POST /upload/b HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: "
                "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    CHECK(client.read_answer().status == 200);
    CHECK(client.read_answer().body == "3000005");
    client.send(head_of("empty", 0) + get);
    CHECK(client.read_answer().status == 201);
    CHECK(client.read_answer().status == 200);
}

TEST_CASE("an upload is refused by its head, at its limit, and half-way", "[net][http]") {
    const auto into = std::make_shared<seen>();
    const http_test_server server({}, nullptr, uploads(into, 10'000, 5'000));
    {
        test_client client(server.at());
        client.send(head_of("a", 10'001));
        CHECK(client.read_answer().status == 413);
    }
    {
        test_client client(server.at());
        client.send(head_of("forbidden", 100, "Expect: 100-continue\r\n"));
        CHECK(client.read_answer().status == 403);  // no 100 before it
        CHECK(client.read_all().empty());
    }
    {
        test_client client(server.at());
        client.send(head_of("a", 100, "Expect: 100-continue\r\n"));
        CHECK(client.read_answer().status == 100);
        client.send(std::string(100, 'x'));
        CHECK(client.read_answer().status == 201);
    }
    {
        test_client client(server.at());
        client.send(head_of("a", 9'000) + std::string(6'000, 'x'));
        const auto answer = client.read_answer();
        CHECK(answer.status == 507);
        CHECK(answer.field("Connection") == "close");
        CHECK(client.read_all().empty());
    }
    CHECK(into->finished == 1);
    {
        test_client client(server.at());
        client.send("POST /upload/b HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n2711\r\n" +
                    std::string(10'001, 'x'));
        const auto status = client.read_answer().status;
        CHECK((status == 413 || status == 507));
    }
}

TEST_CASE("an upload that breaks off is given up", "[net][http]") {
    const auto into = std::make_shared<seen>();
    const http_test_server server({}, nullptr, uploads(into));
    {
        test_client client(server.at());
        client.send(head_of("a", 1000) + std::string(500, 'x'));
    }
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (into->gone == 0) {
        REQUIRE(std::chrono::steady_clock::now() < end);
        server.call([] {});
    }
    CHECK(into->finished == 0);
}

TEST_CASE("a sink without room stops the reading till it has some", "[net][http]") {
    constexpr instant start(100s);
    net::http_limits limits;
    net::http_stats stats;
    net::http_router routes;
    const auto into = std::make_shared<seen>();
    uploads(into)(routes);
    net::http_session session(limits, routes, stats, {}, false, start);
    std::string out;
    into->room = false;
    const auto head = head_of("a", 10);
    CHECK(session.receive(as_bytes(head), {start, ""}, out) == head.size());
    CHECK(session.blocked());
    CHECK(session.receive(as_bytes("hello"), {start, ""}, out) == 0);
    bool woken = false;
    session.on_unblocked([&] { woken = true; });
    into->room = true;
    into->wake();
    CHECK(woken);
    CHECK(session.receive(as_bytes("hello"), {start, ""}, out) == 5);
    CHECK(session.deadline() > start + limits.body_grace);
    CHECK(session.receive(as_bytes("world"), {start, ""}, out) == 5);
    CHECK(out.starts_with("HTTP/1.1 201 "));

    // A disk that stands still ends the request.
    out.clear();
    CHECK(session.receive(as_bytes(head), {start, ""}, out) == head.size());
    into->room = false;
    session.handle_timeout({session.deadline(), ""}, out);
    CHECK(out.starts_with("HTTP/1.1 503 "));
    CHECK(session.closing());
    CHECK(into->gone == 2);
}

TEST_CASE("a file is sent whole, in order, and not at all to HEAD", "[net][http]") {
    const test::temp_folder folder;
    std::string content;
    for (int i = 0; content.size() < 3'000'000; ++i) content += std::to_string(i) + " ";
    const auto path = folder.write("large", content);
    const auto empty = folder.write("empty", "");
    const http_test_server server({}, nullptr, [&](net::http_router& routes) {
        routes.add("GET", "/file", [path](const http_request&) {
            http_response made{200, "text/plain", {}, {}};
            made.file = net::http_file::open(path);
            return made;
        });
        routes.add("GET", "/empty", [empty](const http_request&) {
            http_response made{200, "text/plain", {}, {}};
            made.file = net::http_file::open(empty);
            return made;
        });
    });
    test_client client(server.at());
    const std::string file = "GET /file HTTP/1.1\r\nHost: t\r\n\r\n";
    client.send(file + get + "HEAD /file HTTP/1.1\r\nHost: t\r\n\r\nGET /empty HTTP/1.1\r\nHost: t\r\n\r\n" +
                file);
    CHECK(client.read_answer().body == content);
    CHECK(client.read_answer().body == "hello\n");
    const auto head = client.read_answer(true);
    CHECK(head.field("Content-Length") == std::to_string(content.size()));
    CHECK(client.read_answer().body.empty());
    CHECK(client.read_answer().body == content);
    CHECK_FALSE(net::http_file::open(folder.file("nothing")));
    CHECK_FALSE(net::http_file::open(folder.file(".")));
}
