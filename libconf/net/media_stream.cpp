#include "libconf/net/media_stream.hpp"

#include "libconf/base/bytes.hpp"
#include "libconf/net/awaited.hpp"
#include "libconf/net/media_shard.hpp"
#include "libconf/net/turn_client_link.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

namespace conf::net {
namespace {

using asio::ip::tcp;
/// RFC 4571 §2: before each packet its size, in two bytes.
constexpr std::size_t frame_header_bytes = 2;
constexpr std::size_t frame_bytes_max = frame_header_bytes + 65'535;

/// One connection; it owns itself by its coroutine. Belongs to its shard.
class media_connection final : public client_link, public std::enable_shared_from_this<media_connection> {
public:
    media_connection(media_shard& shard, tcp::socket socket, const endpoint& remote)
        : shard_(shard), socket_(std::move(socket)), deadline_(shard.context()) {
        path_.remote = remote;
    }

    void start() {
        ++shard_.mutable_count().stream_connections;
        path_.socket = shard_.add_link(shared_from_this());
        shard_.watch(socket_.native_handle());
        close_after(media_first_check_max);
        asio::co_spawn(shard_.context(), run(shared_from_this()), asio::detached);
    }

    void send(bytes head, bytes body, std::uint8_t) override {
        const auto size = head.size() + body.size();
        if (waiting_.size() + frame_header_bytes + size > media_queue_bytes_max) {
            ++shard_.mutable_count().stream_dropped;
            return;
        }
        const auto at = waiting_.size();
        waiting_.resize(at + frame_header_bytes);
        store_u16(waiting_, at, static_cast<std::uint16_t>(size));
        waiting_.insert(waiting_.end(), head.begin(), head.end());
        waiting_.insert(waiting_.end(), body.begin(), body.end());
        if (!writing_) write_waiting();
    }

    void close() override {
        asio::error_code ignored;
        deadline_.cancel();
        socket_.close(ignored);
    }

private:
    static asio::awaitable<void> run(std::shared_ptr<media_connection> self) {
        co_await self->read_frames();
        self->close();
        if (!self->admitted_) ++self->shard_.mutable_count().stream_refused;
        --self->shard_.mutable_count().stream_connections;
        self->shard_.remove_link(self->path_);
    }

    asio::awaitable<void> read_frames() {
        std::vector<std::byte> buffer;
        std::size_t used = 0;
        for (;;) {
            if (buffer.size() - used < 2048) buffer.resize(std::min(used + 8192, frame_bytes_max + 8192));
            auto [error, size] = co_await socket_.async_read_some(
                asio::buffer(buffer.data() + used, buffer.size() - used), as_result);
            if (error) co_return;
            used += size;
            std::size_t taken = 0;
            while (used - taken >= frame_header_bytes) {
                const std::size_t length = load_u16(buffer, taken);
                if (used - taken < frame_header_bytes + length) break;
                if (!handle_frame(mutable_bytes(buffer).subspan(taken + frame_header_bytes, length)))
                    co_return;
                taken += frame_header_bytes + length;
            }
            std::copy(buffer.begin() + static_cast<std::ptrdiff_t>(taken),
                      buffer.begin() + static_cast<std::ptrdiff_t>(used), buffer.begin());
            used -= taken;
            if (taken > 0) shard_.finish_turn();
        }
    }

    /// False when the connection has to end: what comes first must be a check of somebody we know.
    bool handle_frame(mutable_bytes frame) {
        if (frame.empty()) return true;
        (void)shard_.fresh_now();
        shard_.handle_frame(path_, frame);
        admitted_ = shard_.knows(path_);
        if (admitted_) close_after(media_idle_max);
        return admitted_;
    }

    void close_after(std::chrono::seconds time) {
        // Each packet would move the timer: it is moved when that makes a second.
        const auto until = std::chrono::steady_clock::now() + time;
        if (until - deadline_.expiry() < std::chrono::seconds(1) && until > deadline_.expiry()) return;
        deadline_.expires_at(until);
        deadline_.async_wait([weak = weak_from_this()](asio::error_code error) {
            if (const auto self = weak.lock(); self && !error) self->close();
        });
    }

    void write_waiting() {
        writing_ = true;
        std::swap(sending_, waiting_);
        waiting_.clear();
        asio::async_write(socket_, asio::buffer(sending_.data(), sending_.size()),
                          [self = shared_from_this()](asio::error_code error, std::size_t) {
                              self->writing_ = false;
                              if (error) return self->close();
                              if (!self->waiting_.empty()) self->write_waiting();
                          });
    }

    media_shard& shard_;
    tcp::socket socket_;
    ice::path path_;
    asio::steady_timer deadline_;
    std::vector<std::byte> waiting_;
    std::vector<std::byte> sending_;
    bool writing_ = false;
    bool admitted_ = false;
};

}  // namespace

void accept_media_connection(media_shard& shard, tcp::socket socket, const endpoint& remote) {
    if (shard.mutable_count().stream_connections >= media_connections_max) {
        ++shard.mutable_count().stream_refused;
        return;
    }
    std::make_shared<media_connection>(shard, std::move(socket), remote)->start();
}

}  // namespace conf::net
