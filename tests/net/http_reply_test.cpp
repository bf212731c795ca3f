#include "libconf/net/http_reply.hpp"

#include "libconf/net/http_session.hpp"
#include "tests/net/http_test_server.hpp"
#include "tests/net/test_client.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace conf;
using namespace std::chrono_literals;
using net::http_limit;
using net::http_reply;
using test::http_test_server;
using test::test_client;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";
const std::string get_late = "GET /late HTTP/1.1\r\nHost: t\r\n\r\n";

net::http_response text(std::string body) {
    return {200, "text/plain", std::move(body), {}};
}

// Collects the replies of /late.
struct late_server {
    explicit late_server(const net::http_limits& limits = {})
        : server(limits, nullptr, [this](net::http_router& routes) {
              routes.add_async("GET", "/late", [this](const net::http_request&, http_reply reply) {
                  replies.push_back(std::move(reply));
                  asked.set_value();
              });
          }) {}

    // Waits until the next request was given to the handler.
    void wait() {
        REQUIRE(asked.get_future().wait_for(20s) == std::future_status::ready);
        asked = {};
    }
    bool send(std::size_t which, const std::string& body) {
        bool sent = false;
        server.call([&] { sent = replies.at(which).send(text(body)); });
        return sent;
    }

    std::vector<http_reply> replies;
    std::promise<void> asked;
    http_test_server server;
};

}  // namespace

TEST_CASE("a handler may answer later", "[net][http]") {
    late_server late;
    test_client client(late.server.at());
    client.send(get_late);
    late.wait();
    CHECK(late.send(0, "at last"));
    const auto answer = client.read_answer();
    CHECK(answer.status == 200);
    CHECK(answer.body == "at last");
    client.send(get);  // and the connection goes on
    CHECK(client.read_answer().body == "hello\n");
    CHECK_FALSE(late.send(0, "again"));
}

TEST_CASE("answers keep the order of pipelined requests", "[net][http]") {
    late_server late;
    test_client client(late.server.at());
    client.send(get + get_late + get + get_late + get);
    CHECK(client.read_answer().body == "hello\n");
    late.wait();
    late.server.call([&] { CHECK(late.replies.size() == 1); });
    CHECK(late.send(0, "first"));
    CHECK(client.read_answer().body == "first");
    CHECK(client.read_answer().body == "hello\n");
    late.wait();
    CHECK(late.send(1, "second"));
    CHECK(client.read_answer().body == "second");
    CHECK(client.read_answer().body == "hello\n");
}

TEST_CASE("HEAD of a late answer has no body", "[net][http]") {
    late_server late;
    test_client client(late.server.at());
    client.send("HEAD /late HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
    late.wait();
    CHECK(late.send(0, "four"));
    const auto answer = client.read_answer(true);
    CHECK(answer.field("Content-Length") == "4");
    CHECK(answer.field("Connection") == "close");
    CHECK(client.read_all().empty());
}

TEST_CASE("a reply that is given up is a 500", "[net][http]") {
    late_server late;
    test_client client(late.server.at());
    client.send(get_late);
    late.wait();
    std::optional<http_reply> copy;
    late.server.call([&] {
        copy = late.replies.front();
        late.replies.clear();
    });
    late.server.call([&] { copy.reset(); });
    CHECK(client.read_answer().status == 500);
    CHECK(late.server.stats().handler_exceptions.value() == 1);
    client.send(get);
    CHECK(client.read_answer().status == 200);
}

TEST_CASE("an async handler that throws is a 500, unless it has answered", "[net][http]") {
    const http_test_server server({}, nullptr, [](net::http_router& routes) {
        routes.add_async("GET", "/throws", [](const net::http_request& request, const http_reply& reply) {
            if (!request.query.empty()) reply.send(text("before"));
            throw std::runtime_error("secret");
        });
    });
    test_client client(server.at());
    client.send("GET /throws HTTP/1.1\r\nHost: t\r\n\r\nGET /throws?a HTTP/1.1\r\nHost: t\r\n\r\n");
    CHECK(client.read_answer().status == 500);
    CHECK(client.read_answer().body == "before");
}

TEST_CASE("an answer that takes too long is a 503, and what comes then is dropped", "[net][http]") {
    net::http_limits limits;
    limits.reply_time = 30ms;
    late_server late(limits);
    test_client client(late.server.at());
    client.send(get_late);
    late.wait();
    const auto answer = client.read_answer();
    CHECK(answer.status == 503);
    CHECK(answer.field("Retry-After") == "5");
    CHECK(late.server.stats().hits(http_limit::reply_time) == 1);
    CHECK_FALSE(late.send(0, "too late"));
    client.send(get);
    CHECK(client.read_answer().body == "hello\n");
}

TEST_CASE("an answer for a connection that is gone is dropped", "[net][http]") {
    late_server late;
    test_client client(late.server.at());
    client.send(get_late);
    late.wait();
    late.server.close();
    CHECK(client.read_all().empty());
    // Its coroutine ends in a turn of the loop of its own.
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (late.server.stats().connections.value() != 0) {
        REQUIRE(std::chrono::steady_clock::now() < end);
        late.server.call([] {});
    }
    CHECK_FALSE(late.send(0, "nobody is here"));
}

TEST_CASE("draining waits for an answer that is to come", "[net][http]") {
    late_server late;
    auto client = std::make_optional<test_client>(late.server.at());
    client->send(get_late + get);
    late.wait();
    const auto drained = late.server.drain();
    CHECK(drained.wait_for(0s) == std::future_status::timeout);
    CHECK(late.send(0, "still here"));
    const auto answer = client->read_answer();
    CHECK(answer.body == "still here");
    CHECK(answer.field("Connection") == "close");
    CHECK(client->read_all().empty());
    client.reset();
    CHECK(drained.wait_for(20s) == std::future_status::ready);
}

TEST_CASE("a session's deadline while it waits is the reply's", "[net][http]") {
    constexpr instant start(100s);
    net::http_limits limits;
    net::http_stats stats;
    net::http_router routes;
    std::vector<http_reply> replies;
    routes.add_async(
        "GET", "/", [&](const net::http_request&, http_reply reply) { replies.push_back(std::move(reply)); });
    net::http_session session(limits, routes, stats, {}, false, start);
    std::string out;
    const auto two = get + get;
    CHECK(session.receive(as_bytes(two), {start + 1s, ""}, out) == get.size());
    CHECK(session.blocked());
    CHECK(session.deadline() == start + 1s + limits.reply_time);
    replies.front().may_take(limits.reply_time + 5s);
    CHECK(session.deadline() == start + 6s + limits.reply_time);
    replies.front().may_take(0s);  // never sooner than others
    CHECK(session.deadline() == start + 1s + limits.reply_time);
    CHECK(session.receive(as_bytes(get), {start + 2s, ""}, out) == 0);  // nothing is taken meanwhile
    session.handle_timeout({start + 1s + limits.reply_time - 1us, ""}, out);
    CHECK(out.empty());
    session.handle_timeout({start + 1s + limits.reply_time, ""}, out);
    CHECK(out.starts_with("HTTP/1.1 503 "));
    CHECK_FALSE(session.blocked());
    CHECK_FALSE(session.closing());

    out.clear();
    CHECK(session.receive(as_bytes(get), {start + 20s, ""}, out) == get.size());
    int woken = 0;
    session.on_unblocked([&] { ++woken; });
    replies.back().send(text("x"));
    CHECK(woken == 1);
    // The answer was there in time, whatever the clock says when it is taken.
    session.handle_timeout({start + 60s, ""}, out);
    CHECK(out.empty());
    CHECK(session.receive({}, {start + 60s, ""}, out) == 0);
    CHECK(out.starts_with("HTTP/1.1 200 "));
    CHECK(session.deadline() == start + 60s + limits.idle_time);
}
