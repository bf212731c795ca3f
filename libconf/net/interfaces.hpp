/// The addresses of this machine.
#pragma once

#include "libconf/base/ip_address.hpp"

#include <vector>

namespace conf::net {

/// Of the interfaces that are up, loopback too. A system call; not for the packet path.
[[nodiscard]] std::vector<ip_address> interface_addresses();

/// Those of them that others can reach: no loopback, no link-local addresses. Loopback where there is nothing
/// else.
[[nodiscard]] std::vector<ip_address> reachable_addresses(ip_family family);

/// Lets a socket receive from this machine alone, at whichever of its addresses: by a filter in the kernel
/// that passes what came over the loopback device, where everything travels that a machine sends to itself.
/// (Binding the socket to that device would do it, too, but then answers to the other addresses find no
/// route.)
/// @return false where the kernel refuses; errno says why.
[[nodiscard]] bool keep_to_this_machine(int socket) noexcept;

}  // namespace conf::net
