#include "libconf/api/play_page.hpp"

#include "libconf/api/pages.hpp"

#include <catch2/catch.hpp>

#include <regex>
#include <string>

using namespace conf;
using api::language;

namespace {

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

net::http_response get(const net::http_router& routes, const std::string& path,
                       const std::string& accept_language = {}) {
    net::http_request request;
    request.method = "GET";
    request.path = path;
    if (!accept_language.empty()) request.fields.push_back({"accept-language", accept_language});
    const auto match = routes.find(request);
    if (!match.handler) return match.answer;
    request.path_parameters = match.path_parameters;
    net::http_pending pending;
    (*match.handler)(request, pending.reply());
    return pending.take();
}

net::http_router routes() {
    net::http_router made;
    api::add_play_routes(made, [](std::string_view room) { return room != "unknown"; });
    return made;
}

}  // namespace

TEST_CASE("the play page says what it is in the visitor's language", "[api]") {
    const auto english = get(routes(), "/play/tuesday");
    CHECK(english.status == 200);
    CHECK(english.content_type == "text/html; charset=utf-8");
    CHECK(english.body.find("<html lang=\"en\">") != std::string::npos);
    CHECK(english.body.find("Nobody is here yet") != std::string::npos);
    const auto french = get(routes(), "/play/tuesday", "fr");
    CHECK(french.body.find("<html lang=\"fr\">") != std::string::npos);
    CHECK(french.body.find("encore personne") != std::string::npos);
    for (const auto& page : {english.body, french.body}) {
        CHECK(page.find("data-room=\"tuesday\"") != std::string::npos);
        CHECK(page.find("data-=") == std::string::npos);
        CHECK(page.find("=\"\"\n") == std::string::npos);  // a word is missing
    }
}

TEST_CASE("a room that is not there has no page, and no name gets into one unseen", "[api]") {
    CHECK(get(routes(), "/play/unknown").status == 404);
    CHECK(get(routes(), "/play/<script>").status == 404);
    CHECK(get(routes(), "/play/a\"b").status == 404);
    CHECK(get(routes(), "/play/" + std::string(64, 'r')).status == 200);
    CHECK(get(routes(), "/play/" + std::string(65, 'r')).status == 404);
    CHECK(get(routes(), "/play/").status == 404);
}

TEST_CASE("the play page lives with the policy of all pages: nothing inline, nothing from elsewhere",
          "[api]") {
    const auto in = GENERATE(language::english, language::french);
    const auto page = api::render_play_page("r", in);
    CHECK(count(page, "<script") == 1);
    CHECK(page.find("<script src=\"/play.js\" defer></script>") != std::string::npos);
    CHECK(page.find("<style") == std::string::npos);
    CHECK(page.find("style=") == std::string::npos);
    CHECK_FALSE(std::regex_search(page, std::regex(R"(\son[a-z]+=)")));
    for (const auto text : {std::string_view(page), api::page_file("play.js"), api::page_file("play.css")}) {
        CHECK(text.find("://") == std::string_view::npos);
        CHECK(text.find("innerHTML") == std::string_view::npos);
        CHECK(text.find(".style.") == std::string_view::npos);
    }
}

TEST_CASE("tags of the play page close, and each thing the script asks for is there", "[api]") {
    const auto page = api::render_play_page("r", GENERATE(language::english, language::french));
    for (const std::string tag : {"html", "head", "body", "header", "h1", "h2", "main", "section", "div",
                                  "form", "label", "button", "p", "noscript", "title", "script", "span"}) {
        INFO(tag);
        const std::regex open("<" + tag + "[ \n>]");
        const auto opened = std::distance(std::sregex_iterator(page.begin(), page.end(), open), {});
        CHECK(static_cast<std::size_t>(opened) == count(page, "</" + tag + ">"));
    }
    const std::string script(api::page_file("play.js"));
    const std::regex wanted_id(R"(\b(?:at|say)\('([a-z]+)')");
    std::size_t ids = 0;
    for (std::sregex_iterator one(script.begin(), script.end(), wanted_id), end; one != end; ++one, ++ids) {
        CHECK(count(page, "id=\"" + (*one)[1].str() + "\"") == 1);
    }
    CHECK(ids > 10);
    const std::regex wanted_word(R"(\bwords\.([a-zA-Z]+))");
    std::size_t found = 0;
    for (std::sregex_iterator one(script.begin(), script.end(), wanted_word), end; one != end;
         ++one, ++found) {
        std::string key;
        for (const char c : (*one)[1].str()) {
            if (c >= 'A' && c <= 'Z') key += '-';
            key += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        }
        INFO(key);
        CHECK(count(page, "data-" + key + "=\"") == 1);
    }
    CHECK(found > 10);
}

TEST_CASE("script and style are files of their own", "[api]") {
    CHECK(get(routes(), "/play.js").content_type == "text/javascript; charset=utf-8");
    CHECK(get(routes(), "/play.css").content_type == "text/css; charset=utf-8");
    CHECK(get(routes(), "/play.js").body == api::page_file("play.js"));
    CHECK(get(routes(), "/play.css").body == api::page_file("play.css"));
}
