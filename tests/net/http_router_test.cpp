#include "libconf/net/http_router.hpp"

#include "libconf/net/http_rules.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace conf;
using net::http_router;

namespace {

http_router::match find(const http_router& routes, std::string method, std::string path) {
    net::http_request request;
    request.method = std::move(method);
    request.path = std::move(path);
    return routes.find(request);
}

// Its body names the route, its address what the parameters were.
std::string answer_of(const http_router& routes, const std::string& path) {
    net::http_request request;
    request.method = "GET";
    request.path = path;
    const auto match = routes.find(request);
    if (!match.handler) return std::to_string(match.answer.status);
    request.path_parameters = match.path_parameters;
    net::http_pending pending;
    (*match.handler)(request, pending.reply());
    return pending.take().body;
}

http_router table() {
    const auto says = [](std::string route) {
        return [route](const net::http_request& request) {
            auto body = route;
            for (const auto& [name, value] : request.path_parameters) {
                body.append(" ").append(name).append("=").append(value);
                CHECK(request.path_parameter(name) == value);
            }
            return net::http_response{200, "text/plain", body, {}};
        };
    };
    http_router made;
    made.add("GET", "/{any}/{thing}", says("any"));
    made.add("GET", "/whip/{room}/{name}", says("whip"));
    made.add("GET", "/whip/{room}/fixed", says("fixed"));
    made.add("GET", "/whip/exact/fixed", says("exact"));
    made.add("GET", "/whep/{room}", says("whep"));
    made.add("POST", "/whep/{room}", says("posted"), 17);
    made.add("DELETE", "/{any}/{thing}", says("deleted"));
    return made;
}

}  // namespace

TEST_CASE("a path is exact or has parameters, and the more exact one counts", "[net][http]") {
    struct path_case {
        std::string path;
        std::string answer;
    };
    const auto c = GENERATE(values<path_case>({
        {"/whip/r/n", "whip room=r name=n"},
        {"/whip/r/fixed", "fixed room=r"},
        {"/whip/exact/fixed", "exact"},
        {"/whip/exact/n", "whip room=exact name=n"},
        {"/whep/r", "whep room=r"},
        {"/a/b", "any any=a thing=b"},
        {"/Whep/r", "any any=Whep thing=r"},
        {"/whep/a b", "whep room=a b"},
        {"/whep/\xC3\xA9", "whep room=\xC3\xA9"},
        {"/whep/{room}", "whep room={room}"},
        {"/whep", "404"},
        {"/whep/", "404"},
        {"/whep/r/", "404"},
        {"//", "404"},
        {"//r", "404"},
        {"/whip//n", "404"},
        {"/whip/r/", "404"},
        {"/whip/r/n/", "404"},
        {"/whip/r/n/x", "404"},
        {"/", "404"},
        {"", "404"},
        {"/whep/\xFF", "400"},
        {"/whep/\xC2\x85", "400"},
        {"/whep/" + std::string(256, 'x'), "whep room=" + std::string(256, 'x')},
        {"/whep/" + std::string(257, 'x'), "400"},
    }));
    INFO(c.path);
    CHECK(answer_of(table(), c.path) == c.answer);
}

TEST_CASE("methods of a path with parameters are refused and listed as those of others", "[net][http]") {
    const auto routes = table();
    CHECK(find(routes, "POST", "/whep/r").body_bytes == 17);
    CHECK(find(routes, "HEAD", "/whep/r").handler != nullptr);
    const auto put = find(routes, "PUT", "/whep/r");
    CHECK(put.handler == nullptr);
    CHECK(put.answer.status == 405);
    CHECK(put.answer.fields.back().second == "GET, HEAD, POST, OPTIONS");
    const auto options = find(routes, "OPTIONS", "/whep/r");
    CHECK(options.answer.status == 204);
    CHECK(options.answer.fields.back().second == "GET, HEAD, POST, OPTIONS");
    // The path belongs to its best pattern; another one's methods are not looked for.
    CHECK(find(routes, "DELETE", "/whep/r").answer.status == 405);
    CHECK(find(routes, "DELETE", "/a/b").handler != nullptr);
}

TEST_CASE("a handler of OPTIONS comes before the router's own answer", "[net][http]") {
    http_router routes;
    routes.add("GET", "/a", [](const net::http_request&) { return net::http_response{}; });
    routes.add("OPTIONS", "/a", [](const net::http_request&) { return net::http_response{}; });
    CHECK(find(routes, "OPTIONS", "/a").handler != nullptr);
    CHECK(find(routes, "PUT", "/a").answer.fields.back().second == "GET, HEAD, OPTIONS");
}

TEST_CASE("UTF-8 is well-formed and without controls, or refused", "[net][http]") {
    struct text_case {
        std::string text;
        bool clean;
    };
    const auto c = GENERATE(values<text_case>({
        {"", true},
        {"plain ~", true},
        {"\xC2\xA0", true},
        {"\xDF\xBF", true},
        {"\xE0\xA0\x80", true},
        {"\xED\x9F\xBF", true},
        {"\xEE\x80\x80", true},
        {"\xF0\x90\x80\x80", true},
        {"\xF4\x8F\xBF\xBF", true},
        {"a\xE2\x82\xACz", true},
        {"\x1F", false},
        {"\x7F", false},
        {std::string(1, '\0'), false},
        {"\xC2\x80", false},  // a control of C1
        {"\xC2\x9F", false},
        {"\x80", false},  // continues nothing
        {"\xBF", false},
        {"\xC1\xBF", false},  // too long for what it says
        {"\xE0\x9F\xBF", false},
        {"\xF0\x8F\xBF\xBF", false},
        {"\xED\xA0\x80", false},  // surrogates
        {"\xED\xBF\xBF", false},
        {"\xF4\x90\x80\x80", false},  // beyond Unicode
        {"\xF8\x88\x80\x80\x80", false},
        {"\xFF", false},
        {"\xC3", false},  // cut
        {"\xE2\x82", false},
        {"\xF0\x90\x80", false},
        {"\xC3z", false},
        {"\xE2\x82z", false},
    }));
    INFO(c.text);
    CHECK(net::is_clean_utf8(c.text) == c.clean);
}
