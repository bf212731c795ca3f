/// What simulated clients and peers say to each other: who to whom, and proof that nothing was changed.
#pragma once

#include "tests/sim/network.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace conf::sim {

struct payload {
    enum class kind : std::uint8_t { ping, echo };

    kind what = kind::ping;
    actor_id from = 0;
    actor_id to = 0;
    std::uint32_t sequence = 0;
};

inline constexpr std::size_t payload_bytes_min = 32;

/// Precondition: at least `payload_bytes_min`.
[[nodiscard]] std::vector<std::byte> write_payload(const payload& what, std::size_t size);
/// Nothing for bytes that `write_payload` did not write.
[[nodiscard]] std::optional<payload> read_payload(bytes data) noexcept;

}  // namespace conf::sim
