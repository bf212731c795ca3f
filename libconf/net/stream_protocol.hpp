/// Tells HTTP from TURN on a TLS listener that serves both, as port 443 does.
#pragma once

#include "libconf/base/bytes.hpp"

#include <cstdint>
#include <string_view>

namespace conf::net {

enum class stream_protocol : std::uint8_t {
    undecided,  ///< ask again with more bytes
    http,
    turn,
    unknown,  ///< neither; close
};

/// After at most this many bytes the answer is no longer `undecided`.
inline constexpr std::size_t stream_protocol_bytes = 8;

/// @param alpn   what the TLS handshake negotiated; it decides where it says anything ("stun.turn": RFC
/// 7443).
/// @param first  the first decrypted bytes that the client sent, as many as there are.
[[nodiscard]] stream_protocol classify_stream(std::string_view alpn, bytes first) noexcept;

}  // namespace conf::net
