/// How many requests of a kind one client gets through: those that make, change or end media sessions, or
/// those that guess.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/base/time.hpp"
#include "libconf/base/token_bucket.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace conf::net {

/// A bucket for each client (IPv4 address or IPv6 /64) in a table of fixed size, so that many clients cost no
/// memory. A client takes the slot of another one that hashes to it; which ones do, strangers cannot know.
///
/// Belongs to its loop.
class session_limiter {
public:
    /// @param per_minute  so many at once, and again that many in each minute; 0: no limit.
    session_limiter(std::uint32_t per_minute, std::uint64_t seed) : per_minute_(per_minute), seed_(seed) {}

    /// Whether there is one left; then it is taken.
    [[nodiscard]] bool admits(const ip_address& client, instant now);
    /// Whether there is one left.
    [[nodiscard]] bool would_admit(const ip_address& client, instant now) const;
    /// From now on; 0: no limit.
    void limit_to(std::uint32_t per_minute) noexcept { per_minute_ = per_minute; }

    static constexpr std::size_t slots = 4096;

private:
    struct slot {
        ip_address client;
        token_bucket bucket;
    };

    [[nodiscard]] std::size_t slot_of(const ip_address& source) const noexcept;

    std::uint32_t per_minute_;
    std::uint64_t seed_;
    std::vector<slot> table_;  // made at the first use
};

}  // namespace conf::net
