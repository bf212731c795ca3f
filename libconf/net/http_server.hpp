/// An HTTP/1.1 server on one event loop.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/net/event_loop.hpp"
#include "libconf/net/http_limits.hpp"
#include "libconf/net/http_router.hpp"
#include "libconf/net/http_stats.hpp"
#include "libconf/net/tls_context.hpp"

#include <conf/result.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace conf::net {

/// Accepts connections and answers their requests, with keep-alive and pipelining, under `http_limits`.
///
/// Belongs to its loop: create it before the loop starts; afterwards call its members on the loop only.
/// Destroy it after the loop has stopped. `stats()` may be read by any thread.
class http_server {
public:
    http_server(event_loop& loop, const http_limits& limits);
    http_server(const http_server&) = delete;
    http_server& operator=(const http_server&) = delete;
    ~http_server();

    /// Binds `where` and begins to accept; port 0: any free one.
    /// @param tls  null: plain HTTP.
    /// @return the address that was bound, or the error of the system call.
    result<endpoint> listen(const endpoint& where, std::shared_ptr<const http_router> routes,
                            std::shared_ptr<tls_context> tls);

    /// From now on, for connections that come.
    void limit_connections(std::uint32_t per_address, std::uint32_t all);
    /// For what is limited beside the server: its counters are the server's.
    void count(http_limit hit);

    /// Stops accepting, closes what is idle, lets requests that have begun be answered, then calls `done`
    /// once.
    void drain(std::function<void()> done);

    /// Closes everything now.
    void close();

    [[nodiscard]] const http_stats& stats() const noexcept;

private:
    struct impl;
    std::shared_ptr<impl>
        impl_;  // shared with its connections, which may outlive it until the loop is destroyed
};

}  // namespace conf::net
