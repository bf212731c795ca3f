/// The plain page at /play/{room}: publishes by WHIP, plays by WHEP, to see that media works.
#pragma once

#include "libconf/api/status_page.hpp"
#include "libconf/net/http_router.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace conf::api {

/// A whole HTML document, made of pages/play.html; everything that acts is in pages/play.js. Its style builds
/// on that of the status page.
///
/// The script takes from the address: "?name=" the name to begin with; "?token=" an access token; "?test" a
/// test card and a tone instead of camera and microphone; "?simulcast" three sizes at once.
[[nodiscard]] std::string render_play_page(std::string_view room, language in);

/// Adds /play/{room}, /play.js and /play.css. `is_room`: whether the page is shown for that name, else 404.
void add_play_routes(net::http_router& routes, std::function<bool(std::string_view room)> is_room);

}  // namespace conf::api
