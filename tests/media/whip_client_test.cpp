// Requests as RFC 9725 wants them, and replies in one piece, in single bytes, and broken.
#include "libconf/media/whip_client.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace conf;
using media::http_response_reader;
using media::http_url;
using media::media_errc;
using media::whip_client;
using progress = http_response_reader::progress;

media::http_response reply(int status, std::string body = {},
                           std::vector<std::pair<std::string, std::string>> fields = {}) {
    return {status, std::move(fields), std::move(body)};
}

}  // namespace

TEST_CASE("whip client: addresses") {
    struct row {
        std::string text, host;
        std::uint16_t port;
        std::string target, authority;
    };
    for (const auto& one :
         std::vector<row>{{"http://example.org/whip/a/b", "example.org", 80, "/whip/a/b", "example.org:80"},
                          {"http://127.0.0.1:8080/whep/a?except=b#x", "127.0.0.1", 8080, "/whep/a?except=b",
                           "127.0.0.1:8080"},
                          {"http://[::1]:65535/", "::1", 65535, "/", "[::1]:65535"},
                          {"http://example.org", "example.org", 80, "/", "example.org:80"},
                          {"http://"
                           "example.org?a=b",
                           "example.org", 80, "/?a=b", "example.org:80"}}) {
        INFO(one.text);
        const auto read = http_url::parse(one.text);
        REQUIRE(read);
        CHECK(read->host == one.host);
        CHECK(read->port == one.port);
        CHECK(read->target == one.target);
        CHECK(read->authority() == one.authority);
    }
    for (const auto* text : {"", "https://example.org/", "http://", "http:///a", "http://:80/", "http://a:0/",
                             "http://a:65536/", "http://a:b/", "http://a:/", "http://[::1/", "http://[::1]x/",
                             "http://a/ b", "http://a/\r\nb", "http://user@a/"}) {
        INFO(text);
        const auto read = http_url::parse(text);
        REQUIRE_FALSE(read);
        CHECK(read.error() == make_error_code(media_errc::bad_url));
    }
}

TEST_CASE("whip client: a session from POST to DELETE") {
    whip_client client(http_url::parse("http://127.0.0.1:8080/whip/room/ann").value(), "a.token");
    CHECK(
        client.post_request("v=0\r\n") ==
        "POST /whip/room/ann HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nConnection: close\r\n"
        "Authorization: Bearer a.token\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n");
    const auto answer =
        client.take_post(reply(201, "v=0 answer", {{"location", "/session/room/1"}, {"etag", "\"e1\""}}));
    REQUIRE(answer);
    CHECK(*answer == "v=0 answer");
    CHECK(client.target().target == "/session/room/1");
    CHECK(client.etag() == "\"e1\"");
    CHECK(client.restart_request("a=ice-ufrag:x\r\n") ==
          "PATCH /session/room/1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nConnection: close\r\n"
          "Authorization: Bearer a.token\r\nIf-Match: *\r\n"
          "Content-Type: application/trickle-ice-sdpfrag\r\nContent-Length: 15\r\n\r\na=ice-ufrag:x\r\n");
    REQUIRE(client.take_restart(reply(200, "fragment", {{"etag", "\"e2\""}})));
    CHECK(client.etag() == "\"e2\"");
    CHECK(client.delete_request() ==
          "DELETE /session/room/1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nConnection: close\r\n"
          "Authorization: Bearer a.token\r\n\r\n");
}

TEST_CASE("whip client: what is no session is an error that says why") {
    whip_client client(http_url::parse("http://127.0.0.1:8080/whip/room/ann").value());
    const auto refused = client.take_post(reply(409, "somebody publishes as ann\n"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == make_error_code(media_errc::refused));
    CHECK(refused.error().message().find("409 somebody publishes as ann") != std::string::npos);
    CHECK(client.take_post(reply(201, "v=0")).error() == make_error_code(media_errc::bad_reply));
    CHECK(client.take_post(reply(201, "v=0", {{"location", "session/1"}})).error() ==
          make_error_code(media_errc::bad_url));
    CHECK_FALSE(client.has_session());
    const auto elsewhere =
        client.take_post(reply(201, "v=0", {{"location", "http://127.0.0.2:9/session/1"}}));
    REQUIRE(elsewhere);
    CHECK(client.target().authority() == "127.0.0.2:9");
    CHECK(client.take_restart(reply(412)).error() == make_error_code(media_errc::refused));
}

TEST_CASE("whip client: a reply can come in any pieces") {
    const std::string text =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nLocation:  /s/1 \r\n"
        "ETag: \"x\"\r\ncontent-LENGTH: 5\r\n\r\nhello";
    const auto step = GENERATE(std::size_t{1}, 7, 1000);
    http_response_reader reader;
    for (std::size_t i = 0; i < text.size(); i += step) {
        const auto piece = std::string_view(text).substr(i, step);
        const bool last = i + step >= text.size();
        REQUIRE(reader.feed(as_bytes(piece)) == (last ? progress::done : progress::more));
    }
    const auto got = reader.take();
    CHECK(got.status == 201);
    CHECK(got.field("location") == "/s/1");
    CHECK(got.field("etag") == "\"x\"");
    CHECK(got.field("link").empty());
    CHECK(got.body == "hello");
}

TEST_CASE("whip client: where a reply ends") {
    http_response_reader closed;
    CHECK(closed.feed(as_bytes("HTTP/1.1 200 OK\r\n\r\nhel")) == progress::more);
    CHECK(closed.feed(as_bytes("lo")) == progress::more);
    REQUIRE(closed.end() == progress::done);
    CHECK(closed.take().body == "hello");
    http_response_reader empty;
    CHECK(empty.feed(as_bytes("HTTP/1.1 204 No Content\r\n\r\n")) == progress::done);
    http_response_reader cut;
    CHECK(cut.feed(as_bytes("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello")) == progress::more);
    CHECK(cut.end() == progress::broken);
    CHECK(http_response_reader().end() == progress::broken);
}

TEST_CASE("whip client: what is no reply is broken") {
    const auto* text =
        GENERATE("HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n",
                 "HTTP/1.1 099 OK\r\n\r\n", "\r\n\r\n", "HTTP/1.1 200 OK\r\nno field\r\n\r\n",
                 "HTTP/1.1 200 OK\r\n: x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    INFO(text);
    CHECK(http_response_reader().feed(as_bytes(text)) == progress::broken);
}

TEST_CASE("whip client: a reply is as long as the limit and no longer") {
    const std::string head = "HTTP/1.1 200 OK\r\n\r\n";
    const std::string body(http_response_reader::response_bytes_max - head.size(), 'x');
    http_response_reader reader;
    CHECK(reader.feed(as_bytes(head + body)) == progress::more);
    REQUIRE(reader.end() == progress::done);
    CHECK(reader.take().body.size() == body.size());
    CHECK(http_response_reader().feed(as_bytes(head + body + "x")) == progress::broken);
}

TEST_CASE("whip client: every error has a text") {
    for (const auto code : {media_errc::bad_url, media_errc::bad_reply, media_errc::refused,
                            media_errc::bad_answer, media_errc::no_candidate}) {
        CHECK(make_error_code(code).message() != "unknown media error");
    }
    CHECK(std::error_code(99, media::media_category()).message() == "unknown media error");
    CHECK(std::string(media::media_category().name()) == "conf.media");
}
