/// The rules of RFC 9110 and RFC 9112 that a parsed head must keep. Pure functions.
#pragma once

#include "libconf/net/http_message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace conf::net {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// Fills in `path`, `query` and `parameters` from `method` and `target` (RFC 9112 §3.2): origin form,
/// absolute form, or "*" of OPTIONS. Everything is percent-decoded exactly once. Refused are an encoded slash
/// or control character in the path, because the next one to read it may split the path there, and a key that
/// is in the query twice.
[[nodiscard]] std::optional<http_refusal> apply_target(http_request& request);

/// Checks names, single-valued fields, Host, Content-Length, Transfer-Encoding and Expect.
[[nodiscard]] std::optional<http_refusal> check_fields(http_request& request);

/// Whether `text` is well-formed UTF-8 (RFC 3629) without control characters, C1's included.
[[nodiscard]] bool is_clean_utf8(std::string_view text) noexcept;

/// Whether `text` is well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// Whether the request asks to become a WebSocket (RFC 6455 §4.1), well or badly.
[[nodiscard]] bool wants_websocket(const http_request& request) noexcept;

/// 426, with what a client has to ask for instead (RFC 9110 §15.5.22).
[[nodiscard]] http_response websocket_required(std::string_view sentence);

/// The form of the handshake, RFC 6455 §4.2.1. What depends on the address is `answer_websocket`'s.
/// @return the answer that refuses the handshake; nothing where it is in order.
[[nodiscard]] std::optional<http_response> check_websocket(const http_request& request);

}  // namespace conf::net
