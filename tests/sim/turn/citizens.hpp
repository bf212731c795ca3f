/// The others: peers that answer what they hear, and attackers.
#pragma once

#include "libconf/turn/client.hpp"
#include "tests/sim/alarm.hpp"
#include "tests/sim/turn/world.hpp"

#include <optional>
#include <vector>

namespace conf::sim {

/// Sends back what clients send it.
class echo_peer final : public datagram_receiver {
public:
    echo_peer(world& in, actor_id id, const endpoint& at);

    [[nodiscard]] actor_id id() const noexcept { return id_; }
    [[nodiscard]] host_id host() const noexcept { return host_; }
    [[nodiscard]] const endpoint& where() const noexcept { return at_; }
    void receive(socket_id at, const packet& in) override;

private:
    world& world_;
    actor_id id_;
    dice chance_;
    host_id host_;
    endpoint at_;
    socket_id socket_;
};

/// Sends what it can think of. With a credential of its own it also tries every door to denied peers.
class attacker final : public datagram_receiver, public stream_receiver {
public:
    attacker(world& in, actor_id id);

    void start();
    void stop() noexcept { stopped_ = true; }

    void receive(socket_id at, const packet& in) override;
    void unreachable(socket_id, const endpoint&) override {}
    void stream_bytes(stream_id, bytes, const label&) override {}
    void stream_closed(stream_id on) override;

private:
    void act();
    void send(std::vector<std::byte> data);
    [[nodiscard]] std::vector<std::byte> random_bytes();
    [[nodiscard]] std::vector<std::byte> built_message();
    /// Never the same as before.
    [[nodiscard]] std::vector<std::byte> mutated(std::vector<std::byte> data);
    void act_as_insider();
    void act_as_peer();
    void act_on_stream();
    [[nodiscard]] endpoint some_peer();
    [[nodiscard]] endpoint some_server();
    void flush();

    world& world_;
    actor_id id_;
    dice chance_;
    host_id host_;
    endpoint at_;
    socket_id socket_;
    bool stopped_ = false;
    std::optional<stream_id> stream_;
    endpoint server_;
    std::optional<turn::client> core_;
    turn::client_outputs out_;
    alarm timer_;
};

}  // namespace conf::sim
