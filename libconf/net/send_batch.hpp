/// Sends one turn's datagrams with as few system calls as the kernel allows.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/ip_address.hpp"
#include "libconf/net/socket_address.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace conf::net {

/// One datagram: `head`, `body` and up to three zero bytes.
struct outgoing {
    int fd = -1;
    endpoint destination;
    const ip_address* source = nullptr;  ///< for sockets bound to every address: which one to answer from
    bytes head;
    bytes body;
    std::uint8_t padding = 0;
    bool fragments_late = false;  ///< its socket: see udp_socket::options

    [[nodiscard]] std::size_t size() const noexcept { return head.size() + body.size() + padding; }
};

/// Groups datagrams by socket and destination, keeping their order within a group, makes runs of equal size
/// into one send with UDP_SEGMENT (measured: a sixth of the cost of single sends), and hands all messages of
/// a socket to one sendmmsg. Belongs to its shard.
class send_batch {
public:
    struct totals {
        std::uint64_t system_calls = 0;
        std::uint64_t datagrams = 0;
        std::uint64_t segmented = 0;  ///< datagrams that left as part of a run
        std::uint64_t dropped = 0;    ///< the kernel refused them: full buffer, no route, too large
    };

    void add(const outgoing& one) { queue_.push_back(one); }
    [[nodiscard]] std::size_t size() const noexcept { return queue_.size(); }
    [[nodiscard]] bool empty() const noexcept { return queue_.empty(); }

    /// Sends everything; what the kernel refuses is dropped and counted. The bytes must live until then.
    void flush();

    [[nodiscard]] const totals& count() const noexcept { return count_; }

    /// Kernel: UDP_MAX_SEGMENTS.
    static constexpr std::size_t segments_max = 64;
    /// A segment must fit the path's MTU or the kernel refuses the run: 1500 bytes less the IPv6 and UDP
    /// headers.
    static constexpr std::size_t segment_bytes_max = 1452;
    static constexpr std::size_t run_bytes_max = 65000;

private:
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    /// Datagrams of one socket to one destination, as a list through next_.
    struct flow {
        int fd = -1;
        std::uint32_t first = none;
        std::uint32_t last = none;
    };
    /// What one message of sendmmsg sends: `datagrams` of the flow from `first` on.
    struct run {
        std::uint32_t first = none;
        std::uint32_t datagrams = 0;
    };
    struct alignas(cmsghdr) control_block : std::array<std::byte, 80> {};

    void find_flows();
    void make_messages();
    std::uint32_t measure_run(std::uint32_t first) const;
    void write_message(const run& of);
    void send_messages(std::size_t begin, std::size_t end);
    void send_singly(const run& refused);

    std::vector<outgoing> queue_;
    std::vector<std::uint32_t> next_;  // of each datagram, the next one of its flow
    std::vector<flow> flows_;
    std::vector<std::uint32_t> table_;  // open addressing: numbers of flows
    std::vector<run> runs_;             // one for each of messages_
    std::vector<mmsghdr> messages_;
    std::vector<iovec> pieces_;
    std::vector<socket_address> names_;
    std::vector<control_block> controls_;
    bool segmentation_works_ = true;
    totals count_;
};

}  // namespace conf::net
