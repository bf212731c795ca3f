#include "libconf/net/interfaces.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace conf::net {

std::vector<ip_address> interface_addresses(ip_family family) {
    std::vector<ip_address> found;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) == 0) {
        for (const auto* one = list; one != nullptr; one = one->ifa_next) {
            if (one->ifa_addr == nullptr || (one->ifa_flags & IFF_UP) == 0) continue;
            ip_address address;
            if (one->ifa_addr->sa_family == AF_INET && family == ip_family::v4) {
                sockaddr_in in{};
                std::memcpy(&in, one->ifa_addr, sizeof in);
                address = ip_address::v4(ntohl(in.sin_addr.s_addr));
            } else if (one->ifa_addr->sa_family == AF_INET6 && family == ip_family::v6) {
                sockaddr_in6 in{};
                std::memcpy(&in, one->ifa_addr, sizeof in);
                address = ip_address::from_bytes(std::as_bytes(std::span(in.sin6_addr.s6_addr)));
                if (IN6_IS_ADDR_LINKLOCAL(&in.sin6_addr) != 0) continue;
            } else {
                continue;
            }
            if (!address.is_loopback() && std::ranges::find(found, address) == found.end())
                found.push_back(address);
        }
        ::freeifaddrs(list);
    }
    if (found.empty()) {
        found.push_back(family == ip_family::v4 ? ip_address::v4(0x7F000001)
                                                : ip_address::parse("::1").value_or(ip_address{}));
    }
    return found;
}

}  // namespace conf::net
