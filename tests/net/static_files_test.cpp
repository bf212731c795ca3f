#include "libconf/net/static_files.hpp"

#include "libconf/api/pages.hpp"
#include "tests/net/http_test_server.hpp"
#include "tests/net/test_client.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>

using namespace conf;
using net::accepts_gzip;
using net::content_type_of;
using net::names_etag;
using net::static_file;

namespace {

constexpr std::array<static_file, 5> table{{
    {"app.js", "let plain = 1;", "(zipped)", "aaaa"},
    {"assets/app-Bq3x9k2_.js", "let hashed = 1;", "", "bbbb"},
    {"assets/deep/index.html", "deep", "", "cccc"},
    {"index.html", "<!doctype html>", "", "dddd"},
    {"logo.png", "\x89PNG", "", "eeee"},
}};

struct exchange {
    int status = 0;
    std::string head;
    std::string body;
    std::string type, cache, etag, vary, encoding, length;
};

exchange ask(const test::http_test_server& server, const std::string& method, const std::string& path,
             const std::string& fields = {}) {
    test::test_client client(server.at());
    client.send(method + " " + path + " HTTP/1.1\r\nHost: t\r\n" + fields + "\r\n");
    const auto answer = client.read_answer(method == "HEAD");
    return {answer.status,
            answer.head,
            answer.body,
            answer.field("Content-Type"),
            answer.field("Cache-Control"),
            answer.field("ETag"),
            answer.field("Vary"),
            answer.field("Content-Encoding"),
            answer.field("Content-Length")};
}

test::http_test_server server_of_table() {
    return test::http_test_server(
        {}, nullptr, [](net::http_router& routes) { net::add_static_files(routes, "/app/", table); });
}

}  // namespace

TEST_CASE("the media type comes from the name's ending", "[net][http]") {
    CHECK(content_type_of("a/b.html") == "text/html; charset=utf-8");
    CHECK(content_type_of("x.css") == "text/css; charset=utf-8");
    CHECK(content_type_of("x.mjs") == "text/javascript; charset=utf-8");
    CHECK(content_type_of("x.wasm") == "application/wasm");
    CHECK(content_type_of("x.woff2") == "font/woff2");
    CHECK(content_type_of("html") == "application/octet-stream");
    CHECK(content_type_of("x.HTML") == "application/octet-stream");
    CHECK(content_type_of("") == "application/octet-stream");
}

TEST_CASE("gzip is sent to those who take it", "[net][http]") {
    struct encoding_case {
        std::string accepts;
        bool expected;
    };
    const auto c = GENERATE(values<encoding_case>({
        {"", false},
        {"gzip", true},
        {"GZip", true},
        {"x-gzip", true},
        {"gzip, deflate, br, zstd", true},
        {"br;q=1.0, gzip;q=0.8", true},
        {"deflate,gzip ; q=0.001", true},
        {"gzip;q=0", false},
        {"gzip; q=0.000", false},
        {"gzip;Q=0", false},
        {"*", true},
        {"*;q=0", false},
        {"gzip;q=0, *", false},
        {"*;q=0, gzip", true},
        {"identity", false},
        {"gzipped", false},
        {"gzip;q=", true},
        {",, ,gzip", true},
    }));
    INFO(c.accepts);
    CHECK(accepts_gzip(c.accepts) == c.expected);
}

TEST_CASE("If-None-Match names an entity tag, exactly", "[net][http]") {
    struct match_case {
        std::string value;
        bool expected;
    };
    const auto c = GENERATE(values<match_case>({
        {"", false},
        {"\"aaaa\"", true},
        {"W/\"aaaa\"", true},
        {"\"bbbb\", \"aaaa\"", true},
        {"\"bbbb\" ,\t\"aaaa\" ", true},
        {"*", true},
        {"\"aaa\"", false},
        {"\"aaaa-gzip\"", false},
        {"aaaa", false},
        {"w/\"aaaa\"", false},
        {"\"bbbb\"", false},
    }));
    INFO(c.value);
    CHECK(names_etag(c.value, "\"aaaa\"") == c.expected);
}

TEST_CASE("files are answered with type, life and validator", "[net][http]") {
    const auto server = server_of_table();
    const auto page = ask(server, "GET", "/app/index.html");
    CHECK(page.status == 200);
    CHECK(page.body == "<!doctype html>");
    CHECK(page.type == "text/html; charset=utf-8");
    CHECK(page.cache == "no-cache");
    CHECK(page.etag == "\"dddd\"");
    CHECK(page.vary.empty());
    CHECK(page.head.find("Content-Security-Policy: default-src 'none'") != std::string::npos);
    CHECK(ask(server, "GET", "/app/").body == page.body);
    CHECK(ask(server, "GET", "/app/assets/deep/").body == "deep");

    const auto hashed = ask(server, "GET", "/app/assets/app-Bq3x9k2_.js");
    CHECK(hashed.cache == "public, max-age=31536000, immutable");
    CHECK(hashed.body == "let hashed = 1;");
    CHECK(ask(server, "GET", "/app/logo.png").body == "\x89PNG");
    CHECK(ask(server, "POST", "/app/app.js").status == 405);

    const auto head = ask(server, "HEAD", "/app/index.html");
    CHECK(head.status == 200);
    CHECK(head.length == "15");
    CHECK(head.body.empty());
}

TEST_CASE("the two encodings of a file have validators of their own", "[net][http]") {
    const auto server = server_of_table();
    const auto plain = ask(server, "GET", "/app/app.js");
    CHECK(plain.body == "let plain = 1;");
    CHECK(plain.encoding.empty());
    CHECK(plain.vary == "Accept-Encoding");
    const auto zipped = ask(server, "GET", "/app/app.js", "Accept-Encoding: br, gzip\r\n");
    CHECK(zipped.body == "(zipped)");
    CHECK(zipped.encoding == "gzip");
    CHECK(zipped.vary == "Accept-Encoding");
    CHECK(zipped.type == "text/javascript; charset=utf-8");
    CHECK(zipped.etag != plain.etag);
    CHECK(ask(server, "HEAD", "/app/app.js", "Accept-Encoding: gzip\r\n").length == "8");

    const auto same = ask(server, "GET", "/app/app.js", "If-None-Match: " + plain.etag + "\r\n");
    CHECK(same.status == 304);
    CHECK(same.body.empty());
    CHECK(same.etag == plain.etag);
    CHECK(same.cache == "no-cache");
    CHECK(same.vary == "Accept-Encoding");
    CHECK(same.type.empty());
    CHECK(same.length.empty());
    const auto other = "Accept-Encoding: gzip\r\nIf-None-Match: " + plain.etag + "\r\n";
    CHECK(ask(server, "GET", "/app/app.js", other).status == 200);
    CHECK(ask(server, "HEAD", "/app/app.js", "If-None-Match: *\r\n").status == 304);
}

TEST_CASE("SEC-HTTP-3: only names of the table lead to a file", "[net][http]") {
    const auto server = server_of_table();
    for (const auto* path : {"/app/../app/app.js", "/app/%2e%2e/app/app.js", "/app/assets/../app.js",
                             "/app/assets%2fdeep%2findex.html", "/app/App.js", "/app/app.js/", "/app//app.js",
                             "/app", "/app/assets/", "/app/..%5capp.js", "/app/etc/passwd"}) {
        INFO(path);
        const auto answer = ask(server, "GET", path);
        CHECK((answer.status == 404 || answer.status == 400));
    }
}

TEST_CASE("what the build embeds is whole, and gzip of it is what gzip makes", "[net][http]") {
    const auto& script = net::find_static_file(api::pages(), "play.js");
    CHECK(script.hash.size() == 32);
    REQUIRE(script.gzipped.size() > 18);
    CHECK(script.gzipped.size() < script.content.size() / 2);
    const auto zipped = as_bytes(script.gzipped);
    CHECK(load_u16(zipped, 0) == 0x1F8B);
    CHECK(load_u32(zipped, 4) == 0);  // no time in it: the same files make the same library
    // RFC 1952 §2.3.1: the last four bytes are the plain size, least significant first.
    std::size_t size = 0;
    for (std::size_t at = 0; at < 4; ++at) {
        size |= std::size_t{load_u8(zipped, zipped.size() - 4 + at)} << (8 * at);
    }
    CHECK(size == script.content.size());
}
