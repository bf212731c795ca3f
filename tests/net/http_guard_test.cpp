#include "libconf/net/http_guard.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace conf::net;

namespace {

// 0: taken whole; -1: wants more; else the status of the refusal.
int verdict_on(std::string_view head, const http_limits& limits = {}) {
    http_head_guard guard(limits);
    const auto step = guard.feed(head);
    switch (step.what) {
        case http_head_guard::verdict::more: return -1;
        case http_head_guard::verdict::whole: return step.consumed == head.size() ? 0 : 1;
        case http_head_guard::verdict::refused: return guard.refusal().status;
    }
    return 2;
}

}  // namespace

TEST_CASE("the head guard takes lines that end with CR LF, and nothing else", "[net][http]") {
    struct guard_case {
        std::string why;
        std::string head;
        int expected;
    };
    using namespace std::string_literals;
    const auto c = GENERATE(values<guard_case>({
        {"whole", "GET / HTTP/1.1\r\nHost: t\r\n\r\n", 0},
        {"no blank line yet", "GET / HTTP/1.1\r\nHost: t\r\n", -1},
        {"one empty line before", "\r\nGET / HTTP/1.1\r\n\r\n", 0},
        {"two empty lines before", "\r\n\r\nGET / HTTP/1.1\r\n\r\n", 0},
        {"three empty lines before", "\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n", 400},
        {"LF alone", "GET / HTTP/1.1\n", 400},
        {"LF alone in a field", "GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n", 400},
        {"CR alone, as in CVE-2023-30589", "GET / HTTP/1.1\r\nA: \rTransfer-Encoding: chunked\r\n\r\n", 400},
        {"CR CR LF", "GET / HTTP/1.1\r\r\n\r\n", 400},
        {"NUL", "GET / HTTP/1.1\r\nA: b\0c\r\n\r\n"s, 400},
        {"escape character", "GET / HTTP/1.1\r\nA: \x1b[2J\r\n\r\n", 400},
        {"DEL", "GET / HTTP/1.1\r\nA: \x7f\r\n\r\n", 400},
        {"tab within a value", "GET / HTTP/1.1\r\nA: b\tc\r\n\r\n", 0},
        {"bytes above 127 in a value", "GET / HTTP/1.1\r\nA: \xc3\xa9\r\n\r\n", 0},
        {"folded with space", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400},
        {"folded with tab", "GET / HTTP/1.1\r\nA: b\r\n\tc\r\n\r\n", 400},
        {"space before the request line", " GET / HTTP/1.1\r\n\r\n", 400},
    }));
    INFO(c.why);
    CHECK(verdict_on(c.head) == c.expected);
}

TEST_CASE("the head guard keeps each limit: at it, and one above", "[net][http]") {
    http_limits limits;
    limits.head_bytes = 200;
    limits.fields = 3;
    limits.target_bytes = 50;

    const std::string line = "GET / HTTP/1.1\r\n";
    const auto head_of = [&](std::size_t size) {
        return line + "A: " + std::string(size - line.size() - 7, 'x') + "\r\n\r\n";
    };
    CHECK(head_of(200).size() == 200);
    CHECK(verdict_on(head_of(200), limits) == 0);
    CHECK(verdict_on(head_of(201), limits) == 431);

    CHECK(verdict_on(line + "A:\r\nB:\r\nC:\r\n\r\n", limits) == 0);
    CHECK(verdict_on(line + "A:\r\nB:\r\nC:\r\nD:\r\n\r\n", limits) == 431);

    // The guard alone only stops a line that can no longer become a good one; the exact limit is the next
    // function's.
    CHECK(verdict_on("GET /" + std::string(49, 'x') + " HTTP/1.1\r\n\r\n", limits) == 0);
    CHECK(verdict_on("GET /" + std::string(130, 'x'), limits) == 414);
    CHECK_FALSE(split_request_line("GET /" + std::string(49, 'x') + " HTTP/1.1\r\n\r\n", limits).refusal);
    const auto longer = split_request_line("GET /" + std::string(50, 'x') + " HTTP/1.1\r\n\r\n", limits);
    REQUIRE(longer.refusal);
    CHECK(longer.refusal->status == 414);
    CHECK(longer.refusal->limit == http_limit::target_bytes);
}

TEST_CASE("a request line is three parts with one space between", "[net][http]") {
    struct line_case {
        std::string line;
        int expected;  // 0: taken
    };
    const auto c = GENERATE(values<line_case>({
        {"GET / HTTP/1.1", 0},
        {"GET / HTTP/1.0", 0},
        {"BREW /pot HTTP/1.1", 0},  // a token; whether it is known is asked later
        {"GET  / HTTP/1.1", 400},
        {"GET /  HTTP/1.1", 400},
        {"GET / HTTP/1.1 ", 400},
        {"GET /", 400},
        {"GET", 400},
        {"GET / http/1.1", 400},
        {"GET / HTTP/1", 400},
        {"GET / HTTP/1.10", 400},
        {"GET / RTSP/1.0", 400},
        {"GET /\xc3\xa9 HTTP/1.1", 400},
        {"GET /a\tb HTTP/1.1", 400},
        {"G(T / HTTP/1.1", 400},
        {"GET / HTTP/2.0", 505},
        {"PRI * HTTP/2.0", 505},
        {"GET / HTTP/0.9", 505},
        {"GET / HTTP/1.2", 505},
        {"CONNECT t:443 HTTP/1.1", 501},
    }));
    INFO(c.line);
    const auto made = split_request_line(c.line + "\r\nHost: t\r\n\r\n", {});
    CHECK((made.refusal ? made.refusal->status : 0) == c.expected);
}

TEST_CASE("the chunk guard takes strict framing only", "[net][http]") {
    struct chunk_case {
        std::string why;
        std::string framing;  // without the data of the chunks
        bool expected;
    };
    using namespace std::string_literals;
    const auto c = GENERATE(values<chunk_case>({
        {"one chunk and the end", "5\r\n\r\n0\r\n\r\n", true},
        {"upper and lower case", "aF\r\n\r\n00\r\n\r\n", true},
        {"extension", "5;name=value\r\n\r\n0;x\r\n\r\n", true},
        {"trailer", "0\r\nA: b\r\nC: d\r\n\r\n", true},
        {"space after the size", "5 \r\n", false},
        {"space before the size", " 5\r\n", false},
        {"no size", "\r\n", false},
        {"no size but an extension", ";x\r\n", false},
        {"sign", "+5\r\n", false},
        {"prefix", "0x5\r\n", false},
        {"LF alone", "5\n", false},
        {"CR alone", "5\rx", false},
        {"something behind the data", "5\r\nx\r\n", false},
        {"NUL in an extension", "5;\0\r\n"s, false},
        {"folded trailer", "0\r\nA: b\r\n c\r\n\r\n", false},
        {"CR alone in a trailer", "0\r\nA: \rb\r\n\r\n", false},
    }));
    INFO(c.why);
    http_chunk_guard guard{http_limits{}};
    CHECK(!guard.feed(c.framing).has_value() == c.expected);
}

TEST_CASE("the chunk guard keeps its limits: at them, and one above", "[net][http]") {
    http_limits limits;
    limits.chunk_line_bytes = 10;
    limits.trailer_bytes = 20;
    const auto refusal = [&](const std::string& framing) {
        http_chunk_guard guard(limits);
        return guard.feed(framing);
    };
    CHECK_FALSE(refusal("5;" + std::string(8, 'x') + "\r\n"));
    REQUIRE(refusal("5;" + std::string(9, 'x') + "\r\n"));
    CHECK(refusal("5;" + std::string(9, 'x') + "\r\n")->limit == http_limit::chunk_line_bytes);

    // Line feeds are not counted: 3 and 15 characters, their CR, and the CR of the empty line.
    CHECK_FALSE(refusal("0\r\nA: " + std::string(15, 'x') + "\r\n\r\n"));
    REQUIRE(refusal("0\r\nA: " + std::string(16, 'x') + "\r\n\r\n"));
    CHECK(refusal("0\r\nA: " + std::string(16, 'x') + "\r\n\r\n")->limit == http_limit::trailer_bytes);
}
