#include "libconf/net/http_request_parser.hpp"

#include "libconf/net/http_rules.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace conf::net;
using event = http_request_parser::event;

namespace {

// What a connection's bytes become: "GET /path body" for each request, then "need_more" or the status of the
// refusal.
std::vector<std::string> parse(std::string_view data, std::size_t piece_bytes = 1 << 20,
                               const http_limits& limits = {}) {
    http_request_parser parser(limits);
    std::vector<std::string> made;
    for (std::size_t at = 0; at < data.size();) {
        auto piece = conf::as_bytes(data.substr(at, piece_bytes));
        at += piece.size();
        for (bool more = true; more;) {
            const auto step = parser.feed(piece);
            piece = piece.subspan(step.consumed);
            if (step.what == event::need_more) {
                CHECK(piece.empty());
                more = false;
            } else if (step.what == event::complete) {
                const auto request = parser.take();
                made.push_back(request.method + ' ' + request.path +
                               (request.body.empty() ? "" : ' ' + request.body));
            } else if (step.what == event::failed) {
                made.push_back(std::to_string(parser.refusal().status));
                return made;
            }
        }
    }
    if (!parser.idle()) made.emplace_back("need_more");
    return made;
}

std::string outcome(std::string_view data) {
    const auto made = parse(data);
    return made.empty() ? "" : made.front();
}

}  // namespace

TEST_CASE("SEC-HTTP-4: a head is read in one way, or refused", "[net][http]") {
    struct head_case {
        std::string why;
        std::string data;
        std::string expected;
    };
    const auto c = GENERATE(values<head_case>({
        {"plain", "GET / HTTP/1.1\r\nHost: t\r\n\r\n", "GET /"},
        {"query is not the path", "GET /a?b=c/d HTTP/1.1\r\nHost: t\r\n\r\n", "GET /a"},
        {"decoded once", "GET /a%20b%2520 HTTP/1.1\r\nHost: t\r\n\r\n", "GET /a b%20"},
        {"climbing", "GET /a/../x HTTP/1.1\r\nHost: t\r\n\r\n", "404"},
        {"climbing in disguise", "GET /a/.%2E HTTP/1.1\r\nHost: t\r\n\r\n", "404"},
        {"staying", "GET /a/./x HTTP/1.1\r\nHost: t\r\n\r\n", "404"},
        {"dots within names", "GET /..a/b../... HTTP/1.1\r\nHost: t\r\n\r\n", "GET /..a/b../..."},
        {"key twice", "GET /?a=1&b=2&a=3 HTTP/1.1\r\nHost: t\r\n\r\n", "400"},
        {"key twice in disguise", "GET /?a=1&%61=3 HTTP/1.1\r\nHost: t\r\n\r\n", "400"},
        {"keys differ in case", "GET /?a=1&A=3 HTTP/1.1\r\nHost: t\r\n\r\n", "GET /"},
        {"broken escape in the query", "GET /?a=%4 HTTP/1.1\r\nHost: t\r\n\r\n", "400"},
        {"encoded slash", "GET /a%2fb HTTP/1.1\r\nHost: t\r\n\r\n", "400"},
        {"encoded NUL", "GET /a%00 HTTP/1.1\r\nHost: t\r\n\r\n", "400"},
        {"encoded line feed", "GET /a%0A HTTP/1.1\r\nHost: t\r\n\r\n", "400"},
        {"broken escape", "GET /a%4 HTTP/1.1\r\nHost: t\r\n\r\n", "400"},
        {"not hexadecimal", "GET /a%zz HTTP/1.1\r\nHost: t\r\n\r\n", "400"},
        {"fragment", "GET /a#b HTTP/1.1\r\nHost: t\r\n\r\n", "400"},
        {"no slash", "GET a HTTP/1.1\r\nHost: t\r\n\r\n", "400"},
        {"absolute form", "GET http://t:80/a HTTP/1.1\r\nHost: t\r\n\r\n", "GET /a"},
        {"absolute form without a path", "GET HTTPS://t HTTP/1.1\r\nHost: t\r\n\r\n", "GET /"},
        {"absolute form with a query only", "GET http://t?a HTTP/1.1\r\nHost: t\r\n\r\n", "GET /"},
        {"absolute form of another scheme", "GET ftp://t/ HTTP/1.1\r\nHost: t\r\n\r\n", "400"},
        {"absolute form with a user", "GET http://u@t/ HTTP/1.1\r\nHost: t\r\n\r\n", "400"},
        {"absolute form without a host", "GET http:///a HTTP/1.1\r\nHost: t\r\n\r\n", "400"},
        {"asterisk of OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n", "OPTIONS *"},
        {"asterisk of another method", "GET * HTTP/1.1\r\nHost: t\r\n\r\n", "400"},
        {"unknown method", "BREW / HTTP/1.1\r\nHost: t\r\n\r\n", "501"},
        {"methods have upper case", "get / HTTP/1.1\r\nHost: t\r\n\r\n", "501"},
        {"method of RTSP", "DESCRIBE / HTTP/1.1\r\nHost: t\r\n\r\n", "501"},
        {"HTTP/2 by prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
        {"HTTP/1.0 needs no Host", "GET / HTTP/1.0\r\n\r\n", "GET /"},
        {"HTTP/1.1 does", "GET / HTTP/1.1\r\n\r\n", "400"},
        {"two Hosts, even equal", "GET / HTTP/1.1\r\nHost: t\r\nHost: t\r\n\r\n", "400"},
        {"empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "400"},
        {"Host with a slash", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400"},
        {"Host with a port", "GET / HTTP/1.1\r\nHost: t:8080\r\n\r\n", "GET /"},
        {"Host with a bad port", "GET / HTTP/1.1\r\nHost: t:8x\r\n\r\n", "400"},
        {"Host in brackets", "GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n", "GET /"},
        {"Host in broken brackets", "GET / HTTP/1.1\r\nHost: [2001:db8::1\r\n\r\n", "400"},
        {"empty value", "GET / HTTP/1.1\r\nHost: t\r\nA:\r\nB: \r\nC: d\r\n\r\n", "GET /"},
        {"name without a colon", "GET / HTTP/1.1\r\nHost: t\r\nA\r\n\r\n", "400"},
        {"empty name", "GET / HTTP/1.1\r\nHost: t\r\n: b\r\n\r\n", "400"},
        {"space in a name", "GET / HTTP/1.1\r\nHost: t\r\nA b: c\r\n\r\n", "400"},
        {"space before the colon", "GET / HTTP/1.1\r\nHost : t\r\n\r\n", "400"},
        {"two lengths, even equal",
         "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", "400"},
        {"list of lengths", "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1, 1\r\n\r\nx", "400"},
        {"empty length", "POST / HTTP/1.1\r\nHost: t\r\nContent-Length:\r\n\r\n", "400"},
        {"hexadecimal length", "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 0x1\r\n\r\nx", "400"},
        {"length over the limit", "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1073741825\r\n\r\n", "413"},
        {"length and encoding",
         "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
        {"encoding twice",
         "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
         "400"},
        {"encoding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
        {"another encoding before", "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
         "501"},
        {"another encoding alone", "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: gzip\r\n\r\n", "400"},
        {"two cookies", "GET / HTTP/1.1\r\nHost: t\r\nCookie: a=b\r\nCookie: a=c\r\n\r\n", "400"},
        {"two Authorizations", "GET / HTTP/1.1\r\nHost: t\r\nAuthorization: a\r\nauthorization: b\r\n\r\n",
         "400"},
        {"a list may be split", "GET / HTTP/1.1\r\nHost: t\r\nAccept: a\r\nAccept: b\r\n\r\n", "GET /"},
        {"unknown expectation", "GET / HTTP/1.1\r\nHost: t\r\nExpect: tea\r\n\r\n", "417"},
    }));
    INFO(c.why);
    CHECK(outcome(c.data) == c.expected);
}

TEST_CASE("a body is read or refused", "[net][http]") {
    const std::string length = "POST /p HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\n";
    const std::string chunked = "POST /p HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: Chunked\r\n\r\n";
    struct body_case {
        std::string why;
        std::string data;
        std::vector<std::string> expected;
    };
    const auto c = GENERATE_COPY(values<body_case>({
        {"by length", length + "hello", {"POST /p hello"}},
        {"cut off", length + "hell", {"need_more"}},
        {"the rest is the next request",
         length + "hello" + length + "world",
         {"POST /p hello", "POST /p world"}},
        {"the rest is no request", length + "hellofoo\r\n\r\n", {"POST /p hello", "400"}},
        {"length 0", "POST /p HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n", {"POST /p"}},
        {"chunks", chunked + "5\r\nhello\r\n3;x=y\r\nfoo\r\n0\r\n\r\n", {"POST /p hellofoo"}},
        {"data that looks like framing",
         chunked + "7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n",
         {"POST /p \r\n0\r\n\r\n"}},
        {"trailers are read past", chunked + "1\r\nx\r\n0\r\nHost: evil\r\n\r\n", {"POST /p x"}},
        {"chunks, then a request", chunked + "0\r\n\r\n" + length + "hello", {"POST /p", "POST /p hello"}},
        {"chunk too short for its size", chunked + "2\r\nx\r\n0\r\n\r\n", {"400"}},
        {"chunk too long for its size", chunked + "1\r\nxx\r\n0\r\n\r\n", {"400"}},
        {"size that overflows", chunked + "fffffffffffffffff\r\n", {"400"}},
        {"negative size", chunked + "-1\r\n", {"400"}},
        {"space behind the size", chunked + "1 \r\nx\r\n0\r\n\r\n", {"400"}},
        {"LF alone behind the size", chunked + "1\nx\r\n0\r\n\r\n", {"400"}},
        {"CR alone in a trailer", chunked + "0\r\nA: \rb\r\n\r\n", {"400"}},
        {"folded trailer", chunked + "0\r\nA: b\r\n c\r\n\r\n", {"400"}},
    }));
    INFO(c.why);
    CHECK(parse(c.data) == c.expected);
}

TEST_CASE("the cut of the bytes never matters", "[net][http]") {
    const std::string good =
        "\r\nGET /a?b HTTP/1.1\r\nHost: t\r\nEmpty:\r\n\r\n"
        "POST /p HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n1\r\n!\r\n0\r\nA: "
        "b\r\n\r\n"
        "POST /p HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc"
        "GET /u HTTP/1.1\r\nHost: t\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    const std::vector<std::string> all{"GET /a", "POST /p hello!", "POST /p abc", "GET /u"};
    const std::string bad[] = {
        good + "GET / HTTP/1.1\r\nHost: t\r\nA: \rb\r\n\r\n", good + "GET / HTTP/3.0\r\n\r\n",
        good + "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy"};
    for (std::size_t piece = 1; piece <= good.size(); ++piece) {
        INFO("pieces of " << piece);
        REQUIRE(parse(good, piece) == all);
        for (const auto& one : bad) REQUIRE(parse(one, piece) == parse(one));
    }
    CHECK(parse(bad[0]).back() == "400");
    CHECK(parse(bad[1]).back() == "505");
    CHECK(parse(bad[2]).back() == "400");
}

TEST_CASE("a query is split and decoded once", "[net][http]") {
    http_request_parser parser(http_limits{});
    const std::string_view head = "GET /?a=1&b=x+y%2Bz&&c&=d&e=f=%3D%26&g%3D=h HTTP/1.1\r\nHost: t\r\n\r\n";
    REQUIRE(parser.feed(conf::as_bytes(head)).what == event::head);
    const auto& request = parser.request();
    CHECK(request.query == "a=1&b=x+y%2Bz&&c&=d&e=f=%3D%26&g%3D=h");
    CHECK(request.parameters.size() == 6);
    CHECK(request.parameter("a").value() == "1");
    CHECK(request.parameter("b").value() == "x y+z");
    CHECK(request.parameter("c").value().empty());
    CHECK(request.parameter("").value() == "d");
    CHECK(request.parameter("e").value() == "f==&");
    CHECK(request.parameter("g=").value() == "h");
    CHECK_FALSE(request.parameter("x"));
}

TEST_CASE("a request carries what its head said", "[net][http]") {
    http_request_parser parser(http_limits{});
    const std::string_view head =
        "PUT /a%20b?c=d%20e HTTP/1.1\r\nHOST: t\r\nX-Empty:\r\nx-Padded: \t v w \t\r\nContent-Length: 2\r\n"
        "Expect: 100-Continue\r\n\r\n";
    const auto step = parser.feed(conf::as_bytes(head));
    REQUIRE(step.what == event::head);
    CHECK(step.consumed == head.size());
    CHECK(parser.awaits_body());
    CHECK_FALSE(parser.idle());
    const auto& request = parser.request();
    CHECK(request.method == "PUT");
    CHECK(request.target == "/a%20b?c=d%20e");
    CHECK(request.path == "/a b");
    CHECK(request.query == "c=d%20e");
    CHECK(request.version_minor == 1);
    CHECK(request.keep_alive);
    CHECK(request.expects_continue);
    REQUIRE(request.fields.size() == 5);
    CHECK(request.fields[0].name == "host");
    CHECK(request.field("x-empty") == "");
    CHECK(request.field("x-padded") == "v w");
    CHECK_FALSE(request.field("x-absent"));

    REQUIRE(parser.feed(conf::as_bytes("h")).what == event::need_more);
    CHECK(parser.body_bytes() == 1);
    REQUIRE(parser.feed(conf::as_bytes("i")).what == event::complete);
    CHECK_FALSE(parser.awaits_body());
    CHECK(parser.take().body == "hi");
    CHECK(parser.idle());
}

TEST_CASE("a connection is kept as RFC 9112 §9.3 says", "[net][http]") {
    struct keep_case {
        std::string head;
        bool expected;
    };
    const auto c = GENERATE(values<keep_case>({
        {"GET / HTTP/1.1\r\nHost: t\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: t\r\nConnection: foo, Close\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
    }));
    INFO(c.head);
    http_request_parser parser(http_limits{});
    REQUIRE(parser.feed(conf::as_bytes(c.head)).what == event::head);
    CHECK(parser.request().keep_alive == c.expected);
}

TEST_CASE("the body keeps its limits: at them, and one above", "[net][http]") {
    http_limits limits;
    limits.body_bytes = 10;
    const auto by_length = [](std::size_t size) {
        return "POST /p HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
               std::string(size, 'x');
    };
    const std::string chunked =
        "POST /p HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nxxxxx\r\n";
    CHECK(parse(by_length(10), 1 << 20, limits) == std::vector<std::string>{"POST /p xxxxxxxxxx"});
    CHECK(parse(by_length(11), 1 << 20, limits) == std::vector<std::string>{"413"});
    CHECK(parse(chunked + "5\r\nxxxxx\r\n0\r\n\r\n", 1 << 20, limits) ==
          std::vector<std::string>{"POST /p xxxxxxxxxx"});
    CHECK(parse(chunked + "6\r\nxxxxxx\r\n0\r\n\r\n", 1 << 20, limits) == std::vector<std::string>{"413"});

    SECTION("a route may ask for less") {
        http_request_parser parser(limits);
        const auto data = by_length(10);
        const auto step = parser.feed(conf::as_bytes(data));
        REQUIRE(step.what == event::head);
        CHECK(parser.set_body_limit(10));
        CHECK_FALSE(parser.set_body_limit(9));
        REQUIRE(parser.feed(conf::as_bytes(data).subspan(step.consumed)).what == event::failed);
        CHECK(parser.refusal().limit == http_limit::body_bytes);
    }
    SECTION("but not for more") {
        http_request_parser parser(limits);
        const auto data = chunked + "6\r\nxxxxxx\r\n0\r\n\r\n";
        const auto step = parser.feed(conf::as_bytes(data));
        REQUIRE(step.what == event::head);
        CHECK(parser.set_body_limit(1000));
        CHECK(parser.feed(conf::as_bytes(data).subspan(step.consumed)).what == event::failed);
    }
}

TEST_CASE("a refused connection stays refused", "[net][http]") {
    http_request_parser parser(http_limits{});
    REQUIRE(parser.feed(conf::as_bytes("GET / HTTP/1.1\n")).what == event::failed);
    const auto step = parser.feed(conf::as_bytes("GET / HTTP/1.1\r\nHost: t\r\n\r\n"));
    CHECK(step.what == event::failed);
    CHECK(step.consumed == 0);
}

TEST_CASE("a WebSocket handshake is checked as RFC 6455 says", "[net][http]") {
    struct handshake_case {
        std::string why;
        std::string method;
        std::vector<http_field> fields;
        int expected;  // 0: in order
    };
    const http_field connection{"connection", "keep-alive, Upgrade"};
    const http_field version{"sec-websocket-version", "13"};
    const http_field key{"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="};
    const auto c = GENERATE_COPY(values<handshake_case>({
        {"in order", "GET", {connection, version, key}, 0},
        {"not GET", "POST", {connection, version, key}, 400},
        {"no Connection", "GET", {version, key}, 400},
        {"no version", "GET", {connection, key}, 426},
        {"old version", "GET", {connection, {"sec-websocket-version", "8"}, key}, 426},
        {"no key", "GET", {connection, version}, 400},
        {"short key", "GET", {connection, version, {"sec-websocket-key", "c2hvcnQ="}}, 400},
        {"key of other characters",
         "GET",
         {connection, version, {"sec-websocket-key", "dGhlIHNhbXBsZSBub25j-Q=="}},
         400},
    }));
    INFO(c.why);
    http_request request;
    request.method = c.method;
    request.fields = c.fields;
    request.fields.push_back({"upgrade", "WebSocket"});
    CHECK(wants_websocket(request));
    const auto refused = check_websocket(request);
    CHECK((refused ? refused->status : 0) == c.expected);
}
