/// A client that has a connection of its own: TCP, TLS or DTLS.
#pragma once

#include "libconf/base/bytes.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace conf::net {

// SEC-TURN-10: what a stranger may hold open, and for how long.
inline constexpr std::chrono::seconds handshake_time_max{10};
inline constexpr std::chrono::seconds first_message_time_max{10};
/// A connection without an allocation is closed after this long without a message.
inline constexpr std::chrono::seconds idle_time_max{30};
inline constexpr std::size_t stream_connections_max = 20'000;  // of one relay thread
inline constexpr std::size_t dtls_half_open_max = 16;          // of one relay thread
inline constexpr std::size_t dtls_sessions_max = 20'000;       // of one relay thread
/// What waits for a client that reads slowly; more is dropped, as UDP would.
inline constexpr std::size_t stream_queue_bytes_max = 256 * 1024;

/// Belongs to its shard.
class client_link {
public:
    virtual ~client_link() = default;

    /// Sends the three parts as one message, or drops it when too much is waiting.
    virtual void send(bytes head, bytes body, std::uint8_t padding) = 0;

    /// Ends the connection soon; `turn_shard::remove_link` follows unless the shard is ending itself.
    virtual void close() = 0;
};

/// What accepts such clients. Belongs to its shard.
class link_listener {
public:
    virtual ~link_listener() = default;
    virtual void close() = 0;
};

}  // namespace conf::net
