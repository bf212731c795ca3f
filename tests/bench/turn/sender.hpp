/// Sends runs of stamped payloads: from a client through its socket, or from the peer to many relayed
/// addresses.
#pragma once

#include "clients.hpp"
#include "wire.hpp"

#include <sys/socket.h>

#include <cstdint>
#include <vector>

namespace turn_load {

/// Starts every payload. Host order: it never leaves the machine.
struct stamp {
    std::uint32_t magic = 0x7e57da7a;
    std::uint32_t flow = 0;
    std::uint64_t sequence = 0;
    std::int64_t sent_wall_ns = 0;
};

enum class sending : std::uint8_t {
    batched,   // one sendmmsg for a run; stamps are taken once
    single,    // one send a datagram, each with its own stamp: for latency
    segmented  // one sendmsg with UDP_SEGMENT for a run to one destination
};

class sender {
public:
    static constexpr std::size_t batch_max = 64;

    /// Every datagram is a copy of `form`.
    sender(data_template form, sending how);

    /// Sends `count` datagrams of `flow`, numbered from `sequence`, on a connected socket.
    void send_run(int socket, std::uint32_t flow, std::uint64_t sequence, std::size_t count);

    /// The same to an address. Kept back until the batch is full or `flush`.
    void queue_run(int socket, const sockaddr_in& to, std::uint32_t flow, std::uint64_t sequence,
                   std::size_t count);
    void flush(int socket);

    [[nodiscard]] std::uint64_t refused() const {
        return refused_;
    }  // datagrams that the kernel did not take

private:
    void write_stamp(std::size_t slot, const stamp& value);
    void send_slots(int socket, std::size_t count);
    void send_segmented(int socket, const sockaddr_in* to, std::size_t count);

    data_template form_;
    sending how_;
    std::vector<std::uint8_t> slots_;  // one after the other without gaps: UDP_SEGMENT wants that
    std::vector<iovec> vectors_;
    std::vector<sockaddr_in> names_;
    std::vector<mmsghdr> messages_;
    std::size_t queued_ = 0;
    std::uint64_t refused_ = 0;
};

}  // namespace turn_load
