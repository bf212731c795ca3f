/// Buffers for one turn's received datagrams.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/ip_address.hpp"
#include "libconf/net/socket_address.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace conf::net {

/// What one entry of recvmmsg delivered: one datagram, or a run of datagrams of one sender and one size
/// (UDP_GRO), the last of which may be shorter.
struct received {
    endpoint remote;
    std::optional<ip_address> local;  ///< where the socket reports it
    mutable_bytes data;               ///< the reader's until `reset`: SRTP is decrypted here
    std::size_t segment_bytes = 0;    ///< of each datagram of the run; data.size() for a single one

    template <class Visitor>
    void for_each_datagram(Visitor&& visit) const {
        if (data.empty()) return visit(data);
        for (std::size_t at = 0; at < data.size(); at += segment_bytes) {
            visit(data.subspan(at, std::min(segment_bytes, data.size() - at)));
        }
    }
};

/// A ring of slots, each large enough for the longest run the kernel makes. What was received stays valid
/// until `reset`, so several sockets can be read and everything be sent in one go. Belongs to its shard.
class receive_ring {
public:
    receive_ring();

    /// Reads what the socket has, as far as there are slots and at most so many datagrams or runs. `drained`
    /// tells whether the socket is empty now. The answer is valid until the next call; what it points to,
    /// until `reset`.
    [[nodiscard]] std::span<const received> receive(int fd, bool& drained, std::size_t at_most = slots);

    [[nodiscard]] bool full() const noexcept { return next_ == slots; }
    void reset() noexcept { next_ = 0; }

    static constexpr std::size_t slots = 64;
    /// A UDP payload at most; runs are cut by the kernel at the same size.
    static constexpr std::size_t slot_bytes = 65536;

private:
    static constexpr std::size_t control_bytes = 128;

    std::unique_ptr<std::byte[]> memory_;
    std::vector<mmsghdr> headers_;
    std::vector<iovec> pieces_;
    std::vector<socket_address> names_;
    struct alignas(cmsghdr) control_block : std::array<std::byte, control_bytes> {};
    std::vector<control_block> controls_;
    std::vector<received> results_;
    std::size_t next_ = 0;
};

}  // namespace conf::net
