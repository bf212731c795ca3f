#include "libconf/net/receive_ring.hpp"

#include <netinet/udp.h>
#include <cerrno>

#include <algorithm>
#include <cstring>

namespace conf::net {
namespace {

/// Slots do not start at multiples of a large power of two: their first lines would all fall into the same
/// few sets of the processor's caches and push each other out.
constexpr std::size_t stride = receive_ring::slot_bytes + 1280;

void read_control(msghdr& header, received& into) {
    for (auto* at = CMSG_FIRSTHDR(&header); at; at = CMSG_NXTHDR(&header, at)) {
        if (at->cmsg_level == IPPROTO_UDP && at->cmsg_type == UDP_GRO) {
            int size = 0;
            std::memcpy(&size, CMSG_DATA(at), sizeof size);
            if (size > 0) into.segment_bytes = static_cast<std::size_t>(size);
        } else if (at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_PKTINFO) {
            in_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(at), sizeof info);
            into.local = ip_address::v4(ntohl(info.ipi_addr.s_addr));
        } else if (at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_PKTINFO) {
            in6_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(at), sizeof info);
            into.local = ip_address::from_bytes(std::as_bytes(std::span(info.ipi6_addr.s6_addr)));
        }
    }
}

/// As recvmmsg, which costs the kernel more than recvmsg where only one is wanted.
int receive_some(int fd, mmsghdr* headers, unsigned room) {
    if (room != 1) return ::recvmmsg(fd, headers, room, MSG_DONTWAIT, nullptr);
    const auto size = ::recvmsg(fd, &headers->msg_hdr, MSG_DONTWAIT);
    if (size < 0) return -1;
    headers->msg_len = static_cast<unsigned>(size);
    return 1;
}

}  // namespace

receive_ring::receive_ring()
    : memory_(std::make_unique_for_overwrite<std::byte[]>(slots * stride)),
      headers_(slots),
      pieces_(slots),
      names_(slots),
      controls_(slots) {
    results_.reserve(slots);
    for (std::size_t i = 0; i < slots; ++i) {
        pieces_[i] = {memory_.get() + i * stride, slot_bytes};
        auto& header = headers_[i].msg_hdr;
        header.msg_iov = &pieces_[i];
        header.msg_iovlen = 1;
        header.msg_name = &names_[i];
        header.msg_namelen = sizeof(socket_address);
        header.msg_control = controls_[i].data();
        header.msg_controllen = control_bytes;
    }
}

std::span<const received> receive_ring::receive(int fd, bool& drained, std::size_t at_most) {
    results_.clear();
    const auto room = static_cast<unsigned>(std::min(at_most, slots - next_));
    auto count = receive_some(fd, headers_.data() + next_, room);
    // An ICMP error about an earlier datagram is reported once and hides what is waiting behind it.
    if (count < 0 && errno != EAGAIN) count = receive_some(fd, headers_.data() + next_, room);
    drained = count < static_cast<int>(room);
    for (int i = 0; i < count; ++i, ++next_) {
        auto& header = headers_[next_].msg_hdr;
        const mutable_bytes data(memory_.get() + next_ * stride, headers_[next_].msg_len);
        received one{
            .remote = from_kernel(names_[next_]), .local = {}, .data = data, .segment_bytes = data.size()};
        read_control(header, one);
        results_.push_back(one);
        header.msg_namelen = sizeof(socket_address);
        header.msg_controllen = control_bytes;
    }
    return results_;
}

}  // namespace conf::net
