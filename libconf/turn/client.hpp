/// A small TURN client as a pure state machine: for tests, the simulator and participants that are no
/// browsers.
#pragma once

#include "libconf/base/arena.hpp"
#include "libconf/base/bytes.hpp"
#include "libconf/base/ip_address.hpp"
#include "libconf/base/time.hpp"
#include "libconf/crypto/random.hpp"
#include "libconf/stun/attributes.hpp"
#include "libconf/stun/builder.hpp"
#include "libconf/stun/integrity.hpp"
#include "libconf/stun/message.hpp"
#include "libconf/turn/options.hpp"
#include "libconf/turn/outputs.hpp"
#include "libconf/turn/port_table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace conf::turn {

// RFC 8489 §6.2.1, §6.2.2: a request is sent seven times, with doubling pauses, and given up 39.5 s after
// the first.
inline constexpr duration client_first_pause = std::chrono::milliseconds{500};
inline constexpr int client_sends_max = 7;
inline constexpr int client_last_pause_factor = 16;
inline constexpr duration client_stream_patience = std::chrono::milliseconds{39'500};
/// How often one operation takes a new nonce before it fails.
inline constexpr int client_challenges_max = 4;
/// Operations that may wait for their answers at once: all that a keep-alive may ask for, and a few.
inline constexpr std::size_t client_transactions_max =
    permissions_per_allocation_max + channels_per_allocation_max + 8;

struct client_options {
    client_protocol protocol =
        client_protocol::udp;  ///< over streams nothing is sent twice and ChannelData is padded
    std::string username{};    ///< at most `stun::username_bytes_max`
    std::string password{};
    /// The best algorithm the client knows. With MD5 it behaves as RFC 5389 had it and never answers
    /// PASSWORD-ALGORITHMS.
    stun::password_algorithm strongest = stun::password_algorithm::sha256;
    bool fingerprint = false;
    /// Refresh the allocation, its permissions and its channels in time.
    bool keep_alive = true;
};

/// What an Allocate request may ask for, RFC 8656 §7.1.
struct allocate_wish {
    std::optional<ip_family> family{};  ///< REQUESTED-ADDRESS-FAMILY
    bool also_v6 = false;               ///< ADDITIONAL-ADDRESS-FAMILY
    port_parity parity = port_parity::any;
    std::optional<reservation_token> token{};
    std::optional<seconds> lifetime{};
    bool dont_fragment = false;
};

/// Bytes for the server: `head`, `body`, and `padding` zero bytes. `body` is the payload that was given to
/// `send`.
struct client_transmit {
    bytes head{};
    bytes body{};
    std::uint8_t padding = 0;
};

struct client_event {
    enum class kind : std::uint8_t {
        done,    ///< the server agreed
        failed,  ///< `error` says why
        data,    ///< from `address`
        icmp,    ///< about a datagram to `address`
    };

    kind what = kind::done;
    stun::method method{};    ///< of done and failed
    std::uint16_t error = 0;  ///< of failed: ERROR-CODE, or 0 when no answer came
    endpoint address{};       ///< the peer; for a 300 the alternate server
    bytes payload{};          ///< of data: points into the input
    std::uint8_t icmp_type = 0;
    std::uint16_t icmp_code = 0;
    std::uint32_t icmp_data = 0;
};

/// Reused between calls; the client only appends.
struct client_outputs {
    std::vector<client_transmit> transmits;
    std::vector<client_event> events;
    arena memory;

    void clear() noexcept {
        transmits.clear();
        events.clear();
        memory.reset();
    }
};

/// One 5-tuple and the allocation on it. Belongs to its owner.
class client {
public:
    /// `key` makes the transaction ids.
    client(client_options options, const crypto::random_key& key);

    void ask_mapped_address(instant now, client_outputs& out);  ///< Binding
    void allocate(const allocate_wish& wish, instant now, client_outputs& out);
    /// A lifetime of 0 deletes the allocation, or one family's half of it.
    void refresh(seconds lifetime, std::optional<ip_family> family, instant now, client_outputs& out);
    /// At most `permissions_per_allocation_max`.
    void create_permission(const std::vector<endpoint>& peers, instant now, client_outputs& out);
    void bind_channel(std::uint16_t number, const endpoint& peer, instant now, client_outputs& out);

    /// As ChannelData where `peer` has a channel, else as a Send indication. `payload` must live until it is
    /// sent.
    void send(const endpoint& peer, bytes payload, client_outputs& out);
    /// Always a Send indication, with DONT-FRAGMENT if asked for.
    void send_indication(const endpoint& peer, bytes payload, bool dont_fragment, client_outputs& out);

    /// A datagram, or one whole message of a stream, from the server. Anything that is not for us changes
    /// nothing.
    void handle(bytes datagram, instant now, client_outputs& out);
    void handle_timeout(instant now, client_outputs& out);
    [[nodiscard]] std::optional<instant> deadline() const;

    [[nodiscard]] bool allocated() const noexcept { return relayed_[0] || relayed_[1]; }
    [[nodiscard]] bool idle() const noexcept { return transactions_.empty(); }
    [[nodiscard]] const std::optional<endpoint>& relayed(ip_family family) const noexcept {
        return relayed_[family == ip_family::v4 ? 0 : 1];
    }
    [[nodiscard]] const std::optional<endpoint>& mapped() const noexcept { return mapped_; }
    [[nodiscard]] const std::optional<reservation_token>& reservation() const noexcept {
        return reservation_;
    }
    /// Why the second family of a dual allocation is missing.
    [[nodiscard]] std::optional<std::uint16_t> other_family_error() const noexcept {
        return other_family_error_;
    }
    [[nodiscard]] std::optional<std::uint16_t> channel_to(const endpoint& peer) const noexcept;
    [[nodiscard]] seconds lifetime() const noexcept { return lifetime_; }

private:
    struct operation {
        stun::method method{};
        allocate_wish wish{};
        seconds lifetime{};
        std::optional<ip_family> family{};
        std::vector<endpoint> peers{};
        std::uint16_t channel = 0;
    };
    struct transaction {
        stun::transaction_id id{};
        operation what;
        std::vector<std::byte> request;
        std::optional<stun::long_term_key> key;  ///< nothing: sent without a signature
        bool sha256 = false;
        int sends = 1;
        int challenges = 0;
        duration pause{};
        instant next;  ///< when to send again or to give up
    };
    struct kept {
        endpoint peer;
        std::uint16_t channel = 0;  ///< 0: a permission only
        instant refresh_at;
    };

    void begin(operation what, int challenges, instant now, client_outputs& out);
    void write(transaction& to);
    void write_operation(stun::message_builder& body, const operation& what) const;
    void transmit_copy(bytes request, client_outputs& out) const;
    void handle_indication(const stun::message& in, client_outputs& out) const;
    void handle_channel_data(bytes datagram, client_outputs& out) const;
    [[nodiscard]] bool is_genuine(const stun::message& in, const transaction& of, bool challenged) const;
    [[nodiscard]] bool take_challenge(const stun::message& in);
    void succeed(const operation& what, const stun::message& in, instant now, client_outputs& out);
    [[nodiscard]] bool take_allocation(const stun::message& in, instant now);
    void fail(const operation& what, std::uint16_t error, const endpoint& address, client_outputs& out);
    void keep(const endpoint& peer, std::uint16_t channel, instant now);
    void forget_allocation() noexcept;

    client_options options_;
    crypto::keyed_random random_;
    std::string realm_;
    std::vector<std::byte> nonce_;
    std::vector<std::byte> algorithms_;  ///< PASSWORD-ALGORITHMS as the server sent it
    std::optional<stun::long_term_key> key_;
    std::vector<transaction> transactions_;
    std::array<std::optional<endpoint>, 2> relayed_;
    std::optional<endpoint> mapped_;
    std::optional<reservation_token> reservation_;
    std::optional<std::uint16_t> other_family_error_;
    seconds lifetime_{};
    instant refresh_at_ = instant::max();
    std::vector<kept> kept_;
    std::uint64_t next_indication_ = 0;
};

}  // namespace conf::turn
