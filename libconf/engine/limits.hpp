/// How much one shard's engine takes on.
#pragma once

#include "libconf/base/time.hpp"
#include "libconf/sfu/publisher_rates.hpp"

#include <chrono>
#include <cstddef>

namespace conf::engine {

struct limits {
    /// Publishers of one room, and as many players: one who talks and listens is one of each. 0: off.
    std::size_t participants_per_room = 500;
    /// Transports of the shard; at most `transports_max`.
    std::size_t transports = 20'000;
    /// Handshakes that have begun and are not done. A peer beyond is not answered yet, and tries again.
    std::size_t handshakes = 1'024;
    sfu::publisher_rates rates{};
};

/// A transport's number has 16 bits for its place.
inline constexpr std::size_t transports_max = 65'536;
/// Of a room's name and a publisher's, in bytes.
inline constexpr std::size_t name_bytes_max = 64;
/// SEC-DTLS-2: from the answer to the end of the handshake, checks included.
inline constexpr std::chrono::seconds handshake_time{30};
/// Of a datagram or a frame; more than any path of 1500 bytes brings. A longer one is dropped unseen.
inline constexpr std::size_t datagram_bytes_max = 1'500;
/// SEC-RTP-3: SSRCs that one transport may send from, RTCP's too: SRTP keeps a window for each.
inline constexpr std::size_t ssrcs_max = 64;

}  // namespace conf::engine
