/// Why a session came to its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace conf::engine {

enum class departure : std::uint8_t {
    none,                 ///< it goes on
    closed,               ///< by its owner's DELETE
    room_closed,          ///< with everybody else's
    closed_by_peer,       ///< DTLS close_notify
    consent_expired,      ///< no check for 30 s (SEC-ICE-4)
    handshake_timed_out,  ///< `handshake_time` was over
    wrong_fingerprint,    ///< SEC-DTLS-3
    handshake_failed,
    removed,     ///< by the program that runs the server
    taken_over,  ///< a new publisher has its name: see takeover.hpp
};
inline constexpr std::size_t departures = 10;

[[nodiscard]] constexpr std::string_view to_string(departure why) noexcept {
    switch (why) {
        case departure::none: return "none";
        case departure::closed: return "closed";
        case departure::room_closed: return "room_closed";
        case departure::closed_by_peer: return "closed_by_peer";
        case departure::consent_expired: return "consent_expired";
        case departure::handshake_timed_out: return "handshake_timed_out";
        case departure::wrong_fingerprint: return "wrong_fingerprint";
        case departure::handshake_failed: return "handshake_failed";
        case departure::removed: return "removed";
        case departure::taken_over: return "taken_over";
    }
    return "unknown";
}

}  // namespace conf::engine
