#include "tests/net/http_test_server.hpp"
#include "tests/net/test_client.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

using namespace conf;
using namespace std::chrono_literals;
using test::http_test_server;
using test::test_client;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";

std::string post(std::string_view body) {
    return "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
}

}  // namespace

TEST_CASE("a connection serves one request after the other", "[net][http]") {
    const http_test_server server;
    test_client client(server.at());
    for (int i = 0; i < 3; ++i) {
        client.send(get);
        const auto answer = client.read_answer();
        CHECK(answer.status == 200);
        CHECK(answer.body == "hello\n");
        CHECK(answer.field("Connection").empty());
    }
    client.send(post("body"));
    CHECK(client.read_answer().body == "body");
    CHECK(server.stats().connections_total.value() == 1);
    CHECK(server.stats().answers(200) == 4);
}

TEST_CASE("pipelined requests are answered in order, however they are cut", "[net][http]") {
    const http_test_server server;
    const auto all =
        get + "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" +
        post("last");
    const auto piece = GENERATE_COPY(all.size(), std::size_t{1});
    test_client client(server.at());
    for (std::size_t at = 0; at < all.size(); at += piece)
        client.send(std::string_view(all).substr(at, piece));
    CHECK(client.read_answer().body == "hello\n");
    CHECK(client.read_answer().body == "abc");
    CHECK(client.read_answer().body == "last");
}

TEST_CASE("a thousand pipelined requests get a thousand answers", "[net][http]") {
    const http_test_server server;
    test_client client(server.at());
    std::string all;
    for (int i = 0; i < 1000; ++i) all += get;
    auto sent = std::async(std::launch::async, [&] { client.send(all); });
    for (int i = 0; i < 1000; ++i) REQUIRE(client.read_answer().status == 200);
    sent.get();
}

TEST_CASE("HEAD has the head of GET and no body", "[net][http]") {
    const http_test_server server;
    test_client client(server.at());
    client.send("HEAD / HTTP/1.1\r\nHost: t\r\n\r\n" + get);
    const auto head = client.read_answer(true);
    CHECK(head.status == 200);
    CHECK(head.field("Content-Length") == "6");
    CHECK(client.read_answer().body == "hello\n");
    client.send("HEAD /nothing HTTP/1.1\r\nHost: t\r\n\r\n" + get);
    CHECK(client.read_answer(true).status == 404);
    CHECK(client.read_answer().status == 200);
}

TEST_CASE("what is not there is said so", "[net][http]") {
    struct route_case {
        std::string request;
        int status;
        std::string allow;
    };
    const auto c = GENERATE(values<route_case>({
        {"GET /nothing", 404, ""},
        {"GET /Echo", 404, ""},
        {"GET //", 404, ""},
        {"GET /echo/", 404, ""},
        {"GET /%65cho", 405, "POST, OPTIONS"},
        {"GET /echo", 405, "POST, OPTIONS"},
        {"DELETE /", 405, "GET, HEAD, OPTIONS"},
        {"TRACE /", 405, "GET, HEAD, OPTIONS"},
        {"OPTIONS /", 204, "GET, HEAD, OPTIONS"},
        {"OPTIONS *", 204, "GET, HEAD, OPTIONS"},
        {"GET http://elsewhere.test/", 200, ""},
    }));
    INFO(c.request);
    const http_test_server server;
    test_client client(server.at());
    client.send(c.request + " HTTP/1.1\r\nHost: t\r\n\r\n" + get);
    const auto answer = client.read_answer();
    CHECK(answer.status == c.status);
    CHECK(answer.field("Allow") == c.allow);
    if (c.status >= 400) {
        CHECK(answer.body.starts_with(std::to_string(c.status) + ' '));
        CHECK(answer.field("Content-Type") == "text/plain; charset=utf-8");
    }
    CHECK(client.read_answer().status == 200);  // the connection goes on
}

TEST_CASE("every answer has the headers of security, and none names the software", "[net][http]") {
    const http_test_server server;
    const std::string request =
        GENERATE(std::string("GET / HTTP/1.1\r\nHost: t\r\n\r\n"), "GET /nothing HTTP/1.1\r\nHost: t\r\n\r\n",
                 "OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n", "nonsense\r\n\r\n");
    test_client client(server.at());
    client.send(request);
    const auto answer = client.read_answer();
    CHECK(answer.field("Content-Security-Policy")
              .starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
    CHECK(answer.field("Content-Security-Policy").find("unsafe") == std::string::npos);
    CHECK(answer.field("Content-Security-Policy").ends_with("frame-ancestors 'none'"));
    CHECK(answer.field("X-Content-Type-Options") == "nosniff");
    CHECK(answer.field("Referrer-Policy") == "no-referrer");
    CHECK(answer.field("Cross-Origin-Opener-Policy") == "same-origin");
    CHECK(answer.field("Cross-Origin-Resource-Policy") == "same-origin");
    CHECK(answer.field("Permissions-Policy") == "camera=(self), microphone=(self), display-capture=(self)");
    CHECK(answer.field("Strict-Transport-Security").empty());  // only over TLS
    CHECK(answer.field("Server").empty());
    CHECK(answer.field("Date").ends_with(" GMT"));
}

TEST_CASE("HTTP/1.0 is served and closed, unless it asks to be kept", "[net][http]") {
    const http_test_server server;
    test_client once(server.at());
    once.send("GET / HTTP/1.0\r\n\r\n");
    CHECK(once.read_answer().field("Connection") == "close");
    CHECK(once.read_all().empty());
    test_client kept(server.at());
    kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(kept.read_answer().field("Connection") == "keep-alive");
    kept.send(get);
    CHECK(kept.read_answer().status == 200);
}

TEST_CASE("a body is taken up to its route's limit, and no byte more", "[net][http]") {
    const http_test_server server;
    test_client client(server.at());
    client.send(post(std::string(1000, 'x')));
    CHECK(client.read_answer().body.size() == 1000);
    client.send(post(std::string(1001, 'x')));
    const auto refused = client.read_answer();
    CHECK(refused.status == 413);
    CHECK(refused.field("Connection") == "close");
    CHECK(client.read_all().empty());
    CHECK(server.stats().hits(net::http_limit::body_bytes) == 1);
}

TEST_CASE("a client that asks first is told to go on, or not", "[net][http]") {
    const http_test_server server;
    test_client client(server.at());
    client.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    const auto interim = client.read_answer();
    CHECK(interim.status == 100);
    CHECK(interim.head == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hi");
    CHECK(client.read_answer().body == "hi");
    client.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 2000\r\nExpect: 100-continue\r\n\r\n");
    CHECK(client.read_answer().status == 413);
}

TEST_CASE("a body that nobody wants ends the connection instead of being waited for", "[net][http]") {
    const http_test_server server;
    test_client client(server.at());
    client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100000\r\n\r\n");
    CHECK(client.read_answer().status == 405);
    CHECK(client.read_all().empty());
}

TEST_CASE("a small one is read past", "[net][http]") {
    const http_test_server server;
    test_client client(server.at());
    client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 16384\r\n\r\n" + std::string(16384, 'x') +
                get);
    CHECK(client.read_answer().status == 405);
    CHECK(client.read_answer().status == 200);
    client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 16385\r\n\r\n");
    CHECK(client.read_answer().field("Connection") == "close");
    test_client asking(server.at());
    asking.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    CHECK(asking.read_answer().status == 405);  // no 100 before it
    test_client chunked(server.at());
    chunked.send("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n");
    CHECK(chunked.read_answer().status == 400);  // framing is checked even so
}

TEST_CASE("a handler that fails is a 500, and the server lives on", "[net][http]") {
    const http_test_server server({}, nullptr, [](net::http_router& routes) {
        routes.add("GET", "/throws", [](const net::http_request&) -> net::http_response {
            throw std::runtime_error("secret");
        });
        routes.add("GET", "/splits", [](const net::http_request&) {
            return net::http_response{200, "text/plain", "x", {{"X-A", "b\r\nSet-Cookie: evil"}}};
        });
    });
    test_client client(server.at());
    client.send("GET /throws HTTP/1.1\r\nHost: t\r\n\r\nGET /splits HTTP/1.1\r\nHost: t\r\n\r\n" + get);
    const auto thrown = client.read_answer();
    CHECK(thrown.status == 500);
    CHECK(thrown.body.find("secret") == std::string::npos);
    CHECK(server.stats().handler_exceptions.value() == 1);
    const auto split = client.read_answer();
    CHECK(split.status == 500);
    CHECK(split.field("Set-Cookie").empty());
    CHECK(client.read_answer().status == 200);
}

TEST_CASE("SEC-HTTP-5: the client's address is the socket's, whatever headers claim", "[net][http]") {
    const http_test_server server({}, nullptr, [](net::http_router& routes) {
        routes.add("GET", "/who", [](const net::http_request& request) {
            return net::http_response{200, "text/plain", request.remote.ip.to_string(), {}};
        });
    });
    test_client client(server.at());
    client.send(
        "GET /who HTTP/1.1\r\nHost: t\r\nX-Forwarded-For: 192.0.2.1\r\nForwarded: "
        "for=192.0.2.2\r\nX-Real-IP: 192.0.2.3\r\n\r\n");
    CHECK(client.read_answer().body == "127.0.0.1");
}

TEST_CASE("a large answer arrives whole", "[net][http]") {
    const std::string large(3'000'000, 'x');
    const http_test_server server({}, nullptr, [&](net::http_router& routes) {
        routes.add("GET", "/large", [&](const net::http_request&) {
            return net::http_response{200, "text/plain", large, {}};
        });
    });
    test_client client(server.at());
    client.send("GET /large HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
    CHECK(client.read_answer().body == large);
    CHECK(client.read_all().empty());
}

TEST_CASE("draining ends idle connections at once and answers what has begun", "[net][http]") {
    http_test_server server;
    test_client idle(server.at());
    idle.send(get);
    REQUIRE(idle.read_answer().status == 200);
    test_client busy(server.at());
    busy.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    REQUIRE(busy.read_answer().status == 100);  // the request has begun for sure

    const auto drained = server.drain();
    CHECK(idle.read_all().empty());
    CHECK_THROWS(test_client(server.at()));
    CHECK(drained.wait_for(0s) == std::future_status::timeout);
    busy.send("body");
    const auto answer = busy.read_answer();
    CHECK(answer.body == "body");
    CHECK(answer.field("Connection") == "close");
    CHECK(busy.read_all().empty());
    { const auto gone = std::move(busy); }
    CHECK(drained.wait_for(20s) == std::future_status::ready);
}

TEST_CASE("draining does not cut an answer that is on its way", "[net][http]") {
    const std::string large(20'000'000, 'x');  // more than the kernel's buffers hold
    std::promise<void> asked;
    http_test_server server({}, nullptr, [&](net::http_router& routes) {
        routes.add("GET", "/large", [&](const net::http_request&) {
            asked.set_value();
            return net::http_response{200, "text/plain", large, {}};
        });
    });
    test_client client(server.at(), 4096);
    client.send("GET /large HTTP/1.1\r\nHost: t\r\n\r\n");
    asked.get_future().wait();
    const auto drained = server.drain();
    CHECK(client.read_answer().body.size() == large.size());
    CHECK(client.read_all().empty());
    { const auto gone = std::move(client); }
    CHECK(drained.wait_for(20s) == std::future_status::ready);
}

TEST_CASE("draining a server without connections is over at once", "[net][http]") {
    http_test_server server;
    CHECK(server.drain().wait_for(20s) == std::future_status::ready);
}
