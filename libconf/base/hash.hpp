/// Mixing of integers for hash tables; not for secrets.
#pragma once

#include <cstdint>

namespace conf {

/// The two halves of a 64 x 64 bit product, folded: every input bit reaches every output bit.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
    __extension__ using wide = unsigned __int128;
    const auto product = static_cast<wide>(a ^ 0x8CB92BA72F3D8DD7U) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace conf
