#include "libconf/api/status_page.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace conf;
using namespace std::chrono_literals;
using api::language;

namespace {

api::server_view view_of(std::chrono::seconds uptime) {
    api::server_view made;
    made.version = "1.2.3";
    made.uptime = uptime;
    made.now = std::chrono::sys_seconds(1'700'000'000s);
    return made;
}

turn_status relay() {
    turn_status made;
    made.allocations = 42;
    made.listening = {"udp://192.0.2.1:3478", "tls://[2001:db8::1]:5349"};
    return made;
}

std::size_t count(const std::string& text, const std::string& what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE("the language is the visitor's, as far as we speak it", "[api]") {
    struct language_case {
        std::string accepts;
        language expected;
    };
    const auto c = GENERATE(values<language_case>({
        {"", language::english},
        {"de, ja;q=0.5", language::english},
        {"*", language::english},
        {"fr", language::french},
        {"FR-be", language::french},
        {"fr-CA,fr;q=0.9,en;q=0.8", language::french},
        {"en-GB,en;q=0.9,fr;q=0.8", language::english},
        {"de,fr;q=0.3,en;q=0.2", language::french},
        {"fr;q=0, en;q=0.1", language::english},
        {"fr;q=0", language::english},
        {"fr;q=nonsense", language::english},
        {"fr ; q=0.5 , en ;q=0.4", language::french},
        {"fry", language::english},
        {"f", language::english},
        {",,;q=1,", language::english},
    }));
    INFO(c.accepts);
    CHECK(api::choose_language(c.accepts) == c.expected);
}

TEST_CASE("the status page says what runs", "[api]") {
    auto view = view_of(90061s);
    view.turn = relay();
    const auto page = api::render_status_page(view, language::english, true);
    for (const auto* part :
         {"<html lang=\"en\">", "<title>libconf server</title>", "1.2.3", "1\u00A0day 1\u00A0hour<",
          "udp://192.0.2.1:3478", "tls://[2001:db8::1]:5349", "<dd>42</dd>", "Running", "href=\"/healthz\"",
          "href=\"/readyz\"", "href=\"/metrics\"", "22:13:20"}) {
        INFO(part);
        CHECK_THAT(page, Catch::Contains(part));
    }
    CHECK(page.find("<script") == std::string::npos);
    CHECK(page.find("style=") == std::string::npos);
    CHECK(page.find("http://") == std::string::npos);  // nothing from elsewhere

    CHECK(api::render_status_page(view, language::english, false).find("/metrics") == std::string::npos);
    view.draining = true;
    CHECK_THAT(api::render_status_page(view, language::english, true), Catch::Contains("Draining"));
    view.turn.reset();
    CHECK_THAT(api::render_status_page(view, language::english, true),
               Catch::Contains("No relay is configured."));
}

TEST_CASE("both languages have the same page", "[api]") {
    auto view = view_of(59s);
    const auto draining = GENERATE(false, true);
    view.draining = draining;
    if (draining) view.turn = relay();
    const auto english = api::render_status_page(view, language::english, true);
    const auto french = api::render_status_page(view, language::french, true);
    CHECK_THAT(french, Catch::Contains("<html lang=\"fr\">") && Catch::Contains("Serveur libconf"));
    for (const auto* tag : {"<h1>", "<h2", "<dt>", "<dd>", "<li>", "<a ", "<p", "<time "})
        CHECK(count(english, tag) == count(french, tag));
    for (const auto* word : {"Running", "Draining", "Version</h2>", "relay", "Health", "Metrics", "As of",
                             "seconds", "Details"}) {
        INFO(word);
        CHECK(french.find(word) == std::string::npos);
    }
}

TEST_CASE("what comes from outside is escaped", "[api]") {
    auto view = view_of(1s);
    view.version = "<b>\"&'";
    const auto page = api::render_status_page(view, language::english, true);
    CHECK_THAT(page, Catch::Contains("&lt;b&gt;&quot;&amp;&#39;"));
    CHECK(page.find("<b>") == std::string::npos);
    CHECK_THAT(api::render_status_json(view), Catch::Contains(R"("version":"<b>\"&'")"));
}

TEST_CASE("the uptime has its two largest units", "[api]") {
    struct uptime_case {
        std::chrono::seconds uptime;
        std::string english;
        std::string french;
    };
    const auto c = GENERATE(values<uptime_case>({
        {0s, "0\u00A0seconds", "0\u00A0seconde"},
        {1s, "1\u00A0second", "1\u00A0seconde"},
        {61s, "1\u00A0minute 1\u00A0second", "1\u00A0minute 1\u00A0seconde"},
        {2h, "2\u00A0hours", "2\u00A0heures"},
        {2h + 5s, "2\u00A0hours 5\u00A0seconds", "2\u00A0heures 5\u00A0secondes"},
        {49h + 30min, "2\u00A0days 1\u00A0hour", "2\u00A0jours 1\u00A0heure"},
    }));
    const auto view = view_of(c.uptime);
    CHECK_THAT(api::render_status_page(view, language::english, true),
               Catch::Contains(">" + c.english + "<"));
    CHECK_THAT(api::render_status_page(view, language::french, true), Catch::Contains(">" + c.french + "<"));
}

TEST_CASE("the status for confctl is one line of JSON", "[api]") {
    auto view = view_of(5s);
    CHECK(api::render_status_json(view) ==
          R"({"version":"1.2.3","uptime_seconds":5,"draining":false,"listening":[],"http":{"connections":0},)"
          R"("turn":null,"tls":null,"log_events_dropped":0})");
    view.listening = {"http://127.0.0.1:8080", "a\"b\\c\n"};
    view.turn = relay();
    view.turn->packets_relayed = 7;
    view.certificate_not_after = std::chrono::sys_seconds(1'700'000'000s);
    view.http_connections = 3;
    CHECK(api::render_status_json(view) ==
          R"({"version":"1.2.3","uptime_seconds":5,"draining":false,)"
          R"("listening":["http://127.0.0.1:8080","a\"b\\c\u000a"],"http":{"connections":3},)"
          R"("turn":{"allocations":42,"packets_relayed":7,"packets_dropped":0,"draining":false,)"
          R"("listening":["udp://192.0.2.1:3478","tls://[2001:db8::1]:5349"]},)"
          R"("tls":{"not_after":"2023-11-14T22:13:20Z"},"log_events_dropped":0})");
}
