/// One HTTP connection's conversation: received bytes and time in, bytes to send and a deadline out. No I/O.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/time.hpp"
#include "libconf/net/http_limits.hpp"
#include "libconf/net/http_request_parser.hpp"
#include "libconf/net/http_router.hpp"
#include "libconf/net/http_stats.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace conf::net {

/// The two times that a session needs: its own, and the one that people read.
struct http_moment {
    instant now;
    std::string_view date;  ///< for the Date field
};

/// Parses requests, asks the router, writes the answers in order, keeps the time limits of heads and bodies.
///
/// Belongs to its connection, which keeps `routes` and `stats` alive.
class http_session {
public:
    http_session(const http_limits& limits, const http_router& routes, http_stats& stats,
                 const endpoint& remote, bool secure, instant now);

    /// Takes bytes and appends answers to `out`. Takes fewer than there are only when `out` is long enough to
    /// be sent first; call again with the rest after that.
    std::size_t receive(bytes data, const http_moment& at, std::string& out);

    /// Ends the connection if `deadline()` is over: with 408 where a request had begun, else silently.
    void handle_timeout(const http_moment& at, std::string& out);

    [[nodiscard]] instant deadline() const noexcept;

    /// From now on every answer is the last one; an idle session ends at once.
    void drain() noexcept;

    /// Whether the connection is to be closed once `out` is sent.
    [[nodiscard]] bool closing() const noexcept { return closing_; }

private:
    void take_head(const http_moment& at, std::string& out);
    void take_request(const http_moment& at, std::string& out);
    void refuse(const http_refusal& why, const http_moment& at, std::string& out);
    void answer_without_handler(http_response response, const http_moment& at, std::string& out);
    void answer(const http_response& response, bool close, const http_moment& at, std::string& out);

    http_limits limits_;
    const http_router& routes_;
    http_stats& stats_;
    endpoint remote_;
    bool secure_;

    http_request_parser parser_;
    const http_handler* handler_ = nullptr;  // of the request whose body is awaited; null: answered already,
    std::optional<http_response> held_;      // or this is the answer once the body has been read past
    instant since_;                          // when the present wait began: idle, head or body
    instant begun_;                          // the first byte of the present request
    bool first_ = true;                      // no request was answered yet
    bool head_only_ = false;
    bool old_client_ = false;
    bool draining_ = false;
    bool closing_ = false;
};

}  // namespace conf::net
