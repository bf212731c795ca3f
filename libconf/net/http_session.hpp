/// One HTTP connection's conversation: received bytes and time in, bytes to send and a deadline out. No I/O.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/time.hpp"
#include "libconf/net/http_limits.hpp"
#include "libconf/net/http_request_parser.hpp"
#include "libconf/net/http_router.hpp"
#include "libconf/net/http_stats.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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
    /// be sent first, or when a handler has not answered yet; call again with the rest after that.
    std::size_t receive(bytes data, const http_moment& at, std::string& out);

    /// If `deadline()` is over: ends the connection, with 408 where a request had begun, else silently; or
    /// answers 503 for a handler that has not.
    void handle_timeout(const http_moment& at, std::string& out);

    [[nodiscard]] instant deadline() const noexcept;

    /// Whether nothing can go on before a handler answers, or takes more of a body.
    [[nodiscard]] bool blocked() const noexcept {
        return pending_ && !pending_->answered() && (!sink_ || body_whole_ || !sink_->has_room());
    }
    /// `wake` is called when that is over; then call `receive`. Precondition: `blocked()`.
    void on_unblocked(const std::function<void()>& wake);

    /// Behind what `receive` wrote: a file that is to be sent before the next call of it. Null: none.
    [[nodiscard]] std::shared_ptr<const http_file> take_file() noexcept {
        return std::exchange(file_, nullptr);
    }

    /// A handshake was answered with 101: the bytes that were not taken, and all that follow, are the
    /// WebSocket's. Nothing else here is to be called any more.
    [[nodiscard]] const websocket_route* upgraded() const noexcept { return upgraded_; }
    /// The request that asked for it. Precondition: `upgraded()`.
    [[nodiscard]] http_request take_upgrade() { return std::move(parser_.request()); }

    /// From now on every answer is the last one; an idle session ends at once.
    void drain() noexcept;

    /// Whether the connection is to be closed once `out` is sent.
    [[nodiscard]] bool closing() const noexcept { return closing_; }

private:
    void take_head(const http_moment& at, std::string& out);
    void take_upgrade_request(const http_moment& at, std::string& out);
    void take_upload_head(const http_upload_handler& handler);
    void take_request(const http_moment& at, std::string& out);
    void take_reply(const http_moment& at, std::string& out);
    void refuse(const http_refusal& why, const http_moment& at, std::string& out);
    void answer_without_handler(http_response response, const http_moment& at, std::string& out);
    void answer(const http_response& response, bool close, const http_moment& at, std::string& out);

    http_limits limits_;
    const http_router& routes_;
    http_stats& stats_;
    endpoint remote_;
    bool secure_;

    http_request_parser parser_;
    const http_async_handler* handler_ = nullptr;  // of the request whose body is awaited; null: answered
    http_fields fields_;                           // that the present request's path adds to its answer
    std::optional<http_response> held_;     // already, or this is the answer once the body has been read past
    std::optional<http_pending> pending_;   // the request that its handler has
    std::unique_ptr<http_body_sink> sink_;  // takes the body of that request; null: it was there before
    bool body_whole_ = false;               // and has all of it
    std::shared_ptr<const http_file> file_;
    const websocket_route* upgraded_ = nullptr;
    bool keep_alive_ = true;  // of that request
    instant since_;           // when the present wait began: idle, head, body or reply
    instant begun_;           // the first byte of the present request
    bool first_ = true;       // no request was answered yet
    bool head_only_ = false;
    bool old_client_ = false;
    bool draining_ = false;
    bool closing_ = false;
};

}  // namespace conf::net
