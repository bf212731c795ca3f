#include "libconf/net/turn_settings.hpp"

#include "libconf/net/interfaces.hpp"
#include "libconf/net/socket_address.hpp"
#include "libconf/stun/message.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string_view>

namespace conf::net {
namespace {

conf::error wrong(turn_errc code, std::string_view option, std::string_view value) {
    return {make_error_code(code), "turn." + std::string(option) + " = \"" + std::string(value) + "\""};
}

constexpr std::array<std::pair<std::string_view, turn_listener::kind>, 4> kinds{{
    {"udp", turn_listener::kind::udp},
    {"tcp", turn_listener::kind::tcp},
    {"tls", turn_listener::kind::tls},
    {"dtls", turn_listener::kind::dtls},
}};

result<std::vector<turn_listener>> parse_listen(const std::vector<std::string>& entries) {
    std::vector<turn_listener> all;
    for (const auto& entry : entries) {
        const auto split = parse_listen_address(entry, "");
        if (!split) return wrong(turn_errc::bad_listen, "listen", entry);
        const auto kind = std::ranges::find(kinds, split->scheme, &decltype(kinds)::value_type::first);
        if (kind == kinds.end()) return wrong(turn_errc::bad_listen, "listen", entry);
        const auto resolved = resolve_listen_address(*split);
        if (!resolved) return resolved.error();
        for (const auto& at : *resolved) all.push_back({kind->second, at});
    }
    return all;
}

/// The address that a relay of this family gets when none is configured: the listener's own, or for a
/// listener on every address the first one of the host that others can reach.
std::optional<ip_address> default_relay_address(const std::vector<turn_listener>& listeners,
                                                ip_family family) {
    bool on_every_address = false;
    for (const auto& listener : listeners) {
        if (listener.at.ip.family() != family) continue;
        if (!listener.at.ip.is_unspecified()) return listener.at.ip;
        on_every_address = true;
    }
    if (!on_every_address) return std::nullopt;
    std::optional<ip_address> loopback;
    for (const auto& ip : interface_addresses()) {
        if (ip.family() != family || ip.is_link_local()) continue;
        if (!ip.is_loopback()) return ip;
        loopback = ip;
    }
    return loopback;
}

result<void> parse_relay_addresses(const turn_options& options, turn_setup& setup) {
    for (const auto& text : options.relay_address) {
        const auto ip = ip_address::parse(text);
        if (!ip || ip->is_unspecified() || ip->is_multicast())
            return wrong(turn_errc::bad_relay_address, "relay_address", text);
        auto& slot = ip->is_v4() ? setup.v4 : setup.v6;
        if (slot) return wrong(turn_errc::bad_relay_address, "relay_address", text);
        slot = turn::relay_interface{*ip, *ip};
    }
    if (options.relay_address.empty()) {
        if (const auto ip = default_relay_address(setup.listeners, ip_family::v4)) setup.v4 = {*ip, *ip};
        if (const auto ip = default_relay_address(setup.listeners, ip_family::v6)) setup.v6 = {*ip, *ip};
    }
    for (const auto& text : options.external_addresses) {
        const std::string_view view = text;
        const auto slash = view.find('/');
        const auto outside = ip_address::parse(view.substr(0, slash));
        const auto inside = slash == view.npos ? std::nullopt : ip_address::parse(view.substr(slash + 1));
        if (!outside || (slash != view.npos && (!inside || inside->family() != outside->family()))) {
            return wrong(turn_errc::bad_external_address, "external_addresses", text);
        }
        auto& through = outside->is_v4() ? setup.v4 : setup.v6;
        if (through && (!inside || *inside == through->bound)) through->announced = *outside;
        setup.settings.policy.own.push_back(*outside);
    }
    return {};
}

result<void> parse_ports(const turn_options& options, turn_setup& setup) {
    const std::string_view text = options.relay_ports;
    const auto failure = wrong(turn_errc::bad_relay_ports, "relay_ports", text);
    const auto dash = text.find('-');
    if (dash == text.npos) return failure;
    const auto number = [](std::string_view digits, std::uint16_t& into) {
        const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), into);
        return failed == std::errc{} && end == digits.data() + digits.size();
    };
    if (!number(text.substr(0, dash), setup.port_first) || !number(text.substr(dash + 1), setup.port_last) ||
        setup.port_first < 1024 || setup.port_last < setup.port_first ||
        setup.port_last - setup.port_first + 1U < options.threads) {
        return failure;
    }
    return {};
}

result<void> parse_policy(const turn_options& options, turn_setup& setup) {
    auto& policy = setup.settings.policy;
    policy.mode = options.peer_policy;
    for (const auto& text : options.allow_peers) {
        const auto prefix = ip_prefix::parse(text);
        if (!prefix) return wrong(turn_errc::bad_prefix, "allow_peers", text);
        policy.allowed.push_back(*prefix);
    }
    for (const auto& text : options.sfu_addresses) {
        if (const auto ip = ip_address::parse(text)) {
            policy.sfu.push_back({*ip, 0});
        } else if (const auto at = endpoint::parse(text); at && at->port != 0) {
            policy.sfu.push_back({at->ip, at->port});
        } else {
            return wrong(turn_errc::bad_sfu_address, "sfu_addresses", text);
        }
    }
    for (const auto& ip : interface_addresses()) policy.own.push_back(ip);
    for (const auto& through : {setup.v4, setup.v6}) {
        if (!through) continue;
        policy.own.push_back(through->bound);
        policy.own.push_back(through->announced);
    }
    for (const auto& text : options.own_services) {
        const auto at = endpoint::parse(text);
        if (!at) return wrong(turn_errc::bad_own_service, "own_services", text);
        policy.own_services.push_back(*at);
    }
    for (const auto& listener : setup.listeners) {
        if (listener.at.port != 0) policy.own_services.push_back(listener.at);
    }
    return {};
}

result<void> parse_users(const turn_options& options, turn_setup& setup) {
    const auto printable = [](unsigned char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; };
    if (options.realm.empty() || options.realm.size() > turn::realm_bytes_max ||
        !std::ranges::all_of(options.realm, printable)) {
        return wrong(turn_errc::bad_realm, "realm", options.realm);
    }
    if (options.secrets.empty() && options.users.empty()) {
        return conf::error(make_error_code(turn_errc::no_credentials),
                           "turn.secrets and turn.users are both empty");
    }
    // The values stay out of messages: they are secret.
    if (std::ranges::any_of(options.secrets, &std::string::empty)) {
        return conf::error(make_error_code(turn_errc::bad_secret), "turn.secrets");
    }
    for (const auto& [name, password] : options.users) {
        if (name.empty() || password.empty() || name.find(':') != name.npos ||
            name.size() > stun::username_bytes_max) {
            return conf::error(make_error_code(turn_errc::bad_user), "turn.users." + name);
        }
    }
    setup.settings.realm = options.realm;
    setup.settings.secrets = options.secrets;
    setup.settings.users = options.users;
    return {};
}

}  // namespace

std::string_view to_string(turn_listener::kind kind) noexcept {
    return std::ranges::find(kinds, kind, &decltype(kinds)::value_type::second)->first;
}

result<turn_setup> parse_turn_options(const turn_options& options) {
    turn_setup setup;
    auto listeners = parse_listen(options.listen);
    if (!listeners) return listeners.error();
    setup.listeners = std::move(*listeners);
    if (options.threads < 1 || options.threads > 64) {
        return wrong(turn_errc::bad_threads, "threads", std::to_string(options.threads));
    }
    for (auto* step : {parse_users, parse_ports, parse_relay_addresses, parse_policy}) {
        if (auto done = step(options, setup); !done) return done.error();
    }
    if (!options.alternate_server.empty()) {
        const auto at = endpoint::parse(options.alternate_server);
        if (!at || at->port == 0)
            return wrong(turn_errc::bad_alternate_server, "alternate_server", options.alternate_server);
        setup.settings.alternate_server = at;
    }
    setup.settings.limits = options.limits;
    // Each relay thread keeps its own account of the whole.
    auto& total = setup.settings.limits.total_bps;
    total = (total + options.threads - 1) / options.threads;
    return setup;
}

}  // namespace conf::net
