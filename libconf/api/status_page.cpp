#include "libconf/api/status_page.hpp"

#include "libconf/api/page_template.hpp"
#include "libconf/api/pages.hpp"
#include "libconf/base/markup.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace conf::api {
namespace {

// One struct, filled twice: a text that is missing in one language does not compile.
struct status_texts {
    std::string_view tag;
    std::string_view title;
    std::string_view running;
    std::string_view running_detail;
    std::string_view draining;
    std::string_view draining_detail;
    std::string_view details;
    std::string_view version;
    std::string_view uptime;
    std::string_view relay;
    std::string_view no_relay;
    std::string_view allocations;
    std::string_view for_operators;
    std::string_view health;
    std::string_view readiness;
    std::string_view metrics;
    std::string_view as_of;
    std::string_view units[4][2];  // day, hour, minute, second: one and many
};

constexpr status_texts english_status{
    .tag = "en",
    .title = "libconf server",
    .running = "Running",
    .running_detail = "This server is up and takes requests.",
    .draining = "Draining",
    .draining_detail = "This server takes no new relay allocations and stops when the last one has ended.",
    .details = "Details",
    .version = "Version",
    .uptime = "Running for",
    .relay = "Relay (TURN)",
    .no_relay = "No relay is configured.",
    .allocations = "Live allocations",
    .for_operators = "For operators",
    .health = "Health",
    .readiness = "Readiness",
    .metrics = "Metrics",
    .as_of = "As of {} UTC. Reload the page for newer figures.",
    .units = {{"day", "days"}, {"hour", "hours"}, {"minute", "minutes"}, {"second", "seconds"}},
};

constexpr status_texts french_status{
    .tag = "fr",
    .title = "Serveur libconf",
    .running = "En service",
    .running_detail = "Ce serveur fonctionne et répond aux requêtes.",
    .draining = "En cours d’arrêt",
    .draining_detail =
        "Ce serveur n’accepte plus de nouvelle allocation et s’arrêtera à la fin de la dernière.",
    .details = "Détails",
    .version = "Version",
    .uptime = "En service depuis",
    .relay = "Relais (TURN)",
    .no_relay = "Aucun relais n’est configuré.",
    .allocations = "Allocations en cours",
    .for_operators = "Pour l’exploitation",
    .health = "Santé",
    .readiness = "Disponibilité",
    .metrics = "Mesures",
    .as_of = "État à {} UTC. Rechargez la page pour des chiffres plus récents.",
    .units = {{"jour", "jours"}, {"heure", "heures"}, {"minute", "minutes"}, {"seconde", "secondes"}},
};

// The two largest units: "2 days 3 hours". 0 counts as many in English, as one in French.
std::string format_uptime(std::chrono::seconds uptime, const status_texts& in) {
    constexpr std::int64_t sizes[] = {86400, 3600, 60, 1};
    auto rest = static_cast<std::int64_t>(uptime.count());
    std::string made;
    int parts = 0;
    for (std::size_t at = 0; at < std::size(sizes) && parts < 2; ++at) {
        const auto count = rest / sizes[at];
        rest %= sizes[at];
        const auto last = at + 1 == std::size(sizes);
        if (count == 0 && !(last && parts == 0)) continue;
        const auto many = count > 1 || (count == 0 && in.tag == "en");
        // No line break between a number and its unit: U+00A0.
        made += fmt::format("{}{}\u00A0{}", parts ? " " : "", count, in.units[at][many ? 1 : 0]);
        ++parts;
    }
    return made;
}

std::string json_string(std::string_view text) {
    std::string made = "\"";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            made += '\\';
            made += c;
        } else if (code < 0x20 || code > 0x7E) {
            fmt::format_to(std::back_inserter(made), "\\u{:04x}", code < 0x20 ? code : 0xFFFDU);
        } else {
            made += c;
        }
    }
    return made + '"';
}

std::string json_strings(const std::vector<std::string>& list) {
    std::string made = "[";
    for (const auto& one : list) made += (made.size() > 1 ? "," : "") + json_string(one);
    return made + ']';
}

// The weight of one element of Accept-Language in thousandths; -1 where it is malformed.
int quality(std::string_view parameters) noexcept {
    const auto q = parameters.find("q=");
    if (q == std::string_view::npos) return 1000;
    auto digits = parameters.substr(q + 2);
    if (digits.empty() || (digits[0] != '0' && digits[0] != '1')) return -1;
    int value = (digits[0] - '0') * 1000;
    int unit = 100;
    if (digits.size() > 1 && digits[1] == '.') {
        for (const char c : digits.substr(2, 3)) {
            if (c < '0' || c > '9') break;
            value += (c - '0') * unit;
            unit /= 10;
        }
    }
    return std::min(value, 1000);
}

bool is_language(std::string_view range, char first, char second) noexcept {
    const auto same = [](char c, char lower) {
        return c == lower || c == static_cast<char>(lower - 'a' + 'A');
    };
    return range.size() >= 2 && same(range[0], first) && same(range[1], second) &&
           (range.size() == 2 || range[2] == '-');
}

}  // namespace

language choose_language(std::string_view accept_language) noexcept {
    int english_weight = 0;
    int french_weight = 0;
    while (!accept_language.empty()) {
        auto element = accept_language.substr(0, accept_language.find(','));
        accept_language.remove_prefix(std::min(accept_language.size(), element.size() + 1));
        element.remove_prefix(std::min(element.size(), element.find_first_not_of(" \t")));
        const auto range = element.substr(0, element.find_first_of("; \t"));
        const auto weight = quality(element.substr(range.size()));
        if (is_language(range, 'f', 'r')) french_weight = std::max(french_weight, weight);
        if (is_language(range, 'e', 'n')) english_weight = std::max(english_weight, weight);
    }
    return french_weight > english_weight ? language::french : language::english;
}

std::string_view language_tag(language in) noexcept {
    return in == language::french ? french_status.tag : english_status.tag;
}

std::string render_status_page(const server_view& view, language in, bool metrics_here) {
    const auto& t = in == language::french ? french_status : english_status;
    std::string relay;
    if (view.turn) {
        for (const auto& url : view.turn->listening) {
            relay += fmt::format("<dd><code>{}</code></dd>", escaped(url));
        }
        relay += fmt::format("</div>\n<div><dt>{}</dt><dd>{}</dd>", t.allocations, view.turn->allocations);
    } else {
        relay = fmt::format("<dd>{}</dd>", t.no_relay);
    }
    const auto metrics =
        metrics_here ? fmt::format("<li><a href=\"/metrics\">{}</a></li>\n", t.metrics) : std::string();
    const auto moment = fmt::format("<time datetime=\"{0:%FT%TZ}\">{0:%T}</time>",
                                    fmt::gmtime(std::chrono::system_clock::to_time_t(view.now)));
    const auto as_of = fmt::format(fmt::runtime(t.as_of), moment);
    using enum page_value::kind;
    return fill_page(page_file("status.html"),
                     {{"tag", t.tag},
                      {"title", t.title},
                      {"state", view.draining ? "draining" : "running"},
                      {"mark", view.draining ? "◐" : "●"},
                      {"word", view.draining ? t.draining : t.running},
                      {"detail", view.draining ? t.draining_detail : t.running_detail},
                      {"details", t.details},
                      {"version-label", t.version},
                      {"version", view.version},
                      {"uptime-label", t.uptime},
                      {"seconds", std::to_string(view.uptime.count())},
                      {"uptime", format_uptime(view.uptime, t)},
                      {"relay-label", t.relay},
                      {"relay", relay, markup},
                      {"for-operators", t.for_operators},
                      {"health", t.health},
                      {"readiness", t.readiness},
                      {"metrics", metrics, markup},
                      {"as-of", as_of, markup}});
}

void add_page_files(net::http_router& routes) {
    for (const auto* name : {"style.css", "favicon.svg"}) {
        net::add_static_file(routes, std::string("/") + name, net::find_static_file(pages(), name));
    }
    routes.add("GET", "/favicon.ico",
               [](const net::http_request&) { return net::http_response{204, {}, {}, {}}; });
}

std::string render_status_json(const server_view& view) {
    std::string out;
    auto to = std::back_inserter(out);
    fmt::format_to(
        to, R"({{"version":{},"uptime_seconds":{},"draining":{},"listening":{},"http":{{"connections":{}}},)",
        json_string(view.version), view.uptime.count(), view.draining, json_strings(view.listening),
        view.http_connections);
    if (view.turn) {
        fmt::format_to(to,
                       R"("turn":{{"allocations":{},"packets_relayed":{},"packets_dropped":{},"draining":{},)"
                       R"("listening":{}}},)",
                       view.turn->allocations, view.turn->packets_relayed, view.turn->packets_dropped,
                       view.turn->draining, json_strings(view.turn->listening));
    } else {
        out += R"("turn":null,)";
    }
    if (view.certificate_not_after) {
        fmt::format_to(to, R"("tls":{{"not_after":"{:%FT%TZ}"}},)",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(*view.certificate_not_after)));
    } else {
        out += R"("tls":null,)";
    }
    fmt::format_to(to, R"("log_events_dropped":{}}})", view.log_events_dropped);
    return out;
}

}  // namespace conf::api
