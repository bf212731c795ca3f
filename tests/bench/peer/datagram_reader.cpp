#include "tests/bench/peer/datagram_reader.hpp"

#include <netinet/udp.h>

#include <cstring>
#include <ctime>

namespace bench {

datagram_reader::datagram_reader() {
    for (std::size_t i = 0; i < batch; ++i) {
        pieces_[i] = {memory_.data() + i * slot_bytes, slot_bytes};
        headers_[i].msg_hdr.msg_iov = &pieces_[i];
        headers_[i].msg_hdr.msg_iovlen = 1;
        headers_[i].msg_hdr.msg_control = controls_[i].data();
    }
}

std::size_t datagram_reader::receive(int fd) {
    for (auto& each : headers_) each.msg_hdr.msg_controllen = control_bytes;
    const auto count = ::recvmmsg(fd, headers_.data(), batch, MSG_DONTWAIT, nullptr);
    return count < 0 ? 0 : static_cast<std::size_t>(count);
}

datagram_reader::arrival datagram_reader::read_control(msghdr& message) {
    arrival found;
    for (auto* one = CMSG_FIRSTHDR(&message); one != nullptr; one = CMSG_NXTHDR(&message, one)) {
        if (one->cmsg_level == SOL_SOCKET && one->cmsg_type == SCM_TIMESTAMPNS) {
            timespec at{};
            std::memcpy(&at, CMSG_DATA(one), sizeof at);
            found.at_ns = std::int64_t{at.tv_sec} * 1'000'000'000 + at.tv_nsec;
        } else if (one->cmsg_level == SOL_UDP && one->cmsg_type == UDP_GRO) {
            int size = 0;
            std::memcpy(&size, CMSG_DATA(one), sizeof size);
            found.segment_bytes = static_cast<std::size_t>(size);
        }
    }
    return found;
}

}  // namespace bench
