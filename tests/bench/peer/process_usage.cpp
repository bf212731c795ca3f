#include "tests/bench/peer/process_usage.hpp"

#include <sched.h>
#include <sys/resource.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <stdexcept>
#include <string>

namespace bench {

double cpu_seconds_of(int pid) {
    clockid_t clock{};
    timespec at{};
    if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &at) != 0)
        throw std::runtime_error("the server has gone");
    return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) / 1e9;
}

long memory_kib_of(int pid) {
    std::ifstream lines("/proc/" + std::to_string(pid) + "/smaps_rollup");
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("Pss:")) return std::strtol(line.c_str() + 4, nullptr, 10);
    }
    return 0;
}

void settle_in(int core) {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    if (core < 0) return;
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(static_cast<std::size_t>(core), &only);
    ::sched_setaffinity(0, sizeof only, &only);
}

}  // namespace bench
