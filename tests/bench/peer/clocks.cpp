#include "tests/bench/peer/clocks.hpp"

#include <ctime>

namespace bench {
namespace {

std::int64_t read_clock(clockid_t which) noexcept {
    timespec at{};
    ::clock_gettime(which, &at);
    return std::int64_t{at.tv_sec} * 1'000'000'000 + at.tv_nsec;
}

}  // namespace

std::int64_t wall_ns() noexcept {
    return read_clock(CLOCK_REALTIME);
}

conf::instant now() noexcept {
    return conf::instant{std::chrono::microseconds(read_clock(CLOCK_MONOTONIC) / 1000)};
}

std::int64_t now_ns() noexcept {
    return read_clock(CLOCK_MONOTONIC);
}

double own_cpu_seconds() noexcept {
    return static_cast<double>(read_clock(CLOCK_PROCESS_CPUTIME_ID)) / 1e9;
}

}  // namespace bench
