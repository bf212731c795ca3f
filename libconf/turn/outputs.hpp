/// What the TURN core asks of its shell.
#pragma once

#include "libconf/base/arena.hpp"
#include "libconf/base/bytes.hpp"
#include "libconf/base/ip_address.hpp"
#include "libconf/stun/attributes.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace conf::turn {

/// How a client reached the server.
enum class client_protocol : std::uint8_t { udp, tcp, tls, dtls };

constexpr bool is_stream(client_protocol protocol) noexcept {
    return protocol == client_protocol::tcp || protocol == client_protocol::tls;
}

/// One end of a client's 5-tuple as the shell numbers it: a listening datagram socket (with the local address
/// that was hit, if it is bound to several) or one stream or DTLS connection.
using client_socket = std::uint32_t;

/// One relayed transport address: twice the number of its allocation, plus 1 for IPv6.
using relay_id = std::uint32_t;

/// A datagram, or one message of a stream, from a client.
struct client_datagram {
    client_socket socket = 0;
    client_protocol protocol = client_protocol::udp;
    endpoint remote;
    bytes payload;
};

/// Bytes to send: `head`, then `body`, then `padding` zero bytes, as one datagram or one piece of a stream.
///
/// The spans point into the outputs' arena and into the input that was handled; both must live until it is
/// sent.
struct transmit {
    enum class door : std::uint8_t { client, relay };

    door via = door::client;
    std::uint8_t padding = 0;    ///< 0 to 3
    bool dont_fragment = false;  ///< relay only: RFC 8656 §14, DF for this datagram
    std::uint32_t socket = 0;    ///< a client_socket or a relay_id
    endpoint destination;        ///< ignored by streams
    bytes head;
    bytes body;
};

/// A socket to bind or to close. The shell carries a command out before it handles the next input, sends what
/// stands in `transmits` before a `close`, and answers every `open` with `server::handle_relay_opened`.
struct relay_command {
    enum class action : std::uint8_t { open, close };

    action what = action::open;
    relay_id relay = 0;
    endpoint bound;  ///< where to bind
};

/// A datagram from one relayed address of this server to another; it never crosses the kernel. The
/// shell gives it to `server::handle_delivery` of the thread that owns `to`, after the current input.
struct delivery {
    std::uint8_t shard = 0;
    endpoint from;
    endpoint to;
    bytes payload;
};

/// Something a person may want to read of.
struct turn_event {
    enum class kind : std::uint8_t { allocated, refused, deleted, expired };

    kind what = kind::allocated;
    std::string user;
    endpoint client;
    endpoint relayed;                                      ///< for refused: unspecified
    stun::error_code why = stun::error_code::bad_request;  ///< only for refused
};

/// Collects what one or several calls of the core ask for. Reused: `clear` keeps the memory. The core only
/// appends.
struct outputs {
    std::vector<transmit> transmits;
    std::vector<relay_command> commands;
    std::vector<delivery> deliveries;
    std::vector<turn_event> events;
    arena memory;

    void clear() noexcept {
        transmits.clear();
        commands.clear();
        deliveries.clear();
        events.clear();
        memory.reset();
    }
};

}  // namespace conf::turn
