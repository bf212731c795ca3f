/// Whom the relay may send to: one function for CreatePermission, ChannelBind and Send (SEC-TURN-1,
/// SEC-TURN-2).
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/turn/options.hpp"

#include <cstdint>

namespace conf::turn {

/// Public addresses that no relay for strangers should reach, in every spelling: private, loopback,
/// link-local, reserved, documentation, multicast, and every IPv6 form that embeds an IPv4 address. Only
/// 2000::/3 is not denied as a whole.
[[nodiscard]] bool is_denied_address(const ip_address& ip) noexcept;

/// Judges peers. Immutable after construction; any thread.
class peer_policy {
public:
    explicit peer_policy(policy_options options) : options_(std::move(options)) {}

    /// May data go to exactly this address and port?
    [[nodiscard]] bool allows(const endpoint& peer) const noexcept;

    /// May a permission for this address be installed? Permissions have no port (RFC 8656 §9), so the answer
    /// is yes if any port may be reached; `allows` still judges each packet.
    [[nodiscard]] bool allows_any_port(const ip_address& peer) const noexcept;

    /// Whether all ports of an address that passed `allows_any_port` may be reached, so that `allows` need
    /// not be asked for each packet.
    [[nodiscard]] bool is_port_blind(const ip_address& peer) const noexcept;

    /// Whether clients may reach each other's relayed addresses, inside the process.
    [[nodiscard]] bool allows_own_relays() const noexcept {
        return options_.mode == turn_peer_policy::deny_list;
    }

private:
    [[nodiscard]] bool reopened(const ip_address& peer) const noexcept;
    [[nodiscard]] bool is_own_service(const endpoint& peer) const noexcept;

    policy_options options_;
};

}  // namespace conf::turn
