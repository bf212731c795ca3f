#include "libconf/net/turn_stream.hpp"

#include "libconf/net/awaited.hpp"
#include "libconf/net/tls_context.hpp"
#include "libconf/net/turn_client_link.hpp"
#include "libconf/net/turn_shard.hpp"
#include "libconf/turn/channel_data.hpp"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>

#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <vector>

namespace conf::net {
namespace {

using asio::ip::tcp;
/// A STUN header can announce no more than this, a ChannelData header a little less.
constexpr std::size_t message_bytes_max = 20 + 65536;
/// One connection. `Stream` is a TCP socket or a TLS stream over one. Belongs to its shard.
template <class Stream>
class turn_stream_connection final : public client_link,
                                     public std::enable_shared_from_this<turn_stream_connection<Stream>> {
public:
    turn_stream_connection(turn_shard& shard, Stream stream, endpoint remote,
                           std::shared_ptr<ssl_ctx_st> context)
        : shard_(shard),
          context_(std::move(context)),
          stream_(std::move(stream)),
          remote_(remote),
          deadline_(shard.context()) {}

    void send(bytes head, bytes body, std::uint8_t padding) override {
        if (waiting_.size() + head.size() + body.size() + padding > stream_queue_bytes_max) {
            ++shard_.mutable_count().stream_dropped;
            return;
        }
        waiting_.insert(waiting_.end(), head.begin(), head.end());
        waiting_.insert(waiting_.end(), body.begin(), body.end());
        waiting_.resize(waiting_.size() + padding, std::byte{0});
        if constexpr (is_tls) waiting_ends_.push_back(waiting_.size());
        if (!writing_) write_waiting();
    }

    void close() override {
        asio::error_code ignored;
        deadline_.cancel();
        stream_.lowest_layer().close(ignored);
    }

    void start() {
        ++shard_.mutable_count().stream_connections;
        socket_ = shard_.add_link(this->shared_from_this());
        shard_.watch(stream_.lowest_layer().native_handle());
        close_after(handshake_time_max);
        asio::co_spawn(shard_.context(), run(this->shared_from_this()), asio::detached);
    }

private:
    static asio::awaitable<void> run(std::shared_ptr<turn_stream_connection> self) {
        // `self` stays in this frame, so the two below borrow from it. (GCC 12 destroys a by-value argument
        // of a coroutine that is awaited in a condition twice.)
        const bool secure = co_await self->handshake();
        if (secure) {
            self->close_after(first_message_time_max);
            co_await self->read_messages();
        }
        self->end();
    }

    void end() {
        if (!got_message_) ++shard_.mutable_count().stream_refused;
        close();
        --shard_.mutable_count().stream_connections;
        shard_.remove_link(socket_, remote_);
    }

    static constexpr bool is_tls = !std::is_same_v<Stream, tcp::socket>;

    asio::awaitable<bool> handshake() {
        if constexpr (is_tls) {
            auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, as_result);
            co_return !error;
        }
        co_return true;
    }

    asio::awaitable<void> read_messages() {
        std::vector<std::byte> buffer;
        std::size_t used = 0;
        for (;;) {
            // Grows to what the client sends: most connections never need more than the first size.
            if (buffer.size() - used < 2048) buffer.resize(std::min(used + 4096, message_bytes_max + 4096));
            auto [error, size] = co_await stream_.async_read_some(
                asio::buffer(buffer.data() + used, buffer.size() - used), as_result);
            if (error) co_return;
            used += size;
            const auto taken = handle_messages(bytes(buffer).first(used));
            if (!taken) co_return;
            std::copy(buffer.begin() + static_cast<std::ptrdiff_t>(*taken),
                      buffer.begin() + static_cast<std::ptrdiff_t>(used), buffer.begin());
            used -= *taken;
            if (used == 0 && buffer.size() > 4096) buffer = {};
        }
    }

    /// Gives every whole message to the core; returns how many bytes that were, or nothing where the stream
    /// is no TURN.
    std::optional<std::size_t> handle_messages(bytes buffered) {
        std::size_t taken = 0;
        auto next = turn::next_frame(buffered);
        for (; next.is == turn::frame::state::complete; next = turn::next_frame(buffered.subspan(taken))) {
            shard_.handle_message(
                {.socket = socket_,
                 .protocol = is_tls ? turn::client_protocol::tls : turn::client_protocol::tcp,
                 .remote = remote_,
                 .payload = buffered.subspan(taken, next.bytes)});
            taken += next.bytes;
            got_message_ = true;
        }
        if (taken > 0) {
            shard_.finish_turn();
            close_after(idle_time_max);
        }
        if (next.is == turn::frame::state::invalid) return std::nullopt;
        return taken;
    }

    void close_after(std::chrono::seconds time) {
        deadline_.expires_after(time);
        deadline_.async_wait([weak = this->weak_from_this()](asio::error_code error) {
            const auto self = weak.lock();
            if (error || !self) return;
            // A client with an allocation may be silent: the allocation has its own clock.
            if (self->got_message_ && self->shard_.has_allocation(self->socket_, self->remote_)) {
                self->close_after(idle_time_max);
            } else {
                self->close();
            }
        });
    }

    void write_waiting() {
        writing_ = true;
        std::swap(sending_, waiting_);
        waiting_.clear();
        if constexpr (is_tls) {
            std::swap(sending_ends_, waiting_ends_);
            waiting_ends_.clear();
        }
        write_piece(0, 0);
    }

    /// Over TLS a message is a record of its own: coturn's client takes what one record brings for one
    /// message, and loses the second of two. Over TCP all that waits goes at once.
    void write_piece(std::size_t piece, std::size_t from) {
        auto to = sending_.size();
        if constexpr (is_tls) to = sending_ends_[piece];
        asio::async_write(stream_, asio::buffer(sending_.data() + from, to - from),
                          [self = this->shared_from_this(), piece, to](asio::error_code error, std::size_t) {
                              if (error) {
                                  self->writing_ = false;
                                  return self->close();
                              }
                              if (to < self->sending_.size()) return self->write_piece(piece + 1, to);
                              self->writing_ = false;
                              if (!self->waiting_.empty()) return self->write_waiting();
                              self->sending_ = {};
                              self->sending_ends_ = {};
                          });
    }

    turn_shard& shard_;
    std::shared_ptr<ssl_ctx_st> context_;  // outlives the stream made from it, also after a reload
    Stream stream_;
    endpoint remote_;
    asio::steady_timer deadline_;
    turn::client_socket socket_ = 0;
    std::vector<std::byte> waiting_;
    std::vector<std::byte> sending_;
    std::vector<std::size_t> waiting_ends_;  // where each message ends; TLS only
    std::vector<std::size_t> sending_ends_;
    bool writing_ = false;
    bool got_message_ = false;
};

using tls_stream = asio::ssl::stream<tcp::socket>;

}  // namespace

std::shared_ptr<stream_acceptor> make_stream_listener(turn_shard& shard, std::shared_ptr<tls_context> tls) {
    return std::make_shared<stream_acceptor>(shard, [&shard, tls = std::move(tls)](tcp::socket socket,
                                                                                   const endpoint& remote) {
        if (shard.mutable_count().stream_connections >= stream_connections_max) {
            ++shard.mutable_count().stream_refused;
            return;
        }
        if (!tls) {
            std::make_shared<turn_stream_connection<tcp::socket>>(shard, std::move(socket), remote, nullptr)
                ->start();
            return;
        }
        auto current = tls->current();
        SSL_CTX_up_ref(current.get());  // the view takes over one reference
        asio::ssl::context view(current.get());
        std::make_shared<turn_stream_connection<tls_stream>>(shard, tls_stream(std::move(socket), view),
                                                             remote, std::move(current))
            ->start();
    });
}

}  // namespace conf::net
