#include "libconf/net/interfaces.hpp"

#include "libconf/net/socket_address.hpp"

#include <ifaddrs.h>
#include <linux/filter.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace conf::net {

std::vector<ip_address> interface_addresses() {
    std::vector<ip_address> all;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return all;
    for (const auto* at = list; at; at = at->ifa_next) {
        if (!at->ifa_addr || (at->ifa_flags & IFF_UP) == 0) continue;
        const auto family = at->ifa_addr->sa_family;
        if (family != AF_INET && family != AF_INET6) continue;
        socket_address address{};
        std::copy_n(reinterpret_cast<const char*>(at->ifa_addr),
                    family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6),
                    reinterpret_cast<char*>(&address));
        all.push_back(from_kernel(address).ip);
    }
    ::freeifaddrs(list);
    return all;
}

std::vector<ip_address> reachable_addresses(ip_family family) {
    auto all = interface_addresses();
    std::erase_if(all, [&](const ip_address& one) { return one.family() != family || one.is_link_local(); });
    auto reachable = all;
    std::erase_if(reachable, &ip_address::is_loopback);
    return reachable.empty() ? all : reachable;
}

bool keep_to_this_machine(int socket) noexcept {
    constexpr auto interface_index = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_IFINDEX);
    std::array<sock_filter, 4> program{{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, interface_index),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ::if_nametoindex("lo"), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0xFFFFFFFF),  // all of it
        BPF_STMT(BPF_RET | BPF_K, 0),
    }};
    const sock_fprog filter{program.size(), program.data()};
    return ::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0;
}

}  // namespace conf::net
