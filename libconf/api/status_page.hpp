/// What a server says of itself: the page for people, the JSON for confctl. Pure functions.
#pragma once

#include "libconf/net/http_router.hpp"

#include <conf/turn.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::api {

/// A moment's view of a running server.
struct server_view {
    std::string version;
    std::chrono::seconds uptime{};
    std::chrono::sys_seconds now{};
    bool draining = false;
    std::vector<std::string> listening;  ///< everything but the relay's
    std::optional<turn_status> turn;     ///< nothing where no relay is configured
    std::uint64_t http_connections = 0;
    std::optional<std::chrono::sys_seconds> certificate_not_after;
    std::uint64_t log_events_dropped = 0;
};

enum class language : std::uint8_t { english, french };

/// The better of the two for an Accept-Language field (RFC 9110 §12.5.4); English where it names neither.
[[nodiscard]] language choose_language(std::string_view accept_language) noexcept;

/// "en" or "fr".
[[nodiscard]] std::string_view language_tag(language in) noexcept;

/// A whole HTML document, made of pages/status.html.
/// @param metrics_here  whether /metrics can be reached on the same listener, and so may be linked.
[[nodiscard]] std::string render_status_page(const server_view& view, language in, bool metrics_here);

/// One line: {"version":…,"uptime_seconds":…,"draining":…,"listening":[…],"http":{…},"turn":{…} or null,…}.
[[nodiscard]] std::string render_status_json(const server_view& view);

/// Adds what every page of ours links to: /style.css, /favicon.svg and /favicon.ico.
void add_page_files(net::http_router& routes);

}  // namespace conf::api
