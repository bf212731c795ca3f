/// Who has how many allocations, over all relay threads.
#pragma once

#include "libconf/base/ip_address.hpp"

#include <conf/turn.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace conf::turn {

/// Counts live allocations by user, by client address and in total.
///
/// An interface, because the shell shares one between threads behind a lock; `plain_quota_book` is the whole
/// logic.
class quota_book {
public:
    enum class verdict : std::uint8_t { admitted, user_has_too_many, server_is_full };
    enum class user_kind : std::uint8_t { time_limited, fixed };

    virtual ~quota_book() = default;

    /// Counts one more if the limits admit it. `user` is the whole USERNAME: each time-limited credential is
    /// its own.
    virtual verdict enter(std::string_view user, user_kind kind, const ip_address& client,
                          const turn_limits& limits) = 0;

    /// Precondition: the same user and client entered before.
    virtual void leave(std::string_view user, const ip_address& client) = 0;
};

/// Belongs to its owner.
class plain_quota_book final : public quota_book {
public:
    verdict enter(std::string_view user, user_kind kind, const ip_address& client,
                  const turn_limits& limits) override;
    void leave(std::string_view user, const ip_address& client) override;

    [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
    [[nodiscard]] std::size_t users() const noexcept { return by_user_.size(); }

private:
    std::map<std::string, std::uint32_t, std::less<>> by_user_;
    std::map<ip_address, std::uint32_t> by_source_;
    std::uint64_t total_ = 0;
};

/// What counts as one client address: an IPv4 address, or the /64 that an IPv6 household shares.
[[nodiscard]] ip_address source_of(const ip_address& ip) noexcept;

}  // namespace conf::turn
