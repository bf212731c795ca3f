/// The receivers: what arrives at hundreds of sockets, checked and measured.
#pragma once

#include "libconf/rtp/packet.hpp"
#include "tests/bench/peer/datagram_reader.hpp"
#include "tests/bench/sfu/client.hpp"
#include "tests/bench/sfu/publisher.hpp"

#include <sys/epoll.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace sfu_load {

struct crowd_result {
    std::uint64_t received = 0;  // RTP packets at all receivers
    std::uint64_t expected = 0;  // by their sequence numbers
    std::uint64_t lost = 0;
    std::uint64_t checked = 0;    // authenticated and decrypted
    std::uint64_t refused = 0;    // forged, replayed: must be 0
    std::uint64_t unstamped = 0;  // decrypted to something else than was sent: must be 0
    std::uint64_t repeated = 0;   // RTX
    std::uint64_t starved = 0;    // receivers that one of the streams did not reach
    std::vector<std::uint32_t> latency_us;
};

/// Reads all sockets, the publisher's too, in batches. Belongs to the one thread that there is.
class crowd {
public:
    /// @param check_every  one packet of so many is decrypted, chosen by its sequence number.
    crowd(publisher& from, common& with, std::uint32_t check_every);
    ~crowd();
    crowd(const crowd&) = delete;
    crowd& operator=(const crowd&) = delete;

    client& add();
    [[nodiscard]] const std::vector<std::unique_ptr<client>>& receivers() const noexcept {
        return receivers_;
    }

    /// Waits for datagrams, at most so long, and takes what there is. @return how many datagrams.
    std::size_t serve(std::int64_t wait_ns);
    /// Reports and consent, each receiver once a second; call it often.
    void keep_up(std::int64_t now_ns);

    void begin();
    [[nodiscard]] crowd_result end();
    /// Datagrams that our own sockets had no room for.
    [[nodiscard]] std::uint64_t drops() const;

private:
    void take(client& of, mutable_bytes datagram, std::int64_t arrived_ns);
    void take_media(client& of, mutable_bytes datagram, std::int64_t arrived_ns);

    publisher& publisher_;
    common& common_;
    std::uint32_t check_every_;
    int epoll_;
    std::vector<std::unique_ptr<client>> receivers_;
    bench::datagram_reader reader_;
    std::array<epoll_event, 256> events_{};
    std::size_t datagrams_ = 0;
    crowd_result result_;
    std::int64_t kept_up_ns_ = 0;
    std::size_t next_kept_ = 0;
};

}  // namespace sfu_load
