/// Takes datagrams from a socket in batches, with the kernel's receive time and with UDP_GRO where asked for.
#pragma once

#include "wire.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace turn_load {

struct receiver_options {
    std::size_t batch = 64;   // datagrams a call
    bool gro = false;         // runs may arrive as one; the socket must have UDP_GRO set
    bool timestamps = false;  // the socket must have SO_TIMESTAMPNS set
};

class receiver {
public:
    explicit receiver(receiver_options options);

    /// Receives one batch and calls `take(datagram, wall_ns)` for each; `wall_ns` is 0 without timestamps.
    /// Answers whether the batch was full, so that more may be waiting.
    template <class Take>
    bool receive(int socket, Take&& take);

private:
    int receive_batch(int socket);
    struct ancillary {
        std::size_t segment_bytes = 0;
        std::int64_t wall_ns = 0;
    };
    [[nodiscard]] ancillary read_ancillary(std::size_t index);

    receiver_options options_;
    std::size_t slot_bytes_;
    std::vector<std::uint8_t> buffers_;
    std::vector<std::uint8_t> controls_;
    std::vector<iovec> vectors_;
    std::vector<mmsghdr> messages_;
};

template <class Take>
bool receiver::receive(int socket, Take&& take) {
    if (options_.batch == 1 && !options_.gro && !options_.timestamps) {
        const auto size = recv(socket, buffers_.data(), slot_bytes_, MSG_DONTWAIT);
        if (size > 0) take(byte_view(buffers_).first(static_cast<std::size_t>(size)), std::int64_t{0});
        return false;
    }
    const int count = receive_batch(socket);
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        byte_view rest(buffers_.data() + i * slot_bytes_, messages_[i].msg_len);
        const auto extra = read_ancillary(i);
        const auto segment = extra.segment_bytes == 0 ? rest.size() : extra.segment_bytes;
        while (!rest.empty()) {
            const auto size = std::min(segment, rest.size());
            take(rest.first(size), extra.wall_ns);
            rest = rest.subspan(size);
        }
    }
    return static_cast<std::size_t>(count) == options_.batch;
}

}  // namespace turn_load
