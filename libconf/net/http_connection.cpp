#include "libconf/net/http_connection.hpp"

#include "libconf/net/awaited.hpp"
#include "libconf/net/clock.hpp"
#include "libconf/net/websocket_connection.hpp"

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/write.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace conf::net {
namespace {

using asio::ip::tcp;
using tls_stream = asio::ssl::stream<tcp::socket>;

constexpr std::size_t read_bytes = 8 * 1024;
constexpr std::size_t file_piece_bytes = 64 * 1024;

template <class Stream>
class http_stream_connection final : public http_connection,
                                     public std::enable_shared_from_this<http_stream_connection<Stream>> {
public:
    static constexpr bool is_tls = std::is_same_v<Stream, tls_stream>;

    template <class... Arguments>
    http_stream_connection(std::shared_ptr<http_host> host, std::shared_ptr<const http_router> routes,
                           const endpoint& remote, tcp::socket socket, Arguments... tls)
        : http_connection(std::move(host), std::move(routes), remote, socket.get_executor()),
          stream_(std::move(socket), tls...),
          reply_wait_(stream_.get_executor()) {}

    asio::awaitable<void> run() {
        // GCC 12 lays the frame out wrongly where co_await stands in a condition: it gets a statement of its
        // own.
        auto more = co_await open();
        while (more) more = co_await exchange();
        if (session_ && session_->upgraded() && !broken_) {
            co_await converse();
        } else if (answered_last_) {
            co_await linger();
        }
        close();
    }

    void drain() override {
        draining_ = true;
        if (websocket_) return websocket_->drain();
        if (session_ && session_->upgraded()) return;  // `converse` sees to it
        if (session_) session_->drain();
        if (!session_ || (session_->closing() && reading_)) interrupt();
    }

    void close() override {
        disarm();
        broken_ = true;
        if (websocket_) websocket_->cut_off();
        std::error_code ignored;
        socket().close(ignored);
        reply_wait_.cancel();
    }

private:
    void interrupt() override {
        std::error_code ignored;
        socket().cancel(ignored);
        reply_wait_.cancel();
    }

    tcp::socket& socket() {
        if constexpr (is_tls) {
            return stream_.next_layer();
        } else {
            return stream_;
        }
    }

    http_moment moment() { return {clock_now(), host_->date()}; }
    void limit_to(std::chrono::milliseconds time) { arm(clock_now() + time, this->shared_from_this()); }

    asio::awaitable<bool> open() {
        if constexpr (is_tls) {
            limit_to(host_->limits.handshake_time);
            auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, as_result);
            if (error) {
                if (expired()) {
                    host_->stats.hit(http_limit::handshake_time);
                } else if (!draining_) {
                    host_->stats.handshakes_failed.add();
                }
                co_return false;
            }
        }
        session_.emplace(host_->limits, *routes_, host_->stats, remote(), is_tls, clock_now());
        co_return !draining_;
    }

    // One read and the answers to it. False: say goodbye and close.
    asio::awaitable<bool> exchange() {
        arm(session_->deadline(), this->shared_from_this());
        reading_ = true;
        auto [error, count] = co_await stream_.async_read_some(asio::buffer(in_), as_result);
        reading_ = false;
        if (error && !expired()) co_return false;  // the client left, or drain() or close() interrupted
        if (error) session_->handle_timeout(moment(), out_);

        auto data = bytes(in_).first(count);
        for (;;) {
            data = data.subspan(session_->receive(data, moment(), out_));
            if (!out_.empty()) {
                const auto sent = co_await send();
                if (!sent) broken_ = true;
                if (!sent) co_return false;
                answered_last_ = session_->closing();
            }
            if (const auto file = session_->take_file()) {
                const auto sent = co_await send_file(file);
                if (!sent) broken_ = true;
                if (!sent) co_return false;
            }
            if (session_->upgraded()) {
                behind_handshake_ = as_text(data);
                co_return false;
            }
            if (session_->closing()) co_return false;
            if (session_->blocked()) {
                const auto goes_on = co_await wait_for_handler();
                if (!goes_on) co_return false;
            } else if (data.empty()) {
                co_return true;
            }
        }
    }

    // False: close() came first. Till the answer is there, or room for more of a body, nothing more is read,
    // so a client that sends on and on waits too.
    asio::awaitable<bool> wait_for_handler() {
        arm(session_->deadline(), this->shared_from_this());
        reply_wait_.expires_at(asio::steady_timer::time_point::max());
        session_->on_unblocked([weak = this->weak_from_this(), this] {
            if (const auto self = weak.lock()) reply_wait_.cancel();
        });
        if (session_->blocked()) co_await reply_wait_.async_wait(as_result);
        if (expired()) session_->handle_timeout(moment(), out_);
        co_return !session_->blocked();
    }

    asio::awaitable<bool> send_file(std::shared_ptr<const http_file> file) {
        out_.resize(file_piece_bytes);
        for (std::uint64_t at = 0; at < file->size();) {
            const auto count =
                file->read(at, out_.data(), std::min<std::uint64_t>(out_.size(), file->size() - at));
            if (count == 0) break;  // it has become shorter: the client has to see that it is not whole
            limit_to(host_->limits.write_grace +
                     std::chrono::milliseconds(1000) * count / host_->limits.write_bytes_per_second);
            auto [error, sent] =
                co_await asio::async_write(stream_, asio::buffer(out_.data(), count), as_result);
            if (error && expired()) host_->stats.hit(http_limit::write_rate);
            if (error) break;
            at += count;
            if (at == file->size()) {
                out_.clear();
                co_return true;
            }
        }
        const auto nothing = file->size() == 0;
        out_.clear();
        co_return nothing;
    }

    asio::awaitable<bool> send() {
        const auto& limits = host_->limits;
        limit_to(limits.write_grace +
                 std::chrono::milliseconds(1000) * out_.size() / limits.write_bytes_per_second);
        auto [error, count] = co_await asio::async_write(stream_, asio::buffer(out_), as_result);
        if (error && expired()) host_->stats.hit(http_limit::write_rate);
        out_.clear();
        co_return !error;
    }

    asio::awaitable<void> converse() {
        disarm();
        websocket_.emplace(stream_, this->weak_from_this(), *session_->upgraded(), host_->stats.websockets);
        if (draining_) websocket_->drain();
        co_await websocket_->run(session_->take_upgrade(), std::move(behind_handshake_));
        if (!broken_ && !websocket_->session().dead()) co_await linger();
    }

    // Closing at once could make the kernel reset the connection, if bytes of the client are unread, and take
    // the last answer from the client with that. So: say that we are done, then read until the client has
    // left.
    asio::awaitable<void> linger() {
        limit_to(host_->limits.linger_time);
        if constexpr (is_tls) co_await stream_.async_shutdown(as_result);
        std::error_code error;
        socket().shutdown(tcp::socket::shutdown_send, error);
        for (std::size_t total = 0; !error && !expired() && total < host_->limits.linger_bytes;) {
            std::size_t count = 0;
            std::tie(error, count) = co_await socket().async_read_some(asio::buffer(in_), as_result);
            total += count;
        }
    }

    Stream stream_;
    asio::steady_timer reply_wait_;        // never fires, is cancelled when the handler has answered
    std::optional<http_session> session_;  // once the handshake is over
    std::optional<websocket_connection<Stream>> websocket_;  // instead, once it has become one
    std::string behind_handshake_;                           // bytes that came with the handshake
    std::array<std::byte, read_bytes> in_;
    std::string out_;
    bool draining_ = false;
    bool reading_ = false;
    bool broken_ = false;         // nothing can be sent any more
    bool answered_last_ = false;  // the answer that ends the connection was sent
};

template <class Stream>
asio::awaitable<void> serve(std::shared_ptr<http_stream_connection<Stream>> connection) {
    co_await connection->run();
}

template <class Stream>
void start(std::shared_ptr<http_stream_connection<Stream>> connection,
           const asio::any_io_executor& executor) {
    asio::co_spawn(executor, serve(std::move(connection)), asio::detached);
}

}  // namespace

http_connection::http_connection(std::shared_ptr<http_host> host, std::shared_ptr<const http_router> routes,
                                 const endpoint& remote, asio::any_io_executor executor)
    : host_(std::move(host)), routes_(std::move(routes)), remote_(remote), timer_(std::move(executor)) {
    host_->opened(*this);
}

http_connection::~http_connection() {
    host_->closed(*this);
}

void http_connection::arm(instant deadline, const std::shared_ptr<http_connection>& self) {
    deadline_ = deadline;
    expired_ = false;
    // Deadlines mostly move away with each request; the timer that runs is left alone then and armed anew
    // when it fires.
    if (!timer_runs_ || deadline < timer_at_) start_timer(self);
}

void http_connection::disarm() {
    ++timer_serial_;
    timer_runs_ = false;
    timer_.cancel();
}

void http_connection::start_timer(const std::shared_ptr<http_connection>& self) {
    timer_runs_ = true;
    timer_at_ = deadline_;
    timer_.expires_after(deadline_ - clock_now());
    timer_.async_wait([self, serial = ++timer_serial_](std::error_code) {
        if (serial != self->timer_serial_) return;
        self->timer_runs_ = false;
        if (clock_now() < self->deadline_) return self->start_timer(self);
        self->expired_ = true;
        self->interrupt();
    });
}

void serve_plain(tcp::socket socket, std::shared_ptr<http_host> host,
                 std::shared_ptr<const http_router> routes, const endpoint& remote) {
    const auto executor = socket.get_executor();
    start(std::make_shared<http_stream_connection<tcp::socket>>(std::move(host), std::move(routes), remote,
                                                                std::move(socket)),
          executor);
}

void serve_tls(tcp::socket socket, ssl_st* tls, std::shared_ptr<http_host> host,
               std::shared_ptr<const http_router> routes, const endpoint& remote) {
    const auto executor = socket.get_executor();
    start(std::make_shared<http_stream_connection<tls_stream>>(std::move(host), std::move(routes), remote,
                                                               std::move(socket), tls),
          executor);
}

}  // namespace conf::net
