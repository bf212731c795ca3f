/// The virtual network: hosts with lossy paths, datagrams and streams between them.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/event_queue.hpp"
#include "tests/sim/faults.hpp"
#include "tests/sim/trace.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace conf::sim {

using host_id = std::uint32_t;
using socket_id = std::uint32_t;
using stream_id = std::uint32_t;
using actor_id = std::uint32_t;

/// What the simulation knows of bytes on their way, and the programs in it do not.
struct label {
    actor_id origin = 0;   ///< who wrote the payload
    bool tainted = false;  ///< changed on the way, or forged: nobody vouches for it
};

struct packet {
    endpoint from;
    endpoint to;
    std::vector<std::byte> data;
    label about;
};

/// One direction of a host's path to everybody else.
struct path {
    duration delay = std::chrono::milliseconds{10};
    duration jitter{};
    double loss = 0;
    // Gilbert-Elliott: a bad state that begins and ends by chance, with a loss of its own.
    double burst_begin = 0;
    double burst_end = 0.25;
    double burst_loss = 0;
    double duplicate = 0;
    double corrupt = 0;
    double reorder = 0;  ///< held back behind later ones
    bool blocked = false;
    bool in_burst = false;
};

class datagram_receiver {
public:
    virtual ~datagram_receiver() = default;
    virtual void receive(socket_id at, const packet& in) = 0;
    /// Nobody listens at `destination`: ICMP port unreachable.
    virtual void unreachable(socket_id, const endpoint& destination) { static_cast<void>(destination); }
};

class stream_receiver {
public:
    virtual ~stream_receiver() = default;
    virtual void stream_opened(stream_id) {}
    virtual void stream_bytes(stream_id on, bytes data, const label& about) = 0;
    virtual void stream_closed(stream_id on) = 0;
    /// A listener's: answers who takes the new stream.
    virtual stream_receiver* accept(stream_id, const endpoint& from) {
        static_cast<void>(from);
        return nullptr;
    }
};

/// Carries datagrams by the rules of both ends' paths. Receivers must outlive their sockets and streams.
class network {
public:
    network(event_queue& queue, trace& log, fault_tally& faults, dice chance)
        : queue_(queue), log_(log), faults_(faults), chance_(chance) {}

    host_id add_host(const path& up, const path& down);
    /// An address leads to a host; a host may have several.
    void add_address(host_id host, const ip_address& ip) { host_of_[ip] = host; }
    path& up(host_id host) { return hosts_[host].up; }
    path& down(host_id host) { return hosts_[host].down; }
    /// After a change of `blocked`: what streams had held back goes on its way.
    void flush_streams();
    double icmp_chance = 0;
    double short_reads = 0;

    /// Nothing if the address is taken.
    std::optional<socket_id> open(host_id host, const endpoint& at, datagram_receiver& owner);
    void close(socket_id socket);
    /// As a NAT does it: what is on its way to the old address is lost.
    void rebind(socket_id socket, const endpoint& at);
    void send(socket_id from, const endpoint& to, std::vector<std::byte> data, const label& about);
    /// With a source that is not the sender's.
    void send_forged(host_id from, const endpoint& pretended, const endpoint& to, std::vector<std::byte> data,
                     const label& about);
    [[nodiscard]] const endpoint& address_of(socket_id socket) const { return sockets_.at(socket).at; }

    void listen(const endpoint& at, stream_receiver& owner) { listeners_[at] = &owner; }
    void stop_listening(const endpoint& at) { listeners_.erase(at); }
    stream_id connect(host_id from, const endpoint& local, const endpoint& to, stream_receiver& owner);
    /// Written by the client's or the server's end.
    void write(stream_id on, const stream_receiver& by, std::vector<std::byte> data, const label& about);
    /// Tells the other end; `by` hears no more. With nobody, both ends are told.
    void close_stream(stream_id on, const stream_receiver* by);
    [[nodiscard]] bool is_open(stream_id on) const { return streams_.contains(on); }

private:
    struct host_paths {
        path up;
        path down;
    };
    struct bound {
        host_id host = 0;
        endpoint at;
        datagram_receiver* owner = nullptr;
    };
    struct piece {
        std::vector<std::byte> data;
        label about;
    };
    struct end {
        stream_receiver* owner = nullptr;
        instant last_arrival{};
        std::vector<piece> held;  // written while the way was blocked
    };
    struct stream {
        std::array<host_id, 2> hosts{};  // client, server
        std::array<end, 2> ends;         // index: whose end it is
        std::uint32_t on_the_way = 0;
    };

    void carry(host_id from, std::optional<socket_id> sender, packet what);
    /// Nothing: lost. Else how long it takes over this path.
    std::optional<duration> travel(path& over, packet& what);
    void arrive(const packet& what, std::optional<socket_id> sender, duration way_back);
    void deliver(stream_id on, std::size_t to, piece what);
    [[nodiscard]] duration way(const stream& of, std::size_t to);
    [[nodiscard]] bool is_blocked(const stream& of, std::size_t to);

    event_queue& queue_;
    trace& log_;
    fault_tally& faults_;
    dice chance_;
    std::vector<host_paths> hosts_;
    std::map<ip_address, host_id> host_of_;
    std::map<socket_id, bound> sockets_;
    std::map<endpoint, socket_id> by_address_;
    std::map<endpoint, stream_receiver*> listeners_;
    std::map<stream_id, stream> streams_;
    socket_id next_socket_ = 1;
    stream_id next_stream_ = 1;
};

}  // namespace conf::sim
