/// What one shard's engine counts; every datagram that arrives ends in exactly one place.
#pragma once

#include "libconf/engine/departure.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace conf::engine {

/// Monotonic. What becomes of media behind SRTP stands in sfu::counters.
struct counters {
    // Arrived and taken.
    std::uint64_t checks_answered = 0;  ///< signed ICE checks, those with unknown attributes too
    std::uint64_t dtls_in = 0;
    std::uint64_t rtp_in = 0;
    std::uint64_t rtcp_in = 0;
    // Arrived and dropped, by reason.
    std::uint64_t unknown_protocol = 0;  ///< RFC 7983 has another owner for the first byte, or there is none
    std::uint64_t too_long = 0;          ///< `datagram_bytes_max`
    std::uint64_t malformed = 0;         ///< no STUN message, no SRTP packet: too short, lengths
    std::uint64_t not_a_check = 0;       ///< STUN, but no ICE check
    std::uint64_t unknown_ufrag = 0;     ///< nobody's, or another peer's
    std::uint64_t forged_check = 0;      ///< SEC-ICE-2
    std::uint64_t path_taken = 0;        ///< a check from the path that another transport sends to
    std::uint64_t unknown_path = 0;      ///< DTLS, RTP, RTCP from where no check came (SEC-ICE-3, SEC-DTLS-1)
    std::uint64_t not_connected = 0;     ///< RTP or RTCP before the handshake was done
    std::uint64_t too_many_ssrcs = 0;    ///< `ssrcs_max`
    std::uint64_t forged = 0;            ///< SRTP's tag (SEC-SRTP-1)
    std::uint64_t replayed = 0;          ///< SEC-SRTP-3
    // Left.
    std::uint64_t packets_out = 0;  ///< RTP and RTCP
    std::uint64_t not_sent = 0;     ///< made for a transport that is gone or has no path just now
    // Sessions.
    std::uint64_t opened = 0;
    std::uint64_t refused = 0;
    // Limits that were met, beside those among the reasons above.
    std::uint64_t rooms_full = 0;          ///< `limits::participants_per_room`; one of `refused`
    std::uint64_t transports_full = 0;     ///< `limits::transports`; one of `refused`
    std::uint64_t paths_pushed_out = 0;    ///< `ice::lite_agent::paths_max`
    std::uint64_t handshakes_put_off = 0;  ///< datagrams that came while `limits::handshakes` were under way
    std::uint64_t handshake_records_refused = 0;  ///< SEC-DTLS-1, SEC-DTLS-2
    std::uint64_t connected = 0;
    std::uint64_t restarts = 0;                    ///< of ICE
    std::array<std::uint64_t, departures> left{};  ///< by `departure`
};

/// What there is just now.
struct census {
    std::size_t rooms = 0;
    std::size_t transports = 0;
    std::size_t publishers = 0;
    std::size_t connected = 0;
    std::size_t paths = 0;   ///< verified; at most ice::lite_agent::paths_max for each transport
    std::size_t ufrags = 0;  ///< one for each transport, two during an ICE restart
};

}  // namespace conf::engine
