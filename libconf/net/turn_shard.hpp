/// One relay thread: its sockets, its TURN core, and nothing else.
#pragma once

#include "libconf/net/local_table.hpp"
#include "libconf/net/receive_ring.hpp"
#include "libconf/net/send_batch.hpp"
#include "libconf/net/shard_loop.hpp"
#include "libconf/net/turn_client_link.hpp"
#include "libconf/net/udp_socket.hpp"
#include "libconf/turn/server.hpp"

#include <conf/log.hpp>
#include <conf/result.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace conf::net {

class dtls_listener;
class tls_context;

/// What the shell counts by itself, beside turn::counters.
struct turn_shard_counters {
    std::uint64_t wake_ups = 0;
    std::uint64_t receive_calls = 0;
    std::uint64_t datagrams_received = 0;
    std::uint64_t received_in_runs = 0;    ///< datagrams that the kernel delivered together (UDP_GRO)
    std::uint64_t handed_over = 0;         ///< deliveries to another relay thread
    std::uint64_t hand_over_dropped = 0;   ///< its queue was full
    std::uint64_t stream_connections = 0;  ///< now
    std::uint64_t stream_refused = 0;      ///< over the limit, bad handshake, no message in time, not TURN
    std::uint64_t stream_dropped = 0;      ///< data for a client that reads too slowly
    std::uint64_t dtls_sessions = 0;       ///< now
    std::uint64_t dtls_refused = 0;  ///< handshakes that failed, timed out or were pushed out by newer ones
    send_batch::totals sent;
};

/// Reads batches, asks the core, sends batches, and waits no longer than the core's deadline.
///
/// What is not said to be thread-safe by shard_loop runs on the shard's thread, or before `start` on the
/// caller's.
class turn_shard final : public shard_loop {
public:
    /// Gives a delivery to the relay thread that owns its target. Called on this shard's thread.
    using deliver_to_shard = std::function<bool(std::uint8_t shard, const turn::delivery& what)>;

    struct environment {
        turn::port_table& ports;
        turn::quota_book& quotas;
        deliver_to_shard deliver;
        std::function<void()> on_drained;  ///< draining, and the last allocation has gone
        log_sink log;
        log_level log_least = log_level::info;
        bool log_client_addresses = false;
    };

    turn_shard(turn::identity fixed, turn::settings initial, environment around);
    ~turn_shard() override;

    /// Each returns where it listens. Call before `start`.
    result<endpoint> listen_udp(const endpoint& at, bool shared);
    result<endpoint> listen_stream(const endpoint& at, bool shared, std::shared_ptr<tls_context> tls);
    result<endpoint> listen_dtls(const endpoint& at, bool shared, std::shared_ptr<tls_context> tls);

    void reconfigure(turn::settings changed, log_sink log, log_level least, bool log_client_addresses);
    void drain();
    /// Called on this shard's thread by `environment::deliver` of another shard, through `post`.
    void handle_delivery(const turn::delivery& what);

    [[nodiscard]] const turn::counters& core_count() const noexcept { return core_.count(); }
    [[nodiscard]] turn_shard_counters shell_count() const;

    // For the listeners of streams and DTLS, which are part of the shard in other files.
    [[nodiscard]] turn_shard_counters& mutable_count() noexcept { return count_; }
    turn::client_socket add_link(std::shared_ptr<client_link> link);
    void remove_link(turn::client_socket socket, const endpoint& remote);
    void handle_message(const turn::client_datagram& in);
    [[nodiscard]] bool has_allocation(turn::client_socket socket, const endpoint& remote);
    /// Sends what `handle_message` made; call it after the last message of a read.
    void finish_turn();

private:
    struct udp_listener;
    struct relay_socket {
        udp_socket socket;
        std::uint32_t last_turn = 0;  ///< when it was read last
        bool dont_fragment = false;
        bool in_bursts = false;  ///< more than one datagram waited the last time
    };

    void serve(std::uint64_t which, std::uint32_t events) override;
    void serve_rest() override;
    [[nodiscard]] bool has_rest() const override;
    void finish() override { finish_turn(); }
    [[nodiscard]] std::optional<instant> next_deadline() override { return core_.deadline(); }
    void handle_deadline() override;
    void tie_clock() override;
    [[nodiscard]] bool uses_asio() const override { return !link_listeners_.empty(); }
    [[nodiscard]] std::uint64_t datagrams() const override { return count_.datagrams_received; }
    void close_everything() override;

    void read_listener(udp_listener& listener);
    void read_relay(turn::relay_id relay, bool has_error);
    void carry_out();
    void open_relay(const turn::relay_command& command);
    void close_relay(turn::relay_id relay);
    void queue_transmits();
    void send_to_client(const turn::transmit& what);
    void send_to_peer(const turn::transmit& what);
    void report_events();
    [[nodiscard]] relay_socket* find_relay(turn::relay_id relay) noexcept;

    environment around_;
    turn::server core_;
    turn::outputs out_;
    std::uint8_t shard_;

    receive_ring ring_;
    send_batch batch_;
    std::vector<std::unique_ptr<udp_listener>> listeners_;
    local_table locals_;                // a datagram client's socket number is its place here
    std::vector<relay_socket> relays_;  // by relay_id
    std::unordered_map<turn::client_socket, std::shared_ptr<client_link>> links_;
    turn::client_socket next_link_ = first_link;
    std::vector<std::shared_ptr<link_listener>> link_listeners_;
    bool drained_told_ = false;

    turn_shard_counters count_;

    /// Numbers below are datagram listeners.
    static constexpr turn::client_socket first_link = 0x10000;
};

}  // namespace conf::net
