#include "libconf/net/clock.hpp"

#include <chrono>

namespace conf::net {

instant clock_now() noexcept {
    static const auto start = std::chrono::steady_clock::now();
    return instant(std::chrono::duration_cast<duration>(std::chrono::steady_clock::now() - start));
}

unix_time wall_now() noexcept {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace conf::net
