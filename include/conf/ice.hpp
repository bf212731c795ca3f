/// What a browser needs to know of STUN and TURN servers.
#pragma once

#include <conf/export.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace conf::inline v0 {

/// One entry of `RTCConfiguration.iceServers` (W3C WebRTC §4.2.3).
struct ice_server {
    std::vector<std::string>
        urls;  ///< "stun:host:port", "turn:host:port?transport=udp", "turns:…" (RFC 7064, RFC 7065)
    std::string username;    ///< empty for STUN
    std::string credential;  ///< empty for STUN
};

/// The list as the JSON array that `new RTCPeerConnection({iceServers: …})` takes.
[[nodiscard]] CONF_EXPORT std::string to_json(const std::vector<ice_server>& servers);

/// A time-limited TURN credential: username "expiry:user", password base64(HMAC-SHA1(secret, username)), as
/// coturn's `use-auth-secret` and draft-uberti-behave-turn-rest-00 define it.
struct turn_credential {
    std::string username;
    std::string password;
    std::chrono::sys_seconds expires;
};

/// Makes a credential that a server with `secret` among its `turn_options::secrets` accepts until `expires`.
///
/// @param secret   the shared secret; never leaves the server.
/// @param user     any id, at most 256 bytes, without a colon; it is sent in the clear.
/// @param expires  seconds of UTC; 600 s from now is a good life for one join.
/// Thread: any.
[[nodiscard]] CONF_EXPORT turn_credential make_turn_credential(std::string_view secret, std::string_view user,
                                                               std::chrono::sys_seconds expires);

}  // namespace conf::inline v0
