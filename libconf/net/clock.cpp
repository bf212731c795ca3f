#include "libconf/net/clock.hpp"

#include <chrono>

namespace conf::net {

instant clock_now() noexcept {
    static const auto start = std::chrono::steady_clock::now();
    return instant(std::chrono::duration_cast<duration>(std::chrono::steady_clock::now() - start));
}

std::chrono::microseconds wall_at_zero() noexcept {
    const auto now = clock_now();
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(wall) - now.time_since_epoch();
}

unix_time wall_now() noexcept {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace conf::net
