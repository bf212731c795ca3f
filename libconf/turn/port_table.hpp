/// Which relay ports are taken, and by which relay thread.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/crypto/random.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

namespace conf::turn {

/// RFC 8656 §18.6: what EVEN-PORT asks for.
enum class port_parity : std::uint8_t { any, even, even_and_reserve_next };

/// A reserved port is named by this token, RFC 8656 §18.10.
using reservation_token = std::array<std::byte, 8>;

/// Ports of both families, shared by all relay threads without a lock: each port is one atomic word.
///
/// A word is 0 (free), shard + 1 (in use), or a reservation: `reserved_bit` and 48 random bits that its token
/// repeats, so only the token's holder can take it, once. Thread-safe.
class port_table {
public:
    /// Precondition: 1 <= first <= last.
    port_table(std::uint16_t first, std::uint16_t last);

    /// Takes a free port, random from `random` (RFC 6056), for `shard`. Nothing when none is left.
    [[nodiscard]] std::optional<std::uint16_t> take(ip_family family, port_parity parity, std::uint8_t shard,
                                                    crypto::keyed_random& random);

    /// Reserves the port behind `even`, which the caller has just taken; nothing if somebody has it.
    [[nodiscard]] std::optional<reservation_token> reserve_next(ip_family family, std::uint16_t even,
                                                                crypto::keyed_random& random);
    struct claimed {
        ip_family family{};
        std::uint16_t port = 0;
    };
    /// Turns a reservation into a taken port. Nothing for a token that names none, or no longer.
    [[nodiscard]] std::optional<claimed> claim(const reservation_token& token, std::uint8_t shard);
    /// Ends a reservation that was not claimed; a claimed one is left alone.
    void cancel(const reservation_token& token);

    void release(ip_family family, std::uint16_t port);

    /// The relay thread that has this port in use.
    [[nodiscard]] std::optional<std::uint8_t> owner(ip_family family, std::uint16_t port) const noexcept;

    [[nodiscard]] std::size_t in_use() const noexcept { return in_use_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::size_t size() const noexcept { return count_; }

private:
    using word = std::atomic<std::uint64_t>;

    [[nodiscard]] word* at(ip_family family, std::uint16_t port) const noexcept;
    bool try_take(ip_family family, std::uint16_t port, std::uint8_t shard) noexcept;

    std::uint16_t first_;
    std::size_t count_;
    std::array<std::unique_ptr<word[]>, 2> words_;
    std::atomic<std::size_t> in_use_{0};
};

}  // namespace conf::turn
