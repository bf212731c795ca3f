/// The TURN server as a pure state machine: RFC 8489 and RFC 8656, for UDP relaying.
#pragma once

#include "libconf/base/flat_map.hpp"
#include "libconf/base/hash.hpp"
#include "libconf/base/time.hpp"
#include "libconf/crypto/random.hpp"
#include "libconf/stun/attributes.hpp"
#include "libconf/stun/builder.hpp"
#include "libconf/stun/message.hpp"
#include "libconf/turn/allocation.hpp"
#include "libconf/turn/counters.hpp"
#include "libconf/turn/credentials.hpp"
#include "libconf/turn/nonce.hpp"
#include "libconf/turn/options.hpp"
#include "libconf/turn/outputs.hpp"
#include "libconf/turn/peer_policy.hpp"
#include "libconf/turn/port_table.hpp"
#include "libconf/turn/quota_book.hpp"
#include "libconf/turn/source_limiter.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <queue>
#include <span>
#include <vector>

namespace conf::turn {

/// An ICMP error that a relay socket received for a datagram it had sent.
struct icmp_error {
    endpoint peer;          ///< where the datagram had gone
    std::uint8_t type = 0;  ///< of ICMP or ICMPv6
    std::uint8_t code = 0;
    std::uint32_t data = 0;  ///< the MTU for "too big", else 0
};

/// Takes datagrams, answers and the time; gives datagrams, commands, events and a deadline.
///
/// Serves the clients of one relay thread; ports and quotas are shared with the others. Never blocks and
/// never throws for bad input: a malformed or hostile datagram costs a counter. Belongs to its shard.
class server {
public:
    /// `ports` and `quotas` must outlive the server.
    server(identity fixed, settings initial, port_table& ports, quota_book& quotas);
    ~server();
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    /// A datagram, or one whole message of a stream, from a client.
    void handle(const client_datagram& in, instant now, outputs& out);

    /// A datagram that arrived at a relay socket.
    void handle_peer(relay_id relay, const endpoint& from, bytes payload, instant now, outputs& out);

    /// A datagram from another relayed address of this process.
    void handle_delivery(const delivery& in, instant now, outputs& out);

    void handle_icmp(relay_id relay, const icmp_error& in, instant now, outputs& out);

    /// The answer to `relay_command::action::open`.
    void handle_relay_opened(relay_id relay, bool bound, instant now, outputs& out);

    /// A stream or DTLS connection ended; its allocation ends with it (RFC 8656 §7).
    void handle_client_gone(client_socket socket, const endpoint& remote, instant now, outputs& out);

    void handle_timeout(instant now, outputs& out);
    /// When `handle_timeout` wants to be called; may be earlier than needed.
    [[nodiscard]] std::optional<instant> deadline() const;

    /// New settings hold from the next message on; allocations keep the keys they were made with.
    void reconfigure(settings changed);

    /// Ties `now` to the calendar, for the expiry of credentials. Call it at the start and now and then.
    void set_clock(unix_time wall, instant now) noexcept {
        unix_at_zero_ = wall - std::chrono::floor<seconds>(now.time_since_epoch());
    }

    /// No new allocations from now on: 300 or 508.
    void drain() noexcept { draining_ = true; }
    [[nodiscard]] bool draining() const noexcept { return draining_; }
    [[nodiscard]] bool has_allocation(client_socket socket, const endpoint& remote) noexcept {
        return find({socket, remote}).has_value();
    }
    [[nodiscard]] bool empty() const noexcept { return count_.allocations == 0; }

    [[nodiscard]] const counters& count() const noexcept { return count_; }

private:
    struct request;  // a request and what is known of its sender
    struct timer {
        instant at;
        std::uint32_t slot;
        friend bool operator>(const timer& a, const timer& b) { return a.at > b.at; }
    };
    struct held_reservation {
        instant expires;
        reservation_token token;
    };

    // server.cpp: messages, authentication, answers
    void handle_stun(const client_datagram& in, instant now, outputs& out);
    void handle_binding(const request& on);
    void handle_request(request& on);
    [[nodiscard]] std::optional<stun::error_code> authenticate(request& on);
    bool answer_admitted(const request& on);
    void refuse(const request& on, stun::error_code code);
    void challenge(const request& on, stun::error_code code);
    bool refuse_unknown_attributes(const request& on);

    // server_requests.cpp: the four authenticated methods
    void handle_allocate(const request& on);
    void handle_refresh(const request& on);
    void handle_create_permission(const request& on);
    void handle_channel_bind(const request& on);
    void refuse_allocation(const request& on, stun::error_code code);
    void make_allocation(const request& on, const struct wanted_allocation& wanted);
    bool open_port(std::uint32_t slot, ip_family family, outputs& out);
    void finish_opening(std::uint32_t slot, instant now, outputs& out);
    void answer_allocate(const allocation& done, outputs& out);
    void refuse_opening(std::uint32_t slot, outputs& out);
    [[nodiscard]] std::optional<stun::error_code> judge_peer(const allocation& from,
                                                             const endpoint& peer) const;
    [[nodiscard]] bool install_permission(allocation& to, const ip_address& peer, instant now);

    // server_relay.cpp: data in both directions
    void handle_channel_data(const client_datagram& in, instant now, outputs& out);
    void handle_send(const client_datagram& in, const stun::message& message, instant now, outputs& out);
    void relay_to_peer(allocation& from, std::uint32_t slot, const endpoint& peer, bytes payload,
                       bool dont_fragment, instant now, outputs& out);
    void relay_to_client(allocation& to, const endpoint& from, bytes payload, instant now, outputs& out);
    [[nodiscard]] std::optional<std::uint8_t> own_relay_shard(const endpoint& peer) const noexcept;

    // server.cpp: allocations
    [[nodiscard]] std::optional<std::uint32_t> find(const five_tuple& client) noexcept;
    [[nodiscard]] allocation* open_allocation(const five_tuple& client, std::uint32_t& slot) noexcept;
    [[nodiscard]] allocation* allocation_of(relay_id relay) noexcept;
    std::uint32_t take_slot();
    void arm(std::uint32_t slot);
    void close_relay(std::uint32_t slot, ip_family family, outputs& out);
    void remove(std::uint32_t slot, turn_event::kind why, outputs& out);
    [[nodiscard]] static std::uint32_t port_key(ip_family family, std::uint16_t port) noexcept {
        return std::uint32_t{port} << 1 | (family == ip_family::v6 ? 1U : 0U);
    }
    [[nodiscard]] std::uint64_t port_hash(std::uint32_t key) const noexcept { return mix(key, hash_seed_); }
    [[nodiscard]] const relay_interface* interface_of(ip_family family) const noexcept;
    [[nodiscard]] endpoint relayed_endpoint(const allocation& of, ip_family family) const noexcept;
    [[nodiscard]] unix_time unix_now(instant now) const noexcept {
        return unix_at_zero_ + std::chrono::floor<seconds>(now.time_since_epoch());
    }

    identity fixed_;
    settings settings_;
    peer_policy policy_;
    port_table& ports_;
    quota_book& quotas_;
    nonce_maker nonces_;
    crypto::keyed_random random_;
    std::uint64_t hash_seed_;
    source_limiter limiter_;
    bool draining_ = false;
    unix_time unix_at_zero_{};
    std::uint64_t next_indication_ = 0;

    flat_map<five_tuple, std::uint32_t> by_client_;
    std::vector<std::unique_ptr<allocation>> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::vector<instant> timer_of_slot_;  // the timer that counts; others of the slot in timers_ are stale
    flat_map<std::uint32_t, relay_id> by_port_;  // family and port, for deliveries
    std::priority_queue<timer, std::vector<timer>, std::greater<>> timers_;
    std::queue<held_reservation> reservations_;
    token_bucket total_bandwidth_;
    counters count_;
};

/// Answers whether a server of this library knows what the attribute means (RFC 8489 §6.3.1).
[[nodiscard]] bool understands(stun::attribute_type type) noexcept;

}  // namespace conf::turn
