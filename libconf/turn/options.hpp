/// What the TURN core is made from: parsed, checked values only.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/crypto/random.hpp"

#include <conf/turn.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace conf::turn {

using std::chrono::seconds;

// RFC 8656 §3.2, §9, §12: these two must not change; the other lifetimes are the defaults and bounds it
// recommends.
inline constexpr seconds permission_lifetime{300};
inline constexpr seconds channel_lifetime{600};
/// A channel number or peer stays reserved for the old pair this long after the binding ended (RFC 8656 §12).
inline constexpr seconds channel_quarantine{300};
inline constexpr seconds allocation_lifetime_default{600};
inline constexpr seconds allocation_lifetime_max{3600};
inline constexpr seconds reservation_lifetime{30};  // RFC 8656 §7.2
inline constexpr seconds nonce_lifetime{600};

inline constexpr std::uint16_t channel_first = 0x4000;
inline constexpr std::uint16_t channel_last = 0x4FFF;
inline constexpr std::size_t channel_header_bytes = 4;

inline constexpr std::size_t permissions_per_allocation_max = 64;
inline constexpr std::size_t channels_per_allocation_max = 64;
inline constexpr std::size_t realm_bytes_max = 64;
/// The longest answer that an address gets before it proved who it is (SEC-TURN-6).
inline constexpr std::size_t unauthenticated_answer_bytes_max = 160;
/// How many ports are tried when another program holds the one that was picked.
inline constexpr int port_attempts_max = 16;

/// Where a relayed address of one family is bound, and what clients are told it is.
struct relay_interface {
    ip_address bound;
    ip_address announced;
};

/// Whom the relay may send to; see peer_policy.hpp.
struct policy_options {
    struct address {
        ip_address ip;
        std::uint16_t port = 0;  ///< 0: every port

        friend bool operator==(const address&, const address&) = default;
    };

    turn_peer_policy mode = turn_peer_policy::sfu_only;
    std::vector<address> sfu;            ///< what `sfu_only` admits
    std::vector<ip_prefix> allowed;      ///< wins over the deny list
    std::vector<ip_address> own;         ///< the host's interfaces and its external addresses
    std::vector<endpoint> own_services;  ///< listeners, database, …: denied whatever else says
};

/// What may change while the server runs.
struct settings {
    std::string realm;
    std::vector<std::string> secrets;
    std::map<std::string, std::string> users;
    policy_options policy;
    std::optional<endpoint> alternate_server;
    turn_limits limits;
};

/// What is fixed for the life of a server.
struct identity {
    std::optional<relay_interface> v4;
    std::optional<relay_interface> v6;
    std::uint8_t shard = 0;          ///< which of the relay threads this core serves
    crypto::random_key nonce_key{};  ///< shared by all shards: a client may change its socket
    crypto::random_key random_key{};
};

}  // namespace conf::turn
