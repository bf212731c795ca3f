/// A server process: one to three relay threads' cores, and a shell that is checked at every step.
#pragma once

#include "libconf/turn/server.hpp"
#include "tests/sim/alarm.hpp"
#include "tests/sim/turn/world.hpp"

#include <map>
#include <memory>
#include <optional>

namespace conf::sim {

class turn_node final : public datagram_receiver, public stream_receiver {
public:
    turn_node(world& in, unsigned number);

    void start();
    /// A crash: everything is forgotten, connections end.
    void stop();
    void drain();
    [[nodiscard]] bool draining() const noexcept { return draining_; }
    void reconfigure();
    void set_clock();

    [[nodiscard]] endpoint udp(unsigned shard) const;
    [[nodiscard]] endpoint tcp(unsigned shard) const;
    [[nodiscard]] unsigned shards() const noexcept { return static_cast<unsigned>(shards_.size()); }
    [[nodiscard]] unsigned number() const noexcept { return number_; }
    [[nodiscard]] const ip_address& v4() const noexcept { return v4_; }
    [[nodiscard]] const ip_address& v6() const noexcept { return v6_; }
    [[nodiscard]] host_id host() const noexcept { return host_; }
    [[nodiscard]] std::vector<endpoint> open_relays() const;
    [[nodiscard]] std::uint64_t allocations() const;

    /// Nothing may be left; `later` is behind the last lifetime.
    void check_empty(instant later);

    void receive(socket_id at, const packet& in) override;
    void unreachable(socket_id at, const endpoint& destination) override;
    void stream_bytes(stream_id on, bytes data, const label& about) override;
    void stream_closed(stream_id on) override;
    stream_receiver* accept(stream_id on, const endpoint& from) override;

private:
    struct relay_socket {
        socket_id socket = 0;
        turn::five_tuple client;
    };
    struct shard {
        shard(world& in, turn_node& owner, unsigned index);

        unsigned index;
        std::unique_ptr<turn::server> core;
        turn::outputs out;
        socket_id listening = 0;
        std::map<turn::relay_id, relay_socket> relays;
        std::uint64_t icmp_without_permission = 0;
        alarm timer;
    };
    struct connection {
        unsigned shard = 0;
        endpoint remote;
        std::vector<std::byte> buffer;
        bool tainted = false;
    };
    /// What the shell knows of the input that is being handled.
    struct input {
        std::optional<turn::five_tuple> client;
        std::optional<turn::relay_id> relay;
        bytes payload;
        label about;
    };

    void step(shard& at, const input& in, const std::function<void()>& call);
    void send_from(shard& at, const input& in, std::size_t& next);
    void send_to_client(const shard& at, const input& in, const turn::transmit& out);
    void send_to_peer(shard& at, const input& in, const turn::transmit& out);
    void carry_out(shard& at, const input& in, const turn::relay_command& command);
    void check_laws(const shard& at) const;
    void check_one_outcome(const turn::counters& before, const turn::counters& after, const input& in) const;
    void from_client(shard& at, turn::client_socket socket, turn::client_protocol protocol,
                     const endpoint& remote, bytes data, const label& about);
    void ring(shard& at);

    world& world_;
    unsigned number_;
    unsigned incarnation_ = 0;
    ip_address v4_;
    ip_address v6_;
    host_id host_;
    dice chance_;
    bool draining_ = false;
    std::unique_ptr<turn::port_table> ports_;
    std::unique_ptr<turn::plain_quota_book> quotas_;
    std::vector<std::unique_ptr<shard>> shards_;
    std::map<socket_id, std::pair<unsigned, turn::relay_id>> relay_at_;
    std::map<stream_id, connection> connections_;
};

}  // namespace conf::sim
