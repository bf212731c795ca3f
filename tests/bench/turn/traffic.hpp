/// Relays stamped packets through the server under test and counts what arrives, paced or in a closed loop.
#pragma once

#include "clients.hpp"
#include "probe.hpp"
#include "receiver.hpp"
#include "sender.hpp"

#include <cstdint>
#include <vector>

namespace turn_load {

enum class carriage : std::uint8_t { channel, indication };
enum class direction : std::uint8_t { both, up, down };  // up: client to peer

struct traffic_options {
    carriage kind = carriage::channel;
    direction way = direction::both;
    std::size_t payload_bytes = 160;
    std::size_t burst = 1;         // packets in a row to one allocation in one direction
    bool gso = false;              // bursts leave as one UDP_SEGMENT send
    bool gro = false;              // our sockets take whole segments; a real network never would
    bool latency = false;          // stamp each packet by itself and let the kernel stamp its arrival
    std::size_t window = 256;      // closed loop: packets under way in all
    std::size_t flow_window = 64;  // and of one allocation in one direction
};

struct counts {
    std::int64_t at_ns = 0;
    std::int64_t server_cpu_ns = 0;
    std::uint64_t sent = 0;
    std::uint64_t up = 0;  // delivered
    std::uint64_t down = 0;
};

struct phase_report {
    counts begin, end;
    std::int64_t lag_max_ns = 0;  // how far behind its schedule the load fell
    std::uint64_t stalls = 0;     // closed loop: times that nothing came for 20 ms

    [[nodiscard]] double seconds() const { return static_cast<double>(end.at_ns - begin.at_ns) / 1e9; }
    [[nodiscard]] std::uint64_t delivered() const { return end.up - begin.up + end.down - begin.down; }
    [[nodiscard]] double delivered_rate() const { return static_cast<double>(delivered()) / seconds(); }
    [[nodiscard]] double sent_rate() const { return static_cast<double>(end.sent - begin.sent) / seconds(); }
    [[nodiscard]] double cpu_us_a_packet() const;
    [[nodiscard]] double server_busy() const;  // 1: one core
};

class traffic {
public:
    traffic(client_pool& pool, int peer_socket, const server_probe& server, traffic_options options);
    ~traffic();
    traffic(const traffic&) = delete;
    traffic& operator=(const traffic&) = delete;

    /// Sends `rate` packets a second for `seconds`, whatever arrives.
    phase_report run_paced(double rate, double seconds);
    /// Keeps `window` packets under way for `seconds`.
    phase_report run_closed_loop(double seconds);
    /// Waits until everything under way has arrived, or nothing has for 100 ms.
    void settle();

    void forget_latencies() { latencies_ns_.clear(); }
    [[nodiscard]] std::vector<std::int64_t>& latencies_ns() { return latencies_ns_; }

    [[nodiscard]] std::uint64_t sent() const { return sent_; }
    [[nodiscard]] std::uint64_t received() const { return up_ + down_; }
    [[nodiscard]] std::uint64_t lost() const { return sent_ - received(); }
    [[nodiscard]] std::uint64_t reordered() const { return reordered_; }
    [[nodiscard]] std::uint64_t malformed() const { return malformed_; }
    [[nodiscard]] std::uint64_t refused() const { return up_sender_.refused() + down_sender_.refused(); }
    [[nodiscard]] std::uint64_t own_drops() const;

private:
    struct flow {
        std::uint64_t sent = 0;
        std::uint64_t horizon = 0;  // one above the highest sequence number that arrived
    };
    struct unit {
        std::size_t client;
        bool up;
    };

    [[nodiscard]] unit next_unit() const;
    [[nodiscard]] flow& flow_of(unit which) { return flows_[which.client * 2 + (which.up ? 0 : 1)]; }
    [[nodiscard]] bool window_open(unit which);
    void send_unit(unit which);
    void drain();
    void take(byte_view payload, std::int64_t arrived_wall_ns, bool up);
    void write_off();
    [[nodiscard]] counts snapshot() const;

    client_pool& pool_;
    int peer_socket_;
    const server_probe& server_;
    traffic_options options_;
    sender up_sender_;
    sender down_sender_;
    receiver peer_receiver_;
    receiver client_receiver_;
    int poll_ = -1;

    std::vector<flow> flows_;
    std::uint64_t next_unit_ = 0;
    std::uint64_t under_way_ = 0;
    std::uint64_t sent_ = 0;
    std::uint64_t up_ = 0;
    std::uint64_t down_ = 0;
    std::uint64_t reordered_ = 0;
    std::uint64_t malformed_ = 0;
    std::vector<std::int64_t> latencies_ns_;
};

}  // namespace turn_load
