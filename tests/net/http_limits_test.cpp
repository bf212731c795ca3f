#include "libconf/net/http_limits.hpp"

#include "libconf/metrics/text_check.hpp"
#include "libconf/metrics/text_writer.hpp"
#include "libconf/net/http_session.hpp"
#include "tests/net/http_test_server.hpp"
#include "tests/net/test_client.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <set>
#include <string>
#include <vector>

using namespace conf;
using namespace std::chrono_literals;
using net::http_limit;
using test::http_test_server;
using test::test_client;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";

net::http_limits quick() {
    net::http_limits limits;
    limits.linger_time = 10ms;
    return limits;
}

}  // namespace

TEST_CASE("SEC-HTTP-2: the limits are those that were decided", "[net][http]") {
    const net::http_limits limits;
    CHECK(limits.head_bytes == 16 * 1024);
    CHECK(limits.fields == 100);
    CHECK(limits.head_time == 10s);
    CHECK(limits.target_bytes == 8 * 1024);
    CHECK(limits.body_bytes == 10 * 1024 * 1024);
    CHECK(limits.body_bytes_per_second == 1024);
    CHECK(limits.connections_per_address == 256);
}

TEST_CASE("every limit has a name of its own and a counter", "[net][http]") {
    net::http_stats stats;
    std::set<std::string> names;
    for (std::size_t i = 0; i < net::http_limit_count; ++i) {
        const auto limit = static_cast<http_limit>(i);
        names.emplace(to_string(limit));
        for (std::size_t times = 0; times <= i; ++times) stats.hit(limit);
    }
    CHECK(names.size() == net::http_limit_count);
    CHECK_FALSE(names.contains(""));

    std::string text;
    metrics::text_writer writer(text);
    stats.answered(200);
    stats.answered(404);
    stats.answered(99);
    stats.answered(1000);
    stats.request_seconds.observe(0.05);
    stats.write(writer);
    CHECK(metrics::check_exposition(text).empty());
    CHECK(metrics::find_sample(text, R"(conf_http_requests_total{code="404"})") == 1);
    CHECK(metrics::find_sample(text, R"(conf_http_limit_hits_total{limit="head_bytes"})") == 1);
    CHECK(metrics::find_sample(text, R"(conf_http_limit_hits_total{limit="failed_lookups"})") ==
          net::http_limit_count);
}

TEST_CASE("a head that takes too long is a 408", "[net][http]") {
    auto limits = quick();
    limits.head_time = 30ms;
    const http_test_server server(limits);
    test_client client(server.at());
    client.send("GET / HTTP/1.1\r\nHost:");
    const auto answer = client.read_answer();
    CHECK(answer.status == 408);
    CHECK(answer.field("Connection") == "close");
    CHECK(client.read_all().empty());
    CHECK(server.stats().hits(http_limit::head_time) == 1);
}

TEST_CASE("a head that comes byte by byte gains no time", "[net][http]") {
    auto limits = quick();
    limits.head_time = 30ms;
    const http_test_server server(limits);
    test_client client(server.at());
    client.send("GET / HTTP/1.1\r\nHost: t\r\nX: ");
    // As fast as the loop goes; ends because the server closes, not because we stop.
    while (client.try_send("x") && server.stats().hits(http_limit::head_time) == 0 &&
           server.stats().hits(http_limit::head_bytes) == 0) {}
    CHECK(server.stats().hits(http_limit::head_time) + server.stats().hits(http_limit::head_bytes) == 1);
}

TEST_CASE("a connection that says nothing is closed without a word", "[net][http]") {
    auto limits = quick();
    limits.head_time = 30ms;
    const http_test_server server(limits);
    test_client client(server.at());
    CHECK(client.read_all().empty());
    CHECK(server.stats().hits(http_limit::head_time) == 1);
}

TEST_CASE("a kept connection is closed when it was idle too long", "[net][http]") {
    auto limits = quick();
    limits.idle_time = 30ms;
    const http_test_server server(limits);
    test_client client(server.at());
    client.send(get);
    CHECK(client.read_answer().status == 200);
    CHECK(client.read_all().empty());
    CHECK(server.stats().hits(http_limit::idle_time) == 1);
}

TEST_CASE("a body that comes too slowly is a 408", "[net][http]") {
    auto limits = quick();
    limits.body_grace = 30ms;
    limits.body_bytes_per_second = 1'000'000;
    const http_test_server server(limits);
    test_client client(server.at());
    client.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\nabc");
    CHECK(client.read_answer().status == 408);
    CHECK(server.stats().hits(http_limit::body_rate) == 1);
}

TEST_CASE("bytes that have come earn time for the rest", "[net][http]") {
    net::http_limits limits;
    limits.body_grace = 10s;
    limits.body_bytes_per_second = 1000;
    net::http_router routes;
    routes.add("POST", "/", [](const net::http_request&) { return net::http_response{}; }, 1'000'000);
    net::http_stats stats;
    std::string out;
    const instant start{1h};
    net::http_session session(limits, routes, stats, {}, false, start);
    CHECK(session.deadline() == start + limits.head_time);
    session.receive(as_bytes("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 900000\r\n\r\n"),
                    {start + 1s, "date"}, out);
    CHECK(session.deadline() == start + 11s);
    session.receive(as_bytes(std::string(5000, 'x')), {start + 2s, "date"}, out);
    CHECK(session.deadline() == start + 16s);
    session.handle_timeout({start + 16s - 1us, "date"}, out);
    CHECK_FALSE(session.closing());
    CHECK(out.empty());
    session.handle_timeout({start + 16s, "date"}, out);
    CHECK(session.closing());
    CHECK(out.starts_with("HTTP/1.1 408 "));
}

TEST_CASE("a client that does not read its answer is dropped", "[net][http]") {
    auto limits = quick();
    limits.write_grace = 50ms;
    limits.write_bytes_per_second = 1'000'000'000;
    const http_test_server server(limits, nullptr, [](net::http_router& routes) {
        routes.add("GET", "/large", [](const net::http_request&) {
            return net::http_response{200, "text/plain", std::string(32'000'000, 'x'), {}};
        });
    });
    test_client client(server.at(), 4096);
    client.send("GET /large HTTP/1.1\r\nHost: t\r\n\r\n");
    test_client other(server.at());
    // Others are served meanwhile; when the slow one is gone, the gauge says so.
    while (server.stats().hits(http_limit::write_rate) == 0) {
        other.send(get);
        REQUIRE(other.read_answer().status == 200);
    }
    CHECK(client.read_all().size() < 32'000'000);
}

TEST_CASE("one address has its number of connections, and one more is closed", "[net][http]") {
    net::http_limits limits;
    limits.connections_per_address = 5;
    const http_test_server server(limits);
    std::vector<test_client> clients;
    for (int i = 0; i < 5; ++i) {
        auto& one = clients.emplace_back(server.at());
        one.send(get);
        REQUIRE(one.read_answer().status == 200);
    }
    CHECK(server.stats().connections.value() == 5);
    test_client sixth(server.at());
    CHECK(sixth.read_all().empty());
    CHECK(server.stats().hits(http_limit::connections_per_address) == 1);

    // A place that becomes free is free: "Connection: close" makes the server end it before it says so.
    clients.back().send("GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
    REQUIRE(clients.back().read_answer().status == 200);
    REQUIRE(clients.back().read_all().empty());
    clients.pop_back();
    while (server.stats().connections.value() == 5) {}
    test_client again(server.at());
    again.send(get);
    CHECK(again.read_answer().status == 200);
}

TEST_CASE("a server has its number of connections, and one more is closed", "[net][http]") {
    net::http_limits limits;
    limits.connections = 2;
    const http_test_server server(limits);
    test_client first(server.at());
    test_client second(server.at());
    for (auto* one : {&first, &second}) {
        one->send(get);
        REQUIRE(one->read_answer().status == 200);
    }
    test_client third(server.at());
    CHECK(third.read_all().empty());
    CHECK(server.stats().hits(http_limit::connections) == 1);
}

TEST_CASE("SEC-HTTP-2: slow clients do not keep others from being served", "[net][http]") {
    net::http_limits limits;
    limits.connections_per_address = 1000;
    const http_test_server server(limits);
    std::vector<test_client> slow;
    for (int i = 0; i < 400; ++i) slow.emplace_back(server.at()).send("GET / HTTP/1.1\r\nHost: t\r\nX: ");
    const auto start = std::chrono::steady_clock::now();
    test_client other(server.at());
    other.send(get);
    CHECK(other.read_answer().status == 200);
    CHECK(std::chrono::steady_clock::now() - start < 1s);
    CHECK(server.stats().connections.value() == 401);
}
