/// One WebSocket after its handshake: received bytes and time in, messages and bytes to send out. No I/O.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/time.hpp"
#include "libconf/net/websocket_frame.hpp"
#include "libconf/net/websocket_limits.hpp"
#include "libconf/net/websocket_stats.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::net {

struct websocket_message {
    websocket_kind kind = websocket_kind::text;
    std::string data;  ///< well-formed UTF-8 where it is text
};

/// How a WebSocket ended: what the peer's Close frame said, or what we said of its error; 1005 for an empty
/// Close, 1006 for none.
struct websocket_end {
    std::uint16_t code = close_code::abnormal;
    std::string reason;
};

/// The server's side of RFC 6455, with wslay for the frames. No extension is offered, so a reserved bit is an
/// error, as are frames without a mask.
///
/// Belongs to its connection, which keeps `stats` alive.
class websocket_session {
public:
    websocket_session(const websocket_limits& limits, websocket_stats& stats, instant now);
    websocket_session(const websocket_session&) = delete;
    websocket_session& operator=(const websocket_session&) = delete;
    ~websocket_session();

    /// Takes everything; appends the messages that are complete. After `close` there are none.
    void receive(bytes data, instant now, std::vector<websocket_message>& messages);

    /// Whether more may be received: not before `reads_at()`, not while a peer that does not read makes us
    /// answer, and nothing once `finished()`.
    [[nodiscard]] bool wants_read(instant now) const noexcept;
    /// The frame rate's part of that.
    [[nodiscard]] instant reads_at() const noexcept;

    /// Queues a message, or the rest of it behind its first `done` bytes.
    /// @return false once the WebSocket closes. A full queue closes it.
    bool send(const websocket_frame& message, std::size_t done, instant now);
    /// Whether a message may overtake the queue, since nothing is in it. Who sends it tells by
    /// `sent_at_once`.
    [[nodiscard]] bool idle() const noexcept { return open() && queued_bytes_ == 0; }
    void sent_at_once() noexcept { stats_.messages_sent.add(); }

    /// Begins the closing handshake; what is queued is still sent before. The first call counts.
    /// @param reason  UTF-8, at most 123 bytes count.
    void close(std::uint16_t code, std::string_view reason, instant now);

    /// The connection broke.
    void lost() noexcept { state_ = state::dead; }

    void set_message_limit(std::size_t size) noexcept;
    void set_frame_limit(std::uint32_t per_second, std::uint32_t burst) noexcept {
        limits_.frames_per_second = per_second;
        limits_.frames_burst = burst;
    }

    /// Pings, and ends what is over its time.
    void handle_timeout(instant now);
    [[nodiscard]] instant deadline() const noexcept;

    /// The next bytes for the socket: whole frames, about `size` of them; empty where there are none.
    /// Precondition: what was taken before is `sent`.
    [[nodiscard]] std::string take_output(std::size_t size);
    void sent() noexcept;
    /// All that waits, with what is being sent.
    [[nodiscard]] std::size_t queued_bytes() const noexcept { return queued_bytes_; }

    /// `send` would take a message.
    [[nodiscard]] bool open() const noexcept { return state_ == state::open; }
    /// Nothing more will come: send what is left, then close the connection.
    [[nodiscard]] bool finished() const noexcept { return state_ >= state::finished; }
    /// Close the connection now, whatever is left.
    [[nodiscard]] bool dead() const noexcept { return state_ == state::dead; }
    /// Valid once `finished()`.
    [[nodiscard]] const websocket_end& end() const noexcept { return end_; }

private:
    enum class state : std::uint8_t { open, closing, finished, dead };
    struct frame {
        std::string own;                        // what wslay wrote
        std::optional<websocket_frame> shared;  // instead
        std::size_t done = 0;                   // of it
        instant since;

        [[nodiscard]] std::string_view data() const noexcept {
            return shared ? shared->wire().substr(done) : std::string_view(own);
        }
    };
    struct wire;  // wslay's context and callbacks

    void collect_output(instant now);
    void fail(std::uint16_t code, instant now);
    void take_end(instant now);
    void give_up_on_reader(websocket_limit limit, instant now);

    websocket_limits limits_;
    websocket_stats& stats_;
    std::unique_ptr<wire> wire_;
    state state_ = state::open;
    websocket_end end_;

    std::deque<frame> queue_;
    std::size_t queued_bytes_ = 0;
    std::size_t in_flight_bytes_ = 0;
    instant in_flight_since_{};

    instant heard_;  // the last byte
    instant next_ping_;
    instant close_by_{};  // while closing
    instant rate_;        // when an even sender would have sent the frames that came
    bool slow_ = false;   // the rate limit holds it back now
};

}  // namespace conf::net
