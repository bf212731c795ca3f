/// What programs in the sandbox may not ask the kernel for, as a filter of seccomp(2).
#pragma once

#include <linux/filter.h>

#include <vector>

namespace conf::convert {

/// A list of what is refused (EPERM), since office programs need hundreds of calls: sockets other than Unix
/// ones, new namespaces and mounts, other processes' memory, keys, BPF, io_uring, modules, clocks, and what
/// types into terminals. clone3 is unknown (ENOSYS), because its flags cannot be seen. A call of another
/// architecture's ABI kills. Empty on processors whose numbers are not known here.
[[nodiscard]] std::vector<sock_filter> seccomp_filter();

}  // namespace conf::convert
