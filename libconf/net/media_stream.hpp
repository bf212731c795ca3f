/// ICE-TCP: peers whose network lets no UDP through (RFC 6544, framed as RFC 4571 has it).
#pragma once

#include "libconf/base/ip_address.hpp"

#include <asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>

namespace conf::net {

class media_shard;

/// What a stranger may hold open. A connection says a good ICE check first, or ends.
inline constexpr std::chrono::seconds media_first_check_max{10};
/// As long as ICE's consent: who sends no check any more has gone.
inline constexpr std::chrono::seconds media_idle_max{35};
inline constexpr std::size_t media_connections_max = 10'000;  // of one shard
/// About 100 ms of a large picture; what is more is dropped, as UDP would.
inline constexpr std::size_t media_queue_bytes_max = 128 * 1024;

void accept_media_connection(media_shard& shard, asio::ip::tcp::socket socket, const endpoint& remote);

}  // namespace conf::net
