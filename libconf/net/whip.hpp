/// Routes of the HTTP server for WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep-04).
///
///     /whip/{room}/{name}   publish as `name`
///     /whep/{room}          play everybody; "?except=name" leaves one out
///     /whep/{room}/{name}   play that one
///     /session/{room}/{id}  a session that one of these made: PATCH, DELETE.
#pragma once

#include "libconf/net/http_limits.hpp"
#include "libconf/net/http_router.hpp"
#include "libconf/net/media_control.hpp"
#include "libconf/net/session_limiter.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::net {

/// The largest application/trickle-ice-sdpfrag; a hundred candidates need a tenth of it.
inline constexpr std::size_t fragment_bytes_max = 64 * 1024;

enum class media_right : std::uint8_t { publish, play };

struct access_request {
    std::string_view token;  ///< of "Authorization: Bearer" or "?token="; never empty
    std::string_view room;
    /// Nothing for a request about a session: any right in this room is enough, even one that has expired
    /// since, because only who made the session knows its address.
    std::optional<media_right> right;
    std::string_view name;  ///< to publish as; empty: nobody publishes
};

struct access_verdict {
    enum class kind : std::uint8_t {
        granted,
        invalid,    ///< 401: no valid token
        forbidden,  ///< 403: a valid token for something else
    };
    kind what = kind::invalid;
    std::string why{};       ///< for its sender
    bool owns_name = false;  ///< granted to whoever is called so: a publisher of that name gives way at once
};

/// A STUN or TURN server that clients may use (RFC 9725 §4.6).
struct ice_server {
    std::string url;
    std::string username;  ///< empty: none needed
    std::string credential;
};

/// What the server's owner decides. Everything is called on the HTTP loop.
struct media_rules {
    /// Whether nobody needs a token, and every room exists. None: no.
    std::function<bool()> is_open;
    /// Asked where it is not open; none: no token is good.
    std::function<access_verdict(const access_request&)> check;
    /// Asked after that. None: no room exists.
    std::function<bool(std::string_view room)> room_exists;
    /// Whether pages of that origin may come here (SEC-WS-1); none: all may. No cookie counts here either
    /// way.
    std::function<bool(std::string_view origin)> origin_allowed;
    /// For the Link fields of a 201; none: no servers.
    std::function<std::vector<ice_server>()> ice_servers;
    /// Of POST, PATCH and DELETE; null: no limit.
    std::shared_ptr<session_limiter> limiter;
    /// SEC-ROOM-1: of tokens and rooms that were not found good. Who has used them up is not even told
    /// whether the next one is. Null: no limit.
    std::shared_ptr<session_limiter> failed_lookups;
    /// Told what was refused by one of these two; none: nobody is.
    std::function<void(http_limit)> on_limit;
};

/// `control` has to outlive every server that uses `routes`.
void add_media_routes(http_router& routes, media_control& control, media_rules rules);

}  // namespace conf::net
