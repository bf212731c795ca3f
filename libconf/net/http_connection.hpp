/// The socket, the TLS layer and the timer around an http_session.
#pragma once

#include "libconf/base/time.hpp"
#include "libconf/net/http_limits.hpp"
#include "libconf/net/http_session.hpp"
#include "libconf/net/http_stats.hpp"

#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <memory>
#include <string>

struct ssl_st;  // OpenSSL's SSL

namespace conf::net {

/// What connections need of their server, and what the server wants to hear from them.
class http_host {
public:
    http_limits limits;
    http_stats stats;

    virtual void opened(class http_connection& connection) = 0;
    virtual void closed(class http_connection& connection) noexcept = 0;
    [[nodiscard]] virtual std::string_view date() = 0;

protected:
    ~http_host() = default;
};

/// One accepted connection. Held by the coroutine and the timer that run it; `host` shares itself with it, so
/// that a connection may end after its server.
class http_connection {
public:
    http_connection(std::shared_ptr<http_host> host, std::shared_ptr<const http_router> routes,
                    const endpoint& remote, asio::any_io_executor executor);
    http_connection(const http_connection&) = delete;
    http_connection& operator=(const http_connection&) = delete;
    virtual ~http_connection();

    [[nodiscard]] const endpoint& remote() const noexcept { return remote_; }

    /// Ends after the request that has begun, or now where there is none.
    virtual void drain() = 0;
    /// Ends now.
    virtual void close() = 0;

protected:
    /// Calls `expire` once `deadline` is reached, unless another one is armed before.
    void arm(instant deadline, const std::shared_ptr<http_connection>& self);
    void disarm();
    [[nodiscard]] bool expired() const noexcept { return expired_; }
    /// Interrupts the operation that is waited for.
    virtual void interrupt() = 0;

    std::shared_ptr<http_host> host_;
    std::shared_ptr<const http_router> routes_;

private:
    void start_timer(const std::shared_ptr<http_connection>& self);

    endpoint remote_;
    asio::steady_timer timer_;
    instant deadline_{};
    instant timer_at_{};
    unsigned timer_serial_ = 0;  // tells an old wait from the present one
    bool timer_runs_ = false;
    bool expired_ = false;
};

/// Starts serving `socket` over plain TCP.
void serve_plain(asio::ip::tcp::socket socket, std::shared_ptr<http_host> host,
                 std::shared_ptr<const http_router> routes, const endpoint& remote);

/// Starts serving `socket` over TLS; takes `tls`, made by SSL_new.
void serve_tls(asio::ip::tcp::socket socket, ssl_st* tls, std::shared_ptr<http_host> host,
               std::shared_ptr<const http_router> routes, const endpoint& remote);

}  // namespace conf::net
