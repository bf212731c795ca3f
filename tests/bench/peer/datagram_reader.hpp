/// Datagrams of one socket after the other, in batches, with the kernel's time of their arrival.
#pragma once

#include "libconf/base/bytes.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

/// For sockets with UDP_GRO and SO_TIMESTAMPNS. Belongs to the one thread that there is.
class datagram_reader {
public:
    datagram_reader();
    datagram_reader(const datagram_reader&) = delete;
    datagram_reader& operator=(const datagram_reader&) = delete;

    /// One call to the kernel: what it leaves makes the socket ready again. `visit` takes a datagram, which
    /// it may change, and its nanoseconds of CLOCK_REALTIME.
    template <class Visitor>
    void read(int fd, Visitor&& visit) {
        const auto count = receive(fd);
        for (std::size_t slot = 0; slot < count; ++slot) {
            const auto arrived = read_control(headers_[slot].msg_hdr);
            auto data = conf::mutable_bytes(memory_).subspan(slot * slot_bytes, headers_[slot].msg_len);
            const auto segment = arrived.segment_bytes == 0 ? data.size() : arrived.segment_bytes;
            while (!data.empty()) {
                const auto size = std::min(segment, data.size());
                visit(data.first(size), arrived.at_ns);
                data = data.subspan(size);
            }
        }
    }

private:
    struct arrival {
        std::int64_t at_ns = 0;
        std::size_t segment_bytes = 0;
    };
    [[nodiscard]] std::size_t receive(int fd);
    [[nodiscard]] static arrival read_control(msghdr& message);

    static constexpr std::size_t batch = 16;
    static constexpr std::size_t slot_bytes = 65536;
    static constexpr std::size_t control_bytes = 128;

    std::vector<std::byte> memory_ = std::vector<std::byte>(batch * slot_bytes);
    struct alignas(cmsghdr) control_block : std::array<std::byte, control_bytes> {};
    std::array<control_block, batch> controls_{};
    std::array<iovec, batch> pieces_{};
    std::array<mmsghdr, batch> headers_{};
};

}  // namespace bench
