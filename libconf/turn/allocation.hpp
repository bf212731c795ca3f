/// One client's allocation: what RFC 8656 §3.2 says a server remembers.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/base/time.hpp"
#include "libconf/base/token_bucket.hpp"
#include "libconf/stun/integrity.hpp"
#include "libconf/turn/counters.hpp"
#include "libconf/turn/options.hpp"
#include "libconf/turn/outputs.hpp"
#include "libconf/turn/port_table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace conf::turn {

/// The client's 5-tuple; the server's half is in the socket number.
struct five_tuple {
    client_socket socket = 0;
    endpoint remote;

    friend bool operator==(const five_tuple&, const five_tuple&) = default;
};

[[nodiscard]] inline std::uint64_t hash_of(const five_tuple& tuple, std::uint64_t seed) noexcept {
    return hash_of(tuple.remote, seed + tuple.socket);
}

struct permission {
    ip_address peer;
    instant expires;
    bool every_port = false;  ///< the policy need not be asked for each packet
};

struct channel_binding {
    std::uint16_t number = 0;
    endpoint peer;
    instant expires;
};

/// How an answer must look: RFC 8489 §9.2.4 wants it protected as its request was.
struct answer_form {
    stun::transaction_id id{};
    bool fingerprint = false;
    bool sha256 = false;
};

/// A relayed transport address of one family.
struct relayed_address {
    enum class state : std::uint8_t { none, opening, open };

    state is = state::none;
    std::uint16_t port = 0;
    std::uint8_t attempts = 0;
    port_parity parity = port_parity::any;
};

/// Belongs to its server. Both lists are short (64 at most, usually one or two entries), so they are searched
/// in order.
struct allocation {
    five_tuple client;
    client_protocol protocol{};
    bool opening = true;  ///< waits for its sockets; answers nothing else yet
    std::string user;
    stun::long_term_key key;
    answer_form allocate;                    ///< the request that made it, to answer its retransmissions
    std::array<relayed_address, 2> relayed;  ///< IPv4, IPv6
    std::optional<reservation_token> reservation;
    std::optional<stun::error_code> other_family_error;  ///< ADDRESS-ERROR-CODE of a dual allocation
    ip_family failed_family{};                           ///< which of the two it is about
    seconds lifetime{};
    instant expires;
    std::vector<permission> permissions;
    std::vector<channel_binding> channels;
    token_bucket to_peers;
    token_bucket to_client;
    flows data;

    [[nodiscard]] relayed_address& of(ip_family family) noexcept {
        return relayed[family == ip_family::v4 ? 0 : 1];
    }

    [[nodiscard]] const permission* find_permission(const ip_address& peer, instant now) const noexcept {
        const auto found = std::ranges::find(permissions, peer, &permission::peer);
        return found != permissions.end() && now < found->expires ? &*found : nullptr;
    }

    [[nodiscard]] const channel_binding* find_channel(std::uint16_t number, instant now) const noexcept {
        const auto found = std::ranges::find(channels, number, &channel_binding::number);
        return found != channels.end() && now < found->expires ? &*found : nullptr;
    }

    [[nodiscard]] const channel_binding* find_channel(const endpoint& peer, instant now) const noexcept {
        const auto found = std::ranges::find(channels, peer, &channel_binding::peer);
        return found != channels.end() && now < found->expires ? &*found : nullptr;
    }
};

}  // namespace conf::turn
