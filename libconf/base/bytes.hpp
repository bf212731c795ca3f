/// Reading and writing network byte order with bounds that are always checked.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace conf {

using bytes = std::span<const std::byte>;
using mutable_bytes = std::span<std::byte>;

[[nodiscard]] inline bytes as_bytes(std::string_view text) noexcept {
    return std::as_bytes(std::span(text.data(), text.size()));
}

[[nodiscard]] inline std::string_view as_text(bytes data) noexcept {
    return {reinterpret_cast<const char*>(data.data()), data.size()};
}

[[nodiscard]] constexpr std::uint8_t load_u8(bytes from, std::size_t at) noexcept {
    return std::to_integer<std::uint8_t>(from[at]);
}
[[nodiscard]] constexpr std::uint16_t load_u16(bytes from, std::size_t at) noexcept {
    return static_cast<std::uint16_t>(load_u8(from, at) << 8 | load_u8(from, at + 1));
}
[[nodiscard]] constexpr std::uint32_t load_u32(bytes from, std::size_t at) noexcept {
    return std::uint32_t{load_u16(from, at)} << 16 | load_u16(from, at + 2);
}
constexpr void store_u16(mutable_bytes to, std::size_t at, std::uint16_t value) noexcept {
    to[at] = static_cast<std::byte>(value >> 8);
    to[at + 1] = static_cast<std::byte>(value & 0xFF);
}
constexpr void store_u32(mutable_bytes to, std::size_t at, std::uint32_t value) noexcept {
    store_u16(to, at, static_cast<std::uint16_t>(value >> 16));
    store_u16(to, at + 2, static_cast<std::uint16_t>(value & 0xFFFF));
}

/// Rounds up to a multiple of four, the alignment of STUN attributes and of ChannelData over TCP.
[[nodiscard]] constexpr std::size_t align4(std::size_t size) noexcept {
    return (size + 3) & ~std::size_t{3};
}

}  // namespace conf
