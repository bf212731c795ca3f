/// TURN clients on their own sockets, brought to the point where data can flow, many at a time.
#pragma once

#include "wire.hpp"

#include <netinet/in.h>

#include <cstdint>
#include <string>
#include <vector>

namespace turn_load {

struct account {
    endpoint server;
    std::string user;
    std::string password;
};

sockaddr_in to_sockaddr(endpoint value);
int open_udp_socket(endpoint local, int buffer_bytes);
std::uint64_t drops_at(int socket);

/// What a client is brought to: an allocation with a permission, one with a bound channel, or no allocation
/// any more.
enum class goal { permission, channel, released };

struct client {
    int socket = -1;
    sockaddr_in relayed{};

    enum class state : std::uint8_t { fresh, challenged, allocated } state = state::fresh;
    bool done = false;  // reached the goal, or was refused
    std::string realm;
    std::string nonce;
    std::uint32_t last_id = 0;
    std::int64_t sent_at_ns = 0;
};

struct setup_report {
    std::int64_t elapsed_ns = 0;
    std::uint64_t requests = 0;
    std::uint64_t retransmissions = 0;
    std::uint64_t refused = 0;
    int last_error = 0;  // STUN error code of the last refusal that was not the expected 401 or 438
};

class client_pool {
public:
    /// Opens `count` sockets on loopback addresses of their own, connected to the server; their receive
    /// buffers take `buffer_bytes`.
    client_pool(account who, endpoint peer, std::size_t count, int buffer_bytes);
    ~client_pool();
    client_pool(const client_pool&) = delete;
    client_pool& operator=(const client_pool&) = delete;

    /// Brings the clients [first, last) to the goal, at most `parallel` of them under way at a time. An
    /// allocation takes three round trips: Allocate and its 401, Allocate, then CreatePermission or
    /// ChannelBind of 0x4000.
    setup_report bring_to(goal target, std::size_t first, std::size_t last, std::size_t parallel);

    [[nodiscard]] std::vector<client>& clients() { return clients_; }
    [[nodiscard]] endpoint peer() const { return peer_; }

private:
    enum class request { first, again };
    void send_next(client& which, goal target, setup_report& report, request kind);
    void receive(client& which, goal target, setup_report& report);
    const std::vector<std::uint8_t>& key_for(const std::string& realm);

    account who_;
    endpoint peer_;
    std::vector<client> clients_;
    std::uint32_t next_id_ = 1;
    std::string key_realm_;
    std::vector<std::uint8_t> key_;
};

}  // namespace turn_load
