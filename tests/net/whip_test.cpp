#include "libconf/net/whip.hpp"

#include "libconf/sdp/limits.hpp"
#include "tests/net/http_test_server.hpp"
#include "tests/net/test_client.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace conf;
using namespace std::chrono_literals;
using net::http_limit;
using net::media_reply;
using test::http_test_server;
using test::test_client;
using verdict = net::access_verdict::kind;

namespace {

// Writes down what it is asked, and answers what the test says.
class scripted_control final : public net::media_control {
public:
    void publish(std::string room, std::string name, std::string offer, engine::takeover of,
                 callback done) override {
        const auto* const how = of == engine::takeover::at_once ? "publish as owner " : "publish ";
        take(how + room + " " + name + " " + offer, std::move(done));
    }
    void play(std::string room, std::optional<std::string> only, std::optional<std::string> except,
              std::string offer, callback done) override {
        take("play " + room + " only=" + only.value_or("-") + " except=" + except.value_or("-") + " " + offer,
             std::move(done));
    }
    void patch(std::string session, std::string if_match, std::string fragment, callback done) override {
        take("patch " + session + " " + if_match + " " + fragment, std::move(done));
    }
    void close(std::string session, callback done) override { take("close " + session, std::move(done)); }

    media_reply reply{.status = 201, .body = "v=0\r\n", .etag = "tag", .session = "S-1_x", .why = {}};
    bool later = false;
    std::vector<std::string> asked;
    std::vector<callback> waiting;

private:
    void take(std::string what, callback done) {
        asked.push_back(std::move(what));
        if (later) {
            waiting.push_back(std::move(done));
        } else {
            done(reply);
        }
    }
};

net::media_rules open_rules() {
    net::media_rules made;
    made.is_open = [] { return true; };
    return made;
}

struct media_server {
    explicit media_server(net::media_rules rules = open_rules(), const net::http_limits& limits = {})
        : server(limits, nullptr, [&](net::http_router& routes) {
              net::add_media_routes(routes, control, std::move(rules));
          }) {}

    // `fields` end with CR LF each.
    test_client::answer ask(const std::string& line, const std::string& fields = {},
                            const std::string& body = {}) const {
        test_client client(server.at());
        const auto length =
            body.empty() ? std::string() : "Content-Length: " + std::to_string(body.size()) + "\r\n";
        client.send(line + " HTTP/1.1\r\nHost: t\r\n" + fields + length + "\r\n" + body);
        return client.read_answer(line.starts_with("HEAD"));
    }
    test_client::answer offer(const std::string& path, const std::string& fields = {}) const {
        return ask("POST " + path, "Content-Type: application/sdp\r\n" + fields, "v=0");
    }

    scripted_control control;
    http_test_server server;
};

const std::string fragment_fields = "Content-Type: application/trickle-ice-sdpfrag\r\n";

// "good": all rights in room r; "player": play only; "old": expired, good for sessions.
net::access_verdict check(const net::access_request& request) {
    if (request.token == "old") {
        if (!request.right) return {verdict::granted, {}};
        return {verdict::invalid, "the token has expired"};
    }
    if (request.token != "good" && request.token != "player") return {verdict::invalid, "no such token"};
    if (request.room != "r" && request.room != "unborn") return {verdict::forbidden, "another room"};
    if (request.token == "player" && request.right == net::media_right::publish) {
        return {verdict::forbidden, "not for publishing as " + std::string(request.name)};
    }
    return {verdict::granted, {}};
}

net::media_rules closed_rules() {
    net::media_rules rules;
    rules.check = check;
    rules.room_exists = [](std::string_view room) { return room == "r" || room == "other"; };
    return rules;
}

}  // namespace

TEST_CASE("an offer that is taken is a 201 with everything of RFC 9725 section 4.2", "[net][whip]") {
    struct post_case {
        std::string path;
        std::string asked;
    };
    const auto c = GENERATE(values<post_case>({
        {"/whip/r/alice", "publish r alice v=0"},
        {"/whep/r", "play r only=- except=- v=0"},
        {"/whep/r?except=bob", "play r only=- except=bob v=0"},
        {"/whep/r/alice", "play r only=alice except=- v=0"},
        {"/whip/%72/a.b-c_D9", "publish r a.b-c_D9 v=0"},
        {"/whip/" + std::string(64, 'r') + "/" + std::string(64, 'n'),
         "publish " + std::string(64, 'r') + " " + std::string(64, 'n') + " v=0"},
    }));
    INFO(c.path);
    media_server media;
    const auto answer = media.offer(c.path);
    CHECK(answer.status == 201);
    CHECK(answer.body == "v=0\r\n");
    CHECK(answer.field("Content-Type") == "application/sdp");
    CHECK(answer.field("Location").starts_with("/session/r"));
    CHECK(answer.field("Location").ends_with("/S-1_x"));
    CHECK(answer.field("ETag") == "\"tag\"");
    CHECK(answer.field("Link").empty());
    CHECK(answer.field("Access-Control-Allow-Origin") == "*");
    for (const auto* name : {"Location", "ETag", "Link"}) {
        CHECK(answer.field("Access-Control-Expose-Headers").find(name) != std::string::npos);
    }
    CHECK(media.control.asked == std::vector{c.asked});
}

TEST_CASE("a bad name is a 400 that says what names are", "[net][whip]") {
    struct name_case {
        std::string path;
        int status;
        std::string words;
    };
    const auto c = GENERATE(values<name_case>({
        {"/whip/r/a%20b", 400, "a participant's name has 1 to 64 letters"},
        {"/whip/r/%C3%A9", 400, "a participant's name"},
        {"/whip/a,b/n", 400, "a room's name has 1 to 64 letters"},
        {"/whip/r/" + std::string(65, 'n'), 400, "a participant's name"},
        {"/whep/" + std::string(65, 'r'), 400, "a room's name"},
        {"/whep/r/n:n", 400, "a participant's name"},
        {"/whep/r?except=a+b", 400, "\"except\" has 1 to 64"},
        {"/whep/r?except=", 400, "\"except\""},
        {"/whep/r?except=a&except=b", 400, "twice"},
        {"/whip/r/a%00b", 400, "malformed"},
        {"/whip/r/a%2Fb", 400, "malformed"},
        {"/whip/r", 404, ""},
        {"/whip/r/n/x", 404, ""},
        {"/whip/r/..", 404, ""},
        {"/whep/", 404, ""},
    }));
    INFO(c.path);
    media_server media;
    const auto answer = media.offer(c.path);
    CHECK(answer.status == c.status);
    CHECK(answer.body.find(c.words) != std::string::npos);
    CHECK(media.control.asked.empty());
}

TEST_CASE("another media type is a 415 that names ours", "[net][whip]") {
    struct type_case {
        std::string fields;
        int status;
    };
    const auto c = GENERATE(values<type_case>({
        {"", 415},
        {"Content-Type: \r\n", 415},
        {"Content-Type: application/json\r\n", 415},
        {"Content-Type: application/sdpx\r\n", 415},
        {"Content-Type: application/trickle-ice-sdpfrag\r\n", 415},
        {"Content-Type: application/sdp\r\n", 201},
        {"Content-Type: Application/SDP ; charset=utf-8\r\n", 201},
    }));
    const std::string path = GENERATE(as<std::string>(), "/whip/r/a", "/whep/r", "/whep/r/a");
    INFO(c.fields << path);
    media_server media;
    const auto answer = media.ask("POST " + path, c.fields, "v=0");
    CHECK(answer.status == c.status);
    CHECK(answer.field("Access-Control-Allow-Origin") == "*");
    if (c.status == 415) {
        CHECK(answer.field("Accept-Post") == "application/sdp");
        CHECK(media.control.asked.empty());
    }
}

TEST_CASE("a change of another type is a 415 that names ours", "[net][whip]") {
    media_server media;
    const auto answer = media.ask("PATCH /session/r/S", "Content-Type: application/sdp\r\n", "v=0");
    CHECK(answer.status == 415);
    CHECK(answer.field("Accept-Patch") == "application/trickle-ice-sdpfrag");
    CHECK(media.control.asked.empty());
}

TEST_CASE("a refusal's status and sentence reach the client", "[net][whip]") {
    struct refusal_case {
        int status;
        int expected;
        std::string retry_after;
    };
    const auto c = GENERATE(values<refusal_case>({
        {400, 400, ""},
        {404, 404, ""},
        {406, 406, ""},
        {409, 409, "2"},
        {412, 412, ""},
        {422, 422, ""},
        {428, 428, ""},
        {503, 503, "5"},
        {0, 500, ""},
        {302, 500, ""},
        {999, 500, ""},
    }));
    const std::string line = GENERATE(as<std::string>(), "POST /whip/r/a", "POST /whep/r",
                                      "PATCH /session/r/S", "DELETE /session/r/S");
    INFO(c.status << line);
    media_server media;
    media.control.reply = {
        .status = c.status, .body = "b", .etag = "t", .session = "S", .why = "line 3 is odd."};
    const auto type = line.starts_with("PATCH") ? fragment_fields : "Content-Type: application/sdp\r\n";
    const auto answer = media.ask(line, type, line.starts_with("DELETE") ? "" : "v=0");
    CHECK(answer.status == c.expected);
    CHECK(answer.field("Retry-After") == c.retry_after);
    CHECK(answer.field("Location").empty());
    CHECK(answer.field("ETag").empty());
    CHECK(answer.field("Access-Control-Allow-Origin") == "*");
    CHECK((answer.body.find("line 3 is odd.") != std::string::npos) == (c.expected == c.status));
}

TEST_CASE("PATCH trickles with 204 and restarts ICE with 200", "[net][whip]") {
    media_server media;
    media.control.reply = {.status = 204, .body = {}, .etag = "same", .session = {}, .why = {}};
    const auto trickled =
        media.ask("PATCH /session/r/S-1", fragment_fields + "If-Match: \"tag\"\r\n", "a=candidate");
    CHECK(trickled.status == 204);
    CHECK(trickled.field("ETag").empty());
    media.control.reply = {
        .status = 200, .body = "a=ice-ufrag:x\r\n", .etag = "new", .session = {}, .why = {}};
    const auto restarted = media.ask("PATCH /session/r/S-1", fragment_fields + "If-Match: *\r\n", "a=ice");
    CHECK(restarted.status == 200);
    CHECK(restarted.body == "a=ice-ufrag:x\r\n");
    CHECK(restarted.field("Content-Type") == "application/trickle-ice-sdpfrag");
    CHECK(restarted.field("ETag") == "\"new\"");
    CHECK(media.ask("PATCH /session/r/S-1", fragment_fields, "a=ice").status == 200);
    CHECK(media.control.asked ==
          std::vector<std::string>{"patch S-1 \"tag\" a=candidate", "patch S-1 * a=ice", "patch S-1  a=ice"});
}

TEST_CASE("DELETE ends a session with 200", "[net][whip]") {
    media_server media;
    media.control.reply = {};
    const auto answer = media.ask("DELETE /session/r/S-1", "If-Match: \"whatever\"\r\n");
    CHECK(answer.status == 200);
    CHECK(answer.body.empty());
    CHECK(media.control.asked == std::vector<std::string>{"close S-1"});
}

TEST_CASE("what no session can be called is a 404", "[net][whip]") {
    const std::string path =
        GENERATE(as<std::string>(), "/session/r/a.b", "/session/r/%C3%A9", "/session/r/a%20",
                 "/session/r/" + std::string(129, 'a'), "/session/r", "/session/r/");
    media_server media;
    CHECK(media.ask("DELETE " + path).status == 404);
    CHECK(media.ask("PATCH " + path, fragment_fields, "a").status == 404);
    CHECK(media.control.asked.empty());
}

TEST_CASE("GET and HEAD have no content, OPTIONS says what is taken", "[net][whip]") {
    struct look_case {
        std::string path;
        int get;
        std::string type;
        std::string accept;
        std::string methods;
    };
    const auto c = GENERATE(values<look_case>({
        {"/whip/r/a", 204, "", "Accept-Post: application/sdp", "GET, HEAD, POST, OPTIONS"},
        {"/whep/r", 200, "application/sdp", "Accept-Post: application/sdp", "GET, HEAD, POST, OPTIONS"},
        {"/whep/r/a", 200, "application/sdp", "Accept-Post: application/sdp", "GET, HEAD, POST, OPTIONS"},
        {"/session/r/S", 204, "", "Accept-Patch: application/trickle-ice-sdpfrag",
         "GET, HEAD, PATCH, DELETE, OPTIONS"},
    }));
    INFO(c.path);
    auto rules = open_rules();
    rules.ice_servers = [] { return std::vector<net::ice_server>{{"turn:t", "u", "secret"}}; };
    media_server media(std::move(rules));
    for (const auto* method : {"GET ", "HEAD "}) {
        const auto answer = media.ask(method + c.path);
        CHECK(answer.status == c.get);
        CHECK(answer.field("Content-Type") == c.type);
        CHECK(answer.body.empty());
        CHECK(answer.field("Access-Control-Allow-Origin") == "*");
    }
    const auto options = media.ask("OPTIONS " + c.path,
                                   "Origin: https://elsewhere.test"
                                   "\r\nAccess-Control-Request-Method: POST\r\n");
    CHECK(options.status == 200);
    CHECK(options.head.find("\r\n" + c.accept + "\r\n") != std::string::npos);
    CHECK(options.field("Allow") == c.methods);
    CHECK(options.field("Access-Control-Allow-Origin") == "*");
    CHECK(options.field("Access-Control-Allow-Methods") == c.methods);
    CHECK(options.field("Access-Control-Allow-Headers") == "Authorization, Content-Type, If-Match");
    // RFC 9725 §4.6: no credentials for whoever only asks.
    CHECK(options.field("Link").empty());
    CHECK(options.head.find("secret") == std::string::npos);
    const auto put = media.ask("PUT " + c.path);
    CHECK(put.status == 405);
    CHECK(put.field("Allow") == (c.path.starts_with("/session") ? "DELETE, GET, HEAD, PATCH, OPTIONS"
                                                                : "GET, HEAD, POST, OPTIONS"));
    CHECK(media.control.asked.empty());
}

TEST_CASE("ICE servers come as Link fields of a 201", "[net][whip]") {
    auto rules = open_rules();
    rules.ice_servers = [] {
        return std::vector<net::ice_server>{
            {"stun:stun.test", {}, {}},
            {"turn:turn.test?transport=tcp", "17:a\"b", "p\\w"},
            {"turn:evil.test", "x\r\nSet-Cookie: y", "z"},
        };
    };
    std::string head;
    {
        auto two = rules;
        two.ice_servers = [all = rules.ice_servers] {
            auto made = all();
            made.pop_back();
            return made;
        };
        media_server media(std::move(two));
        head = media.offer("/whip/r/a").head;
    }
    CHECK(head.find("\r\nLink: <stun:stun.test>; rel=\"ice-server\"\r\n") != std::string::npos);
    CHECK(head.find("\r\nLink: <turn:turn.test?transport=tcp>; rel=\"ice-server\"; username=\"17:a\\\"b\"; "
                    "credential=\"p\\\\w\"; credential-type=\"password\"\r\n") != std::string::npos);
    media_server media(std::move(rules));
    const auto split = media.offer("/whip/r/a");
    CHECK(split.status == 500);  // nobody smuggles fields in
    CHECK(split.field("Set-Cookie").empty());
}

TEST_CASE("SEC-ROOM-1 SEC-ROOM-2: a closed room needs a token for it and for what is asked", "[net][whip]") {
    struct token_case {
        std::string line;
        std::string fields;
        int status;
        std::string challenge;
    };
    const std::string realm = R"(Bearer realm="libconf")";
    const auto invalid = realm + R"(, error="invalid_token")";
    const auto scope = realm + R"(, error="insufficient_scope")";
    const auto c = GENERATE_COPY(values<token_case>({
        {"POST /whip/r/a", "Authorization: Bearer good\r\n", 201, ""},
        {"POST /whip/r/a", "Authorization: bearer  good\r\n", 201, ""},
        {"POST /whip/r/a?token=good", "", 201, ""},
        {"POST /whep/r", "Authorization: Bearer player\r\n", 201, ""},
        {"POST /whep/r/a", "Authorization: Bearer player\r\n", 201, ""},
        {"POST /whip/r/a", "", 401, realm},
        {"POST /whip/r/a", "Authorization: Bearer \r\n", 401, realm},
        {"POST /whip/r/a", "Authorization: Basic good\r\n", 401, realm},
        {"POST /whip/r/a", "Authorization: good\r\n", 401, realm},
        {"POST /whip/r/a", "Cookie: token=good\r\n", 401, realm},
        {"POST /whip/r/a", "Authorization: Bearer Good\r\n", 401, invalid},
        {"POST /whip/r/a", "Authorization: Bearer good x\r\n", 401, invalid},
        {"POST /whip/r/a", "Authorization: Bearer old\r\n", 401, invalid},
        {"POST /whip/r/a", "Authorization: Bearer player\r\n", 403, scope},
        {"POST /whip/r/a?token=good", "Authorization: Bearer good\r\n", 400, ""},
        // A stranger cannot tell a room that is there from one that is not; who has a token for it can.
        {"POST /whip/other/a", "", 401, realm},
        {"POST /whip/unborn/a", "", 401, realm},
        {"POST /whip/nowhere/a", "", 401, realm},
        {"POST /whip/other/a", "Authorization: Bearer good\r\n", 403, scope},
        {"POST /whip/nowhere/a", "Authorization: Bearer good\r\n", 403, scope},
        {"POST /whip/unborn/a", "Authorization: Bearer good\r\n", 404, ""},
        {"POST /whep/unborn", "Authorization: Bearer good\r\n", 404, ""},
        {"GET /whip/r/a", "", 401, realm},
        {"GET /whep/r", "Authorization: Bearer player\r\n", 200, ""},
        {"HEAD /whep/r", "", 401, realm},
        {"OPTIONS /whip/r/a", "", 200, ""},
        {"OPTIONS /whep/nowhere", "", 200, ""},
        {"OPTIONS /session/r/S", "", 200, ""},
        {"DELETE /session/r/S", "", 401, realm},
        {"DELETE /session/r/S", "Authorization: Bearer bad\r\n", 401, invalid},
        {"DELETE /session/other/S", "Authorization: Bearer good\r\n", 403, scope},
        {"GET /session/r/S", "", 401, realm},
        {"GET /session/r/S", "Authorization: Bearer player\r\n", 204, ""},
    }));
    INFO(c.line << " " << c.fields);
    media_server media(closed_rules());
    const auto posts = c.line.starts_with("POST");
    const auto answer =
        media.ask(c.line, (posts ? "Content-Type: application/sdp\r\n" : "") + c.fields, posts ? "v=0" : "");
    CHECK(answer.status == c.status);
    CHECK(answer.field("WWW-Authenticate") == c.challenge);
    CHECK(answer.field("Access-Control-Allow-Origin") == "*");
    CHECK(media.control.asked.empty() == (answer.status != 201));
}

TEST_CASE("SEC-HTTP-4: two tokens in an address are refused", "[net][whip]") {
    media_server media(closed_rules());
    CHECK(media.offer("/whip/r/a?token=good&token=good").status == 400);
    CHECK(media.control.asked.empty());
}

TEST_CASE("a session outlives the token it began with", "[net][whip]") {
    media_server media(closed_rules());
    media.control.reply = {};
    const std::string token = GENERATE(as<std::string>(), "good", "player", "old");
    const auto field = "Authorization: Bearer " + token + "\r\n";
    CHECK(media.ask("DELETE /session/r/S", field).status == 200);
    media.control.reply.status = 204;
    CHECK(media.ask("PATCH /session/r/S", field + fragment_fields, "a").status == 204);
}

TEST_CASE("a closed server without anybody to ask lets nobody in", "[net][whip]") {
    media_server media(net::media_rules{});
    CHECK(media.offer("/whip/r/a").status == 401);
    CHECK(media.offer("/whip/r/a", "Authorization: Bearer good\r\n").status == 401);
    auto rules = closed_rules();
    rules.room_exists = nullptr;
    media_server roomless(std::move(rules));
    CHECK(roomless.offer("/whip/r/a", "Authorization: Bearer good\r\n").status == 404);
}

TEST_CASE("an open server looks at no token", "[net][whip]") {
    media_server media;
    CHECK(media.offer("/whip/any/a", "Authorization: Bearer nonsense\r\n").status == 201);
}

TEST_CASE("a server opens and closes while it runs", "[net][whip]") {
    auto open = true;
    auto rules = closed_rules();
    rules.is_open = [&open] { return open; };
    media_server media(std::move(rules));
    CHECK(media.offer("/whip/any/a").status == 201);
    media.server.call([&] { open = false; });
    CHECK(media.offer("/whip/any/a").status == 401);
    media.server.call([&] { open = true; });
    CHECK(media.offer("/whip/any/a").status == 201);
}

TEST_CASE("whose token is for one name takes that name over", "[net][whip]") {
    auto rules = closed_rules();
    rules.check = [](const net::access_request& request) {
        return net::access_verdict{verdict::granted, {}, request.token == "anns" && request.name == "ann"};
    };
    media_server media(std::move(rules));
    CHECK(media.offer("/whip/r/ann?token=anns").status == 201);
    CHECK(media.offer("/whip/r/ann?token=any").status == 201);
    CHECK(media.control.asked == std::vector<std::string>{"publish as owner r ann v=0", "publish r ann v=0"});
}

TEST_CASE("SEC-ROOM-1: 20 failed lookups a minute, and then not even whether one would have been good",
          "[net][whip]") {
    auto rules = closed_rules();
    std::vector<http_limit> hits;
    rules.failed_lookups = std::make_shared<net::session_limiter>(20, 1);
    rules.on_limit = [&](http_limit hit) { hits.push_back(hit); };
    media_server media(std::move(rules));
    const auto with = [](const std::string& token) { return "Authorization: Bearer " + token + "\r\n"; };
    // What counts: a token that is not good, one for another room, a room that is not there; at any address.
    for (int i = 0; i < 4; ++i) {
        CHECK(media.offer("/whip/r/a", with("guess" + std::to_string(i))).status == 401);
        CHECK(media.offer("/whep/other", with("good")).status == 403);
        CHECK(media.offer("/whep/unborn", with("good")).status == 404);
        CHECK(media.ask("GET /whip/r/a", with("guess")).status == 401);
        // What does not: a good one, and none at all.
        CHECK(media.offer("/whip/r/a", with("good")).status == 201);
        CHECK(media.offer("/whip/r/a").status == 401);
        CHECK(media.offer("/whip/r/a?token=good", with("good")).status == 400);
    }
    for (int i = 0; i < 3; ++i) CHECK(media.offer("/whip/r/a", with("guess")).status == 401);
    CHECK(media.offer("/whip/r/a", with("good")).status == 201);           // 19 so far
    CHECK(media.ask("DELETE /session/r/S", with("guess")).status == 401);  // 20
    CHECK(hits.empty());
    for (const std::string token : {"guess", "good"}) {
        for (const std::string line :
             {"POST /whip/r/a", "POST /whep/r", "GET /whep/nowhere", "DELETE /session/r/S"}) {
            INFO(line << " " << token);
            const auto refused = media.ask(line, "Content-Type: application/sdp\r\n" + with(token));
            CHECK(refused.status == 429);
            CHECK(refused.field("Retry-After") == "3");
            CHECK(refused.field("Access-Control-Allow-Origin") == "*");
            CHECK(refused.field("WWW-Authenticate").empty());
        }
    }
    CHECK(hits == std::vector<http_limit>(8, http_limit::failed_lookups));
    CHECK(media.ask("OPTIONS /whip/r/a").status == 200);
}

TEST_CASE("an open server has no lookups that fail", "[net][whip]") {
    auto rules = open_rules();
    rules.failed_lookups = std::make_shared<net::session_limiter>(1, 1);
    media_server media(std::move(rules));
    for (int i = 0; i < 5; ++i) CHECK(media.offer("/whip/r/a?token=guess").status == 201);
}

TEST_CASE("every answer may be read by a page of another origin, also those that no handler made",
          "[net][whip]") {
    const bool listed = GENERATE(false, true);
    INFO(listed);
    auto rules = open_rules();
    if (listed) rules.origin_allowed = [](std::string_view origin) { return origin == "https://ours.test"; };
    rules.limiter = std::make_shared<net::session_limiter>(3, 1);
    net::http_limits limits;
    limits.reply_time = 30ms;
    limits.body_grace = 30ms;
    limits.linger_time = 10ms;
    media_server media(std::move(rules), limits);
    const std::string origin =
        "Origin: https://ours.test"
        "\r\n";
    const std::string type = "Content-Type: application/sdp\r\n";
    const auto expect = [&](const test_client::answer& answer, int status) {
        INFO(status);
        CHECK(answer.status == status);
        CHECK(answer.field("Access-Control-Allow-Origin") == (listed ? "https://ours.test" : "*"));
        CHECK(answer.field("Vary") == (listed ? "Origin" : ""));
        const auto shown = answer.field("Access-Control-Expose-Headers");
        for (const auto* name : {"Location", "ETag", "Link", "Retry-After", "Allow", "WWW-Authenticate"}) {
            CHECK(shown.find(name) != std::string::npos);
        }
    };
    const auto broken = [&](const std::string& request) {
        test_client client(media.server.at());
        client.send(request);
        return client.read_answer();
    };
    expect(media.ask("PUT /whip/r/a", origin), 405);
    expect(media.ask("DELETE /whep/r", origin), 405);
    expect(broken("POST /whep/r HTTP/1.1\r\nHost: t\r\n" + origin + type + "Content-Length: 9999999\r\n\r\n"),
           413);
    expect(broken("POST /whip/r/a HTTP/1.1\r\nHost: t\r\n" + origin + type + "Content-Length: 3\r\n\r\nv="),
           408);
    expect(broken("POST /whip/r/a HTTP/1.1\r\nHost: t\r\n" + origin + type +
                  "Transfer-Encoding: chunked\r\n\r\nno number\r\n"),
           400);
    expect(media.ask("OPTIONS /session/r/S", origin), 200);
    expect(media.ask("GET /whep/r", origin), 200);
    expect(media.offer("/whip/r/a", origin), 201);
    media.control.later = true;
    expect(media.offer("/whip/r/a", origin), 503);  // the media threads took too long
    media.control.later = false;
    expect(media.ask("DELETE /session/r/S", origin), 500);
    expect(media.ask("DELETE /session/r/S", origin), 429);
}

TEST_CASE("SEC-WS-1: a page of an origin that is not allowed gets nothing", "[net][whip]") {
    auto rules = open_rules();
    rules.origin_allowed = [](std::string_view origin) { return origin == "https://ours.test"; };
    media_server media(std::move(rules));
    const auto ours = media.offer("/whip/r/a",
                                  "Origin: https://ours.test"
                                  "\r\n");
    CHECK(ours.status == 201);
    CHECK(ours.field("Access-Control-Allow-Origin") == "https://ours.test");
    CHECK(ours.field("Vary") == "Origin");
    const auto before = media.ask("OPTIONS /whip/r/a",
                                  "Origin: https://ours.test"
                                  "\r\n");
    CHECK(before.field("Access-Control-Allow-Origin") == "https://ours.test");
    for (const std::string origin : {"https://evil.test", "null", "https://ours.test.evil.test"}) {
        CHECK(media.offer("/whip/r/a", "Origin: " + origin + "\r\n").status == 403);
        const auto refused = media.ask("OPTIONS /whip/r/a", "Origin: " + origin + "\r\n");
        CHECK(refused.status == 403);
        CHECK(refused.field("Access-Control-Allow-Origin").empty());
        CHECK(refused.field("Vary") == "Origin");
        const auto other = media.ask("PUT /whip/r/a", "Origin: " + origin + "\r\n");
        CHECK(other.status == 405);
        CHECK(other.field("Access-Control-Allow-Origin").empty());
    }
    CHECK(media.offer("/whip/r/a").status == 201);  // no browser
}

TEST_CASE("an offer may be as long as SDP may be", "[net][whip]") {
    media_server media;
    const std::string most(sdp::text_bytes_max, 'v');
    CHECK(media.ask("POST /whip/r/a", "Content-Type: application/sdp\r\n", most).status == 201);
    CHECK(media.ask("POST /whip/r/a", "Content-Type: application/sdp\r\n", most + 'v').status == 413);
    const std::string fragment(net::fragment_bytes_max, 'a');
    media.control.reply.status = 204;
    CHECK(media.ask("PATCH /session/r/S", fragment_fields, fragment).status == 204);
    CHECK(media.ask("PATCH /session/r/S", fragment_fields, fragment + 'a').status == 413);
    CHECK(media.ask("DELETE /session/r/S", "", "a body").status == 413);
}

TEST_CASE("who asks too often waits", "[net][whip]") {
    auto rules = open_rules();
    rules.limiter = std::make_shared<net::session_limiter>(3, 1);
    media_server media(std::move(rules));
    CHECK(media.offer("/whip/r/a").status == 201);
    CHECK(media.ask("POST /whep/r").status == 415);  // this one counts too
    media.control.reply.status = 200;
    CHECK(media.ask("DELETE /session/r/S").status == 200);
    for (const std::string line :
         {"POST /whip/r/a", "POST /whep/r", "POST /whep/r/a", "PATCH /session/r/S", "DELETE /session/r/S"}) {
        const auto answer = media.ask(line);
        CHECK(answer.status == 429);
        CHECK(answer.field("Retry-After") == "1");
    }
    CHECK(media.ask("GET /whip/r/a").status == 204);
    CHECK(media.ask("OPTIONS /whip/r/a").status == 200);
}

TEST_CASE("the media threads may take their time", "[net][whip]") {
    media_server media;
    media.control.later = true;
    test_client client(media.server.at());
    client.send(
        "POST /whip/r/a HTTP/1.1\r\nHost: t\r\nContent-Type: application/sdp\r\nContent-Length: "
        "3\r\n\r\nv=0");
    const auto end = std::chrono::steady_clock::now() + 20s;
    for (bool asked = false; !asked;) {
        REQUIRE(std::chrono::steady_clock::now() < end);
        media.server.call([&] { asked = !media.control.waiting.empty(); });
    }
    media.server.call([&] { media.control.waiting.front()(media.control.reply); });
    CHECK(client.read_answer().status == 201);
    CHECK(media.control.asked.size() == 1);
}

TEST_CASE("a session whose maker has left, or was told 503, is ended", "[net][whip]") {
    net::http_limits limits;
    limits.reply_time = 30ms;
    media_server media(open_rules(), limits);
    media.control.later = true;
    CHECK(media.offer("/whip/r/a").status == 503);
    media.server.call([&] {
        REQUIRE(media.control.waiting.size() == 1);
        const auto done = media.control.waiting.front();
        done({.status = 409, .body = {}, .etag = {}, .session = {}, .why = "no"});
        CHECK(media.control.asked.size() == 1);
        done(media.control.reply);
        CHECK(media.control.asked.back() == "close S-1_x");
        media.control.waiting.clear();
    });
}
