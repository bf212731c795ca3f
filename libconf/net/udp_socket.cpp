#include "libconf/net/udp_socket.hpp"

#include "libconf/net/interfaces.hpp"
#include "libconf/net/socket_address.hpp"

#include <linux/errqueue.h>
#include <netinet/udp.h>
#include <unistd.h>
#include <cerrno>
#include <ctime>

#include <array>
#include <cstring>

namespace conf::net {
namespace {

bool set_option(int fd, int level, int name, int value) noexcept {
    return ::setsockopt(fd, level, name, &value, sizeof value) == 0;
}

/// The FORCE variants ignore net.core.?mem_max but need a capability; without it the system's bound holds.
void set_buffer(int fd, int forced, int plain, int size) noexcept {
    if (size > 0 && !set_option(fd, SOL_SOCKET, forced, size)) set_option(fd, SOL_SOCKET, plain, size);
}

std::error_code socket_error() noexcept {
    return {errno, std::system_category()};
}

}  // namespace

udp_socket::~udp_socket() {
    if (fd_ >= 0) ::close(fd_);
}

std::error_code udp_socket::open(const endpoint& at, const options& with, udp_socket& made) {
    const bool v6 = at.ip.is_v6();
    udp_socket fresh;
    fresh.fd_ = ::socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fresh.fd_ < 0) return socket_error();
    if (v6 && !set_option(fresh.fd_, IPPROTO_IPV6, IPV6_V6ONLY, 1)) return socket_error();
    if (with.reuse_port && !set_option(fresh.fd_, SOL_SOCKET, SO_REUSEPORT, 1)) return socket_error();
    set_buffer(fresh.fd_, SO_RCVBUFFORCE, SO_RCVBUF, with.receive_buffer_bytes);
    set_buffer(fresh.fd_, SO_SNDBUFFORCE, SO_SNDBUF, with.send_buffer_bytes);
    // Runs of datagrams arrive as one; old kernels deliver them singly and everything still works.
    set_option(fresh.fd_, IPPROTO_UDP, UDP_GRO, 1);
    if (with.report_local) {
        set_option(fresh.fd_, v6 ? int{IPPROTO_IPV6} : int{IPPROTO_IP}, v6 ? IPV6_RECVPKTINFO : IP_PKTINFO,
                   1);
    }
    if (with.report_icmp) {
        set_option(fresh.fd_, v6 ? int{IPPROTO_IPV6} : int{IPPROTO_IP}, v6 ? IPV6_RECVERR : IP_RECVERR, 1);
    }
    if (with.this_machine_only && !keep_to_this_machine(fresh.fd_)) return socket_error();
    if (with.may_fragment) fresh.set_dont_fragment(false, at.ip.family());
    if (with.fragments_late && !v6) fresh.set_dont_fragment(true, ip_family::v4);

    socket_address where{};
    const auto size = to_kernel(at, where);
    if (::bind(fresh.fd_, &where.any, size) != 0) return socket_error();
    made = std::move(fresh);
    return {};
}

endpoint udp_socket::local() const {
    socket_address where{};
    socklen_t size = sizeof where;
    if (::getsockname(fd_, &where.any, &size) != 0) return {};
    return from_kernel(where);
}

void udp_socket::set_dont_fragment(bool on, ip_family family) noexcept {
    if (family == ip_family::v4) {
        set_option(fd_, IPPROTO_IP, IP_MTU_DISCOVER, on ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT);
    } else {
        set_option(fd_, IPPROTO_IPV6, IPV6_MTU_DISCOVER, on ? IPV6_PMTUDISC_DO : IPV6_PMTUDISC_DONT);
    }
}

std::optional<udp_socket::icmp_report> udp_socket::next_icmp() noexcept {
    for (;;) {
        socket_address destination{};
        std::array<std::byte, 64> discarded{};
        alignas(cmsghdr) std::array<std::byte, 512> control{};
        iovec piece{discarded.data(), discarded.size()};
        msghdr message{};
        message.msg_name = &destination;
        message.msg_namelen = sizeof destination;
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        if (::recvmsg(fd_, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return std::nullopt;
        for (auto* at = CMSG_FIRSTHDR(&message); at; at = CMSG_NXTHDR(&message, at)) {
            const bool v4 = at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_RECVERR;
            const bool v6 = at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_RECVERR;
            if (!v4 && !v6) continue;
            sock_extended_err reported{};
            std::memcpy(&reported, CMSG_DATA(at), sizeof reported);
            // Errors of our own kernel (SO_EE_ORIGIN_LOCAL) say nothing about the path.
            if (reported.ee_origin != SO_EE_ORIGIN_ICMP && reported.ee_origin != SO_EE_ORIGIN_ICMP6) continue;
            return icmp_report{from_kernel(destination), reported.ee_type, reported.ee_code,
                               reported.ee_info};
        }
    }
}

}  // namespace conf::net
