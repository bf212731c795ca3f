/// Moves the bytes of a WebSocket between its session and a stream, and its messages to its handler.
#pragma once

#include "libconf/net/clock.hpp"
#include "libconf/net/websocket.hpp"
#include "libconf/net/websocket_handshake.hpp"

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace conf::net {

/// A part of the connection `Stream` belongs to, which shares itself with every operation that is under way.
template <class Stream>
class websocket_connection final : public websocket_link {
public:
    websocket_connection(Stream& stream, std::weak_ptr<void> owner, const websocket_route& route,
                         websocket_stats& stats)
        : stream_(stream),
          owner_(std::move(owner)),
          route_(route),
          stats_(stats),
          session_(route.rules.limits, stats, clock_now()),
          timer_(stream.get_executor()),
          turn_(stream.get_executor()) {
        stats_.connections.add(1);
    }
    websocket_connection(const websocket_connection&) = delete;
    websocket_connection& operator=(const websocket_connection&) = delete;
    ~websocket_connection() { stats_.connections.add(-1); }

    /// From the end of the handshake to the last byte of a closing one, or the loss of the connection.
    /// @param first  what came right behind the handshake.
    asio::awaitable<void> run(http_request request, std::string first) {
        if constexpr (writes_at_once) {
            std::error_code blocks;
            stream_.non_blocking(true, blocks);
            never_waits_ = !blocks;
        }
        callbacks_ = begin(request);
        take(as_bytes(first));
        while (!session_.finished()) {
            const auto now = clock_now();
            if (session_.wants_read(now)) {
                auto [error, count] = co_await stream_.async_read_some(asio::buffer(in_), as_tuple);
                if (error) session_.lost();
                if (!error) take(bytes(in_).first(count));
            } else {
                // Either the time comes, or room in the queue does: `settle` ends this wait.
                const auto at = session_.reads_at();
                turn_.expires_after(at > now ? at - now : duration(std::chrono::hours(1)));
                co_await turn_.async_wait(as_tuple);
            }
        }
        settle();
        while (writing_) {
            turn_.expires_after(std::chrono::hours(1));
            co_await turn_.async_wait(as_tuple);
        }
        done_ = true;
        timer_.cancel();
        stats_.ended(session_.end().code);
        const auto last = std::exchange(callbacks_, {});
        if (last.closed) guard([&] { last.closed(session_.end()); });
    }

    [[nodiscard]] websocket_session& session() noexcept override { return session_; }
    void wake() override { settle(); }

    /// What the kernel takes at once needs no copy, no queue and no second turn of the loop: so a message to
    /// hundreds costs little more than its system calls.
    bool send(const websocket_frame& message) override {
        std::size_t done = 0;
        if (never_waits_ && session_.idle()) {
            std::error_code error;
            done = write_at_once(message.wire(), error);
            if (error && error != asio::error::would_block && error != asio::error::try_again) {
                session_.lost();
                settle();
                return false;
            }
            if (done == message.wire().size()) {
                session_.sent_at_once();
                return true;
            }
        }
        const auto taken = session_.send(message, done, clock_now());
        settle();
        return taken;
    }

    void drain() {
        session_.close(close_code::going_away, "the server is going away", clock_now());
        settle();
    }

    /// Ends at once; the owner closes the socket.
    void cut_off() {
        session_.lost();
        timer_.cancel();
        turn_.cancel();
    }

private:
    static constexpr std::size_t read_bytes = 8 * 1024;
    static constexpr std::size_t write_bytes = 64 * 1024;
    static constexpr auto as_tuple = asio::experimental::as_tuple(asio::use_awaitable);
    /// TLS may have to read before it can write.
    static constexpr bool writes_at_once = std::is_same_v<Stream, asio::ip::tcp::socket>;

    std::size_t write_at_once(std::string_view data, std::error_code& error) {
        if constexpr (writes_at_once) return stream_.write_some(asio::buffer(data), error);
        return 0;
    }

    websocket_callbacks begin(const http_request& request) {
        websocket_callbacks made;
        const auto owner = owner_.lock();
        const std::shared_ptr<websocket_link> link(owner, this);
        guard([&] { made = route_.handler(request, websocket(link)); });
        return made;
    }

    // What the handler throws ends its own WebSocket and nothing else.
    template <class Call>
    void guard(const Call& call) {
        try {
            call();
        } catch (const std::exception&) {
            stats_.handler_exceptions.add();
            session_.close(close_code::internal_error, {}, clock_now());
        }
    }

    void take(bytes data) {
        messages_.clear();
        session_.receive(data, clock_now(), messages_);
        for (const auto& message : messages_) {
            // The handler may have closed it at the message before; a Close frame that came behind this one
            // takes nothing away from it.
            if (!session_.open() && !session_.finished()) break;
            if (callbacks_.message) guard([&] { callbacks_.message(message); });
        }
        settle();
    }

    /// After anything that may have changed the session: sends, and sees to its times.
    void settle() {
        if (done_) return;
        write();
        if (session_.dead()) return break_off();
        const auto next = session_.deadline();
        if (!timer_runs_ || next < timer_at_) start_timer(next);
    }

    void write() {
        if (writing_ || session_.dead()) return;
        out_ = session_.take_output(write_bytes);
        if (out_.empty()) return;
        writing_ = true;
        asio::async_write(stream_, asio::buffer(out_),
                          [this, owner = owner_.lock()](std::error_code error, std::size_t) {
                              writing_ = false;
                              session_.sent();
                              if (error) session_.lost();
                              settle();
                              turn_.cancel();  // the reader may have waited for room
                          });
    }

    void start_timer(instant at) {
        timer_runs_ = true;
        timer_at_ = at;
        timer_.expires_after(at - clock_now());
        timer_.async_wait([this, owner = owner_.lock(), serial = ++timer_serial_](std::error_code error) {
            if (error || serial != timer_serial_) return;
            timer_runs_ = false;
            session_.handle_timeout(clock_now());
            settle();
        });
    }

    // Whatever waits for the socket comes back with an error.
    void break_off() {
        std::error_code ignored;
        stream_.lowest_layer().close(ignored);
        timer_.cancel();
        turn_.cancel();
    }

    Stream& stream_;
    std::weak_ptr<void> owner_;
    const websocket_route& route_;
    websocket_stats& stats_;
    bool never_waits_ = false;  // the socket takes what it can at once
    websocket_session session_;
    websocket_callbacks callbacks_;
    asio::steady_timer timer_;
    asio::steady_timer
        turn_;  // of the reader, when it may not read; or of the end, when writing is under way
    instant timer_at_{};
    unsigned timer_serial_ = 0;
    bool timer_runs_ = false;
    bool writing_ = false;
    bool done_ = false;
    std::array<std::byte, read_bytes> in_;
    std::string out_;
    std::vector<websocket_message> messages_;
};

}  // namespace conf::net
