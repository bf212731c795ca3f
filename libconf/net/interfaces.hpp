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

}  // namespace conf::net
