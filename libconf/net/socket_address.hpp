/// Between the library's endpoints and the kernel's sockaddr.
#pragma once

#include "libconf/base/ip_address.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

namespace conf::net {

/// Room for an IPv4 or IPv6 address as the kernel wants it.
union socket_address {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
};

/// Fills `to`; returns how many bytes of it count.
[[nodiscard]] inline socklen_t to_kernel(const endpoint& from, socket_address& to) noexcept {
    if (from.ip.is_v4()) {
        to.v4 = {};
        to.v4.sin_family = AF_INET;
        to.v4.sin_port = htons(from.port);
        to.v4.sin_addr.s_addr = htonl(from.ip.to_v4());
        return sizeof to.v4;
    }
    to.v6 = {};
    to.v6.sin6_family = AF_INET6;
    to.v6.sin6_port = htons(from.port);
    const auto raw = from.ip.raw();
    for (std::size_t i = 0; i < raw.size(); ++i)
        to.v6.sin6_addr.s6_addr[i] = std::to_integer<std::uint8_t>(raw[i]);
    return sizeof to.v6;
}

[[nodiscard]] inline endpoint from_kernel(const socket_address& from) noexcept {
    if (from.any.sa_family == AF_INET6) {
        return {ip_address::from_bytes(std::as_bytes(std::span(from.v6.sin6_addr.s6_addr))),
                ntohs(from.v6.sin6_port)};
    }
    return {ip_address::v4(ntohl(from.v4.sin_addr.s_addr)), ntohs(from.v4.sin_port)};
}

}  // namespace conf::net
