#include "libconf/turn/port_table.hpp"

#include "libconf/base/check.hpp"

#include <algorithm>

namespace conf::turn {
namespace {

constexpr std::uint64_t reserved_bit = std::uint64_t{1} << 63;
constexpr std::uint64_t token_bits = (std::uint64_t{1} << 47) - 1;
// A token holds the port (16 bits), the family (1 bit) and what the reservation drew (47 bits).
constexpr std::uint64_t family_bit = std::uint64_t{1} << 47;

struct token_parts {
    std::uint16_t port;
    ip_family family;
    std::uint64_t random;
};

token_parts split(const reservation_token& token) noexcept {
    const auto low = std::uint64_t{load_u16(token, 2)} << 32 | load_u32(token, 4);
    return {load_u16(token, 0), (low & family_bit) != 0 ? ip_family::v6 : ip_family::v4, low & token_bits};
}

reservation_token join(const token_parts& parts) noexcept {
    const auto low = parts.random | (parts.family == ip_family::v6 ? family_bit : 0);
    reservation_token token{};
    store_u16(token, 0, parts.port);
    store_u16(token, 2, static_cast<std::uint16_t>(low >> 32));
    store_u32(token, 4, static_cast<std::uint32_t>(low));
    return token;
}

}  // namespace

port_table::port_table(std::uint16_t first, std::uint16_t last)
    : first_(first), count_(static_cast<std::size_t>(last) - first + 1) {
    check(first > 0 && first <= last);
    for (auto& words : words_) words = std::make_unique<word[]>(count_);
}

port_table::word* port_table::at(ip_family family, std::uint16_t port) const noexcept {
    if (port < first_ || port - std::size_t{first_} >= count_) return nullptr;
    return &words_[family == ip_family::v4 ? 0 : 1][port - std::size_t{first_}];
}

bool port_table::try_take(ip_family family, std::uint16_t port, std::uint8_t shard) noexcept {
    std::uint64_t free = 0;
    if (!at(family, port)->compare_exchange_strong(free, shard + std::uint64_t{1})) return false;
    in_use_.fetch_add(1, std::memory_order_relaxed);
    return true;
}

std::optional<std::uint16_t> port_table::take(ip_family family, port_parity parity, std::uint8_t shard,
                                              crypto::keyed_random& random) {
    const auto start = random.below(count_);
    const auto port_at = [&](std::uint64_t step) {
        return static_cast<std::uint16_t>(first_ + (start + step) % count_);
    };
    const auto fits = [&](std::uint16_t port) {
        if (parity == port_parity::any) return true;
        if (port % 2 != 0) return false;
        if (parity == port_parity::even) return true;
        const auto* next = at(family, static_cast<std::uint16_t>(port + 1));
        return next && *next == 0;
    };
    // While there is room most first tries succeed; then the table is searched in order from there.
    for (std::uint64_t step = 0; step < count_; ++step) {
        if (const auto port = port_at(step); fits(port) && try_take(family, port, shard)) return port;
    }
    return std::nullopt;
}

std::optional<reservation_token> port_table::reserve_next(ip_family family, std::uint16_t even,
                                                          crypto::keyed_random& random) {
    const auto port = static_cast<std::uint16_t>(even + 1);
    auto* target = at(family, port);
    if (!target) return std::nullopt;
    const auto secret = random() & token_bits;
    std::uint64_t free = 0;
    if (!target->compare_exchange_strong(free, reserved_bit | secret)) return std::nullopt;
    return join({port, family, secret});
}

std::optional<port_table::claimed> port_table::claim(const reservation_token& token, std::uint8_t shard) {
    const auto [port, family, secret] = split(token);
    auto* target = at(family, port);
    auto expected = reserved_bit | secret;
    if (!target || !target->compare_exchange_strong(expected, shard + std::uint64_t{1})) return std::nullopt;
    in_use_.fetch_add(1, std::memory_order_relaxed);
    return claimed{family, port};
}

void port_table::cancel(const reservation_token& token) {
    const auto [port, family, secret] = split(token);
    auto expected = reserved_bit | secret;
    if (auto* target = at(family, port)) target->compare_exchange_strong(expected, 0);
}

void port_table::release(ip_family family, std::uint16_t port) {
    auto* target = at(family, port);
    check(target && target->exchange(0) != 0);
    in_use_.fetch_sub(1, std::memory_order_relaxed);
}

std::optional<std::uint8_t> port_table::owner(ip_family family, std::uint16_t port) const noexcept {
    const auto* target = at(family, port);
    const auto value = target ? target->load(std::memory_order_acquire) : 0;
    if (value == 0 || (value & reserved_bit) != 0) return std::nullopt;
    return static_cast<std::uint8_t>(value - 1);
}

}  // namespace conf::turn
