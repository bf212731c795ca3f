/// How many answers a second an address gets before it proved that it is there (SEC-TURN-6).
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/base/time.hpp"

#include <cstdint>
#include <vector>

namespace conf::turn {

/// A table of fixed size, so a flood of invented sources costs no memory. A new source takes the place of the
/// one that shares its slot: to get a victim's count forgotten a forger must spray as many other addresses as
/// there are slots, because he cannot know which of them collide.
///
/// Loopback is exempt: it cannot be forged from outside. Belongs to its owner.
class source_limiter {
public:
    explicit source_limiter(std::uint64_t seed) : seed_(seed) {}

    /// `per_second` answers a second and /32 or /64; 0: no limit.
    [[nodiscard]] bool admits(const ip_address& source, std::uint32_t per_second, instant now);

    static constexpr std::size_t slots = 16384;

private:
    struct slot {
        std::uint32_t tag = 0;
        std::uint32_t second = 0;
        std::uint32_t answers = 0;
    };

    std::vector<slot> table_;  // made at the first use
    std::uint64_t seed_;
};

}  // namespace conf::turn
