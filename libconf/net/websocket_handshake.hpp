/// The opening handshake of a WebSocket, the server's half of RFC 6455 §4.2. Pure functions.
#pragma once

#include "libconf/net/http_message.hpp"
#include "libconf/net/websocket.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace conf::net {

/// The value of Sec-WebSocket-Accept for a key.
[[nodiscard]] std::string websocket_accept(std::string_view key);

/// Whether a page from `origin` may open a WebSocket under these rules. Compared letter by letter: browsers
/// write origins in one form only (RFC 6454 §6.2).
[[nodiscard]] bool is_origin_allowed(const websocket_rules& rules, std::string_view origin) noexcept;

/// Whether the page came from this very server under an address that cannot be anybody else's: an IP address
/// or "localhost", as the Host field has it (SEC-WS-1). A name has to be configured.
[[nodiscard]] bool is_own_page(const http_request& request, std::string_view origin) noexcept;

/// Judges a request that `check_websocket` has found in order, by the rules of its route.
/// @return 101, or the answer that refuses it.
[[nodiscard]] http_response answer_websocket(const websocket_rules& rules, const http_request& request);

}  // namespace conf::net
