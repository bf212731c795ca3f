/// WebSockets as the rest of the program sees them: a route, a handle to speak by, callbacks to hear by.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/net/http_message.hpp"
#include "libconf/net/websocket_limits.hpp"
#include "libconf/net/websocket_session.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::net {

/// What runs a session; the connection is one.
class websocket_link {
public:
    [[nodiscard]] virtual websocket_session& session() noexcept = 0;
    /// There may be something to send.
    virtual void wake() = 0;
    /// Behind what is queued, or into the socket at once.
    virtual bool send(const websocket_frame& message) = 0;

protected:
    ~websocket_link() = default;
};

/// Speaks on one WebSocket. Copies speak on the same one; a handle may outlive it, and the server.
///
/// Belongs to the server's loop. Calls from within the callbacks are legal.
class websocket {
public:
    websocket() = default;
    explicit websocket(const std::shared_ptr<websocket_link>& link)
        : link_(link), near_(reinterpret_cast<std::uintptr_t>(link.get())) {}

    /// @return false where it is closing or gone. A message that finds the queue full closes it: 1013.
    bool send(const websocket_frame& message) const;
    bool send_text(std::string_view text) const {
        return send(websocket_frame(websocket_kind::text, as_bytes(text)));
    }
    bool send_binary(bytes data) const { return send(websocket_frame(websocket_kind::binary, data)); }

    /// A `send` follows soon: to hundreds in a row, waiting for the memory of each is what costs.
    void expect_send() const noexcept {
        constexpr std::size_t line = 64;
        for (std::size_t i = 0; i < 3; ++i)
            __builtin_prefetch(reinterpret_cast<const void*>(near_ + i * line));
    }

    /// Sends what is queued, then a Close frame; no message is delivered any more.
    /// @param code  1000, or 3000 to 4999 for a reason of the application's own.
    void close(std::uint16_t code = close_code::normal, std::string_view reason = {}) const;

    /// From now on; a handler that knows its peer may allow it more than `websocket_limits::message_bytes`.
    void set_message_limit(std::size_t size) const;
    /// The same for `frames_per_second` and `frames_burst`.
    void set_frame_limit(std::uint32_t per_second, std::uint32_t burst) const;

    [[nodiscard]] bool open() const;
    /// What waits to be sent: a caller that can leave something out does so before the queue is full.
    [[nodiscard]] std::size_t queued_bytes() const;

private:
    std::weak_ptr<websocket_link> link_;
    std::uintptr_t near_ = 0;  // where it was made, which may be gone: an address to fetch, never looked into
};

/// Called on the server's loop, never from within a call of `websocket`. An exception closes with 1011.
struct websocket_callbacks {
    std::function<void(const websocket_message& message)> message;
    /// Once, at the end, whoever began it; not where the loop itself ends first.
    std::function<void(const websocket_end& end)> closed;
};

/// Called when the handshake is done; the request lives as long as the call.
using websocket_handler = std::function<websocket_callbacks(const http_request& request, websocket socket)>;

/// What a client has to bring, and how much it may do.
struct websocket_rules {
    /// Pages that may open it, as browsers write them: "https://conf.example.org". An Origin that is not here
    /// is refused with 403, "null" always; a client that is no browser sends none (SEC-WS-1).
    std::vector<std::string> origins;
    /// Whether a page is one of this server by its address: `is_own_page`, for example. None: no page is.
    std::function<bool(const http_request& request, std::string_view origin)> is_own;
    /// Chosen in this order from what the client offers; none where it offers none of them.
    std::vector<std::string> subprotocols;
    /// Asked last, before the handshake is answered: an answer refuses it.
    std::function<std::optional<http_response>(const http_request& request)> admit;
    websocket_limits limits;
};

struct websocket_route {
    websocket_handler handler;
    websocket_rules rules;
};

}  // namespace conf::net
