/// The addresses of this machine.
#pragma once

#include "libconf/base/ip_address.hpp"

#include <vector>

namespace conf::net {

/// Those that others can reach: interfaces that are up, no loopback, no link-local addresses. Loopback where
/// there is nothing else. A system call; not for the packet path.
[[nodiscard]] std::vector<ip_address> interface_addresses(ip_family family);

}  // namespace conf::net
