/// One media thread: its sockets, its engine, and nothing else.
#pragma once

#include "libconf/engine/media_engine.hpp"
#include "libconf/net/listen_address.hpp"
#include "libconf/net/local_table.hpp"
#include "libconf/net/receive_ring.hpp"
#include "libconf/net/send_batch.hpp"
#include "libconf/net/shard_loop.hpp"
#include "libconf/net/tap_list.hpp"
#include "libconf/net/turn_client_link.hpp"
#include "libconf/net/udp_socket.hpp"

#include <conf/result.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace conf::net {

class stream_acceptor;

/// What the shell counts by itself, beside engine::counters.
struct media_shard_counters {
    std::uint64_t wake_ups = 0;
    std::uint64_t receive_calls = 0;
    std::uint64_t datagrams_received = 0;
    std::uint64_t received_in_runs = 0;    ///< datagrams that the kernel delivered together (UDP_GRO)
    std::uint64_t stream_connections = 0;  ///< now
    std::uint64_t stream_refused = 0;      ///< over the limit, no check in time, or no frame of RFC 4571
    std::uint64_t stream_dropped = 0;      ///< media for a peer that reads too slowly
    send_batch::totals sent;
};

/// One turn: read what is there, give it to the engine, protect everything that came of it as one batch, send
/// it in runs.
///
/// What is not said to be thread-safe by shard_loop runs on the shard's thread, or before `start` on the
/// caller's.
class media_shard final : public shard_loop {
public:
    using event_sink = std::function<void(const engine::event&)>;

    /// Called on the shard's thread behind the turn; none: nobody is in a call.
    using receiver_sink = std::function<void(std::vector<engine::receiver_news>)>;

    explicit media_shard(event_sink on_event, receiver_sink on_receivers = {});
    ~media_shard() override;

    /// UDP, and ICE-TCP (RFC 6544) on the same port number; port 0: any one that both have. Call before
    /// `make_engine`, whose candidates need the port.
    result<endpoint> listen(const media_address& where);
    /// Call once, before `start`.
    void make_engine(engine::setup with) { engine_.emplace(std::move(with)); }

    [[nodiscard]] engine::media_engine& engine() noexcept { return *engine_; }
    /// Of the engine's commands; `finish_turn` sends what they made.
    [[nodiscard]] engine::outputs& out() noexcept { return out_; }
    /// The time for a command that comes from outside of a turn.
    [[nodiscard]] instant fresh_now() noexcept {
        refresh();
        return now();
    }
    /// Sends, then tells taps and the event sink. From one of those it may be called again: what comes of it
    /// is told when the caller has told the rest.
    void finish_turn();
    [[nodiscard]] tap_list& taps() noexcept { return taps_; }

    [[nodiscard]] media_shard_counters shell_count() const;

    // For media_connection, which is part of the shard in another file.
    [[nodiscard]] media_shard_counters& mutable_count() noexcept { return count_; }
    std::uint32_t add_link(std::shared_ptr<client_link> link);
    void remove_link(const ice::path& path);
    void handle_frame(const ice::path& from, mutable_bytes frame);
    [[nodiscard]] bool knows(const ice::path& from) { return engine_->knows(from); }

private:
    struct udp_listener {
        udp_socket socket;
        std::uint32_t number = 0;
        bool has_more = false;  ///< it was not read until it was empty, so no event will come
    };

    void serve(std::uint64_t which, std::uint32_t events) override;
    void serve_rest() override;
    [[nodiscard]] bool has_rest() const override;
    void finish() override { finish_turn(); }
    [[nodiscard]] std::optional<instant> next_deadline() override { return engine_->deadline(); }
    void handle_deadline() override;
    [[nodiscard]] bool uses_asio() const override { return !acceptors_.empty(); }
    [[nodiscard]] std::uint64_t datagrams() const override { return count_.datagrams_received; }
    void close_everything() override;

    void read(udp_listener& listener);
    void send();
    void tell();

    std::optional<engine::media_engine> engine_;
    engine::outputs out_;
    event_sink on_event_;
    receiver_sink on_receivers_;
    tap_list taps_;
    // What finish_turn tells, when nothing of the turn is on the stack any more.
    std::vector<engine::event> news_;
    std::vector<engine::tapped_packet> tapped_;
    std::vector<engine::receiver_news> receiver_news_;
    std::vector<engine::event> news_now_;  // being told
    std::vector<engine::tapped_packet> tapped_now_;
    bool telling_ = false;
    receive_ring ring_;
    send_batch batch_;
    std::vector<udp_listener> listeners_;
    local_table locals_;
    std::vector<std::shared_ptr<stream_acceptor>> acceptors_;
    std::unordered_map<std::uint32_t, std::shared_ptr<client_link>> links_;
    std::uint32_t next_link_ = first_link;
    media_shard_counters count_;

    /// Numbers below are in `locals_`.
    static constexpr std::uint32_t first_link = 0x10000;
};

}  // namespace conf::net
