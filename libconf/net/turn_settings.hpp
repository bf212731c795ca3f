/// From `turn_options`, which are text, to what the TURN core is made from.
#pragma once

#include "libconf/net/listen_address.hpp"
#include "libconf/turn/options.hpp"

#include <conf/result.hpp>
#include <conf/turn.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace conf::net {

/// One entry of `turn.listen`.
struct turn_listener {
    enum class kind : std::uint8_t { udp, tcp, tls, dtls };

    kind is = kind::udp;
    endpoint at;
};

/// `turn_options`, parsed.
struct turn_setup {
    std::vector<turn_listener> listeners;
    std::optional<turn::relay_interface> v4;
    std::optional<turn::relay_interface> v6;
    std::uint16_t port_first = 0;
    std::uint16_t port_last = 0;
    turn::settings settings;
};

/// @return `turn_errc::…` with the option's name and value as context.
[[nodiscard]] result<turn_setup> parse_turn_options(const turn_options& options);

[[nodiscard]] std::string_view to_string(turn_listener::kind kind) noexcept;

}  // namespace conf::net
