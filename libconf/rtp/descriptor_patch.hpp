/// The changed beginning of a payload, for a receiver whose picture ids differ from the publisher's.
#pragma once

#include "libconf/base/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace conf::rtp {

/// `data()` takes the place of the first `replaced` bytes of a payload; the rest is sent as it came. So the
/// shared packet stays as it is. A value of ten bytes: a history of sent packets keeps it.
struct descriptor_patch {
    static constexpr std::size_t bytes_max = 8;

    std::array<std::byte, bytes_max> storage{};
    std::uint8_t size = 0;
    std::uint8_t replaced = 0;

    [[nodiscard]] bytes data() const noexcept { return bytes(storage).first(size); }

    /// Precondition: fewer than `bytes_max` so far.
    constexpr void append(std::uint8_t value) noexcept { storage[size++] = static_cast<std::byte>(value); }
    /// A PictureID in its long form: M and 15 bits.
    constexpr void append_picture_id(std::uint16_t picture_id) noexcept {
        append(static_cast<std::uint8_t>(0x80 | (picture_id >> 8 & 0x7F)));
        append(static_cast<std::uint8_t>(picture_id & 0xFF));
    }
};

}  // namespace conf::rtp
