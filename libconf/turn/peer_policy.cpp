#include "libconf/turn/peer_policy.hpp"

#include <algorithm>
#include <array>

namespace conf::turn {
namespace {

struct range {
    std::uint32_t network;
    std::uint8_t length;
};

// Special-purpose IPv4 ranges (IANA registry, RFC 6890): nothing behind them is a conference peer.
constexpr auto denied_v4 = std::to_array<range>({
    {0x00000000, 8},   // 0.0.0.0/8: Linux sends 0.0.0.0 to loopback, CVE-2020-26262
    {0x0A000000, 8},   // 10.0.0.0/8 private
    {0x64400000, 10},  // 100.64.0.0/10 carrier NAT, a cloud's metadata too
    {0x7F000000, 8},   // 127.0.0.0/8 loopback
    {0xA9FE0000, 16},  // 169.254.0.0/16 link-local, metadata
    {0xAC100000, 12},  // 172.16.0.0/12 private
    {0xC0000000, 24},  // 192.0.0.0/24 protocol assignments
    {0xC0000200, 24},  // 192.0.2.0/24 documentation
    {0xC01FC400, 24},  // 192.31.196.0/24 AS112
    {0xC034C100, 24},  // 192.52.193.0/24 AMT
    {0xC0586300, 24},  // 192.88.99.0/24 6to4 anycast
    {0xC0A80000, 16},  // 192.168.0.0/16 private
    {0xC0AF3000, 24},  // 192.175.48.0/24 AS112
    {0xC6120000, 15},  // 198.18.0.0/15 benchmarking
    {0xC6336400, 24},  // 198.51.100.0/24 documentation
    {0xCB007100, 24},  // 203.0.113.0/24 documentation
    {0xE0000000, 4},   // 224.0.0.0/4 multicast
    {0xF0000000, 4},   // 240.0.0.0/4 reserved, broadcast
});

constexpr bool within(std::uint32_t address, const range& in) noexcept {
    return (address ^ in.network) >> (32 - in.length) == 0;
}

bool is_denied_v6(bytes raw) noexcept {
    const auto first = load_u32(raw, 0);
    const auto second = load_u32(raw, 4);
    // Everything outside 2000::/3: ::, ::1, every ::-prefixed embedding of IPv4, NAT64, unique local,
    // link-local, multicast, and whatever is not assigned yet.
    if (first >> 29 != 1) return true;
    return first >> 9 == 0x20010000U >> 9                       // 2001::/23 Teredo, benchmark, ORCHID
           || first == 0x20010DB8                               // 2001:db8::/32 documentation
           || first >> 16 == 0x2002                             // 2002::/16 6to4 embeds IPv4
           || first >> 12 == 0x3FFF0                            // 3fff::/20 documentation, RFC 9637
           || (first == 0x2620004F && second >> 16 == 0x8000);  // 2620:4f:8000::/48 AS112
}

/// What `turn.allow_peers` cannot re-open either.
bool is_never_a_peer(const ip_address& ip) noexcept {
    return ip.is_unspecified() || ip.is_multicast() || ip.is_link_local();
}

/// IPv6 spellings of IPv4 addresses: denied even where an allowed prefix would contain them, because the
/// socket would reach the IPv4 host while the operator read an IPv6 range.
bool embeds_v4(const ip_address& ip) noexcept {
    if (ip.is_v4()) return false;
    const auto raw = bytes(ip.storage());
    const auto word = [&](std::size_t i) { return load_u32(raw, i * 4); };
    const bool zeros_64 = word(0) == 0 && word(1) == 0;
    return (zeros_64 && (word(2) == 0 || word(2) == 0xFFFF || word(2) == 0xFFFF0000) && !ip.is_loopback()) ||
           word(0) == 0x0064FF9B || word(0) >> 16 == 0x2002 || word(0) == 0x20010000;
}

}  // namespace

bool is_denied_address(const ip_address& ip) noexcept {
    if (ip.is_v6()) return is_denied_v6(ip.raw());
    return std::ranges::any_of(denied_v4, [&](const range& r) { return within(ip.to_v4(), r); });
}

bool peer_policy::is_own_service(const endpoint& peer) const noexcept {
    return std::ranges::any_of(options_.own_services, [&](const endpoint& own) {
        return own.port == peer.port && own.ip.family() == peer.ip.family() &&
               (own.ip == peer.ip || own.ip.is_unspecified());
    });
}

bool peer_policy::reopened(const ip_address& peer) const noexcept {
    if (is_never_a_peer(peer) || embeds_v4(peer)) return false;
    return std::ranges::any_of(options_.allowed, [&](const ip_prefix& prefix) {
        if (!prefix.contains(peer)) return false;
        // 0.0.0.0/0 means the Internet; loopback must be meant.
        return !peer.is_loopback() || prefix.network.is_loopback();
    });
}

bool peer_policy::allows_any_port(const ip_address& peer) const noexcept {
    if (reopened(peer)) return true;
    if (std::ranges::any_of(options_.sfu, [&](const auto& sfu) { return sfu.ip == peer; })) return true;
    if (options_.mode == turn_peer_policy::sfu_only) return false;
    return !is_denied_address(peer) && std::ranges::find(options_.own, peer) == options_.own.end();
}

bool peer_policy::is_port_blind(const ip_address& peer) const noexcept {
    const auto ports_matter = std::ranges::any_of(options_.own_services, [&](const endpoint& own) {
        return own.ip == peer || (own.ip.is_unspecified() && own.ip.family() == peer.family());
    });
    if (ports_matter) return false;
    if (reopened(peer)) return true;
    if (std::ranges::any_of(options_.sfu, [&](const auto& sfu) { return sfu.ip == peer && sfu.port == 0; }))
        return true;
    // An address may have passed for one port alone: an SFU's, or a neighbour's relay.
    return options_.mode == turn_peer_policy::deny_list && !is_denied_address(peer) &&
           std::ranges::find(options_.own, peer) == options_.own.end();
}

bool peer_policy::allows(const endpoint& peer) const noexcept {
    if (peer.port == 0) return false;
    const auto is_sfu = std::ranges::any_of(options_.sfu, [&](const auto& sfu) {
        return sfu.ip == peer.ip && (sfu.port == 0 || sfu.port == peer.port);
    });
    if (is_sfu) return true;
    if (is_own_service(peer)) return false;
    if (reopened(peer.ip)) return true;
    return options_.mode == turn_peer_policy::deny_list && !is_denied_address(peer.ip) &&
           std::ranges::find(options_.own, peer.ip) == options_.own.end();
}

}  // namespace conf::turn
