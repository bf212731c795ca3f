/// TURN clients over TCP and TLS.
#pragma once

#include "libconf/net/stream_acceptor.hpp"

#include <memory>

namespace conf::net {

class tls_context;
class turn_shard;

/// Gives each connection a coroutine that reads its messages. `tls` null: plain TCP. Belongs to its shard.
[[nodiscard]] std::shared_ptr<stream_acceptor> make_stream_listener(turn_shard& shard,
                                                                    std::shared_ptr<tls_context> tls);

}  // namespace conf::net
