/// What another process costs: CPU time and memory.
#pragma once

namespace bench {

/// User and system time of all threads. Throws std::runtime_error where it has gone.
[[nodiscard]] double cpu_seconds_of(int pid);
/// Proportional share of memory, in KiB.
[[nodiscard]] long memory_kib_of(int pid);
/// As many open files as the system allows, and one core, where `core` is not negative.
void settle_in(int core);

}  // namespace bench
