/// Sends what it can think of to the server's port: noise, what it has seen, and both with another's address.
#pragma once

#include "tests/sim/media/world.hpp"

namespace conf::sim::media {

class attacker final : public datagram_receiver {
public:
    attacker(world& in, actor_id id);

    void start() { act(); }
    void stop() noexcept { stopped_ = true; }
    /// Nothing but answers to nothing: the server must not speak to it at all.
    void receive(socket_id at, const packet& in) override;

private:
    void act();
    [[nodiscard]] std::vector<std::byte> random_bytes();
    [[nodiscard]] std::vector<std::byte> mutated(std::vector<std::byte> data);
    static void sign_anew(std::vector<std::byte>& data);

    world& world_;
    actor_id id_;
    dice chance_;
    host_id host_;
    socket_id socket_;
    bool stopped_ = false;
};

}  // namespace conf::sim::media
