#include "libconf/stun/attributes.hpp"

#include <algorithm>
#include <array>

namespace conf::stun {
namespace {

/// RFC 8489 §14.2: the port is masked with the cookie's upper half, the address with cookie and transaction
/// id.
std::array<std::byte, 16> address_mask(const transaction_id& id) noexcept {
    std::array<std::byte, 16> mask{};
    store_u32(mask, 0, magic_cookie);
    std::ranges::copy(id, mask.begin() + 4);
    return mask;
}
constexpr std::uint16_t port_mask = magic_cookie >> 16;

}  // namespace

std::optional<endpoint> read_address(bytes value) noexcept {
    if (value.size() < 4) return std::nullopt;
    const auto family = load_u8(value, 1);
    const std::size_t size = family == 1 ? 4 : family == 2 ? 16 : 0;
    if (size == 0 || value.size() != 4 + size) return std::nullopt;
    return endpoint{ip_address::from_bytes(value.subspan(4)), load_u16(value, 2)};
}

std::optional<endpoint> read_xor_address(bytes value, const transaction_id& id) noexcept {
    auto masked = read_address(value);
    if (!masked) return std::nullopt;
    const auto mask = address_mask(id);
    auto raw = masked->ip.storage();
    const auto size = masked->ip.raw().size();
    for (std::size_t i = 0; i < size; ++i) raw[i] ^= mask[i];
    return endpoint{ip_address::from_bytes(bytes(raw).first(size)),
                    static_cast<std::uint16_t>(masked->port ^ port_mask)};
}

std::size_t write_xor_address(mutable_bytes to, const endpoint& at, const transaction_id& id) noexcept {
    const auto mask = address_mask(id);
    const auto raw = at.ip.raw();
    to[0] = std::byte{0};
    to[1] = static_cast<std::byte>(at.ip.family());
    store_u16(to, 2, at.port ^ port_mask);
    for (std::size_t i = 0; i < raw.size(); ++i) to[4 + i] = raw[i] ^ mask[i];
    return 4 + raw.size();
}

std::optional<std::uint32_t> read_u32(bytes value) noexcept {
    if (value.size() != 4) return std::nullopt;
    return load_u32(value, 0);
}

std::optional<std::uint16_t> read_channel_number(bytes value) noexcept {
    if (value.size() != 4) return std::nullopt;
    return load_u16(value, 0);
}

std::optional<std::uint8_t> read_requested_transport(bytes value) noexcept {
    if (value.size() != 4) return std::nullopt;
    return load_u8(value, 0);
}

std::optional<std::uint8_t> read_address_family(bytes value) noexcept {
    if (value.size() != 4) return std::nullopt;
    return load_u8(value, 0);
}

std::optional<bool> read_even_port(bytes value) noexcept {
    if (value.size() != 1) return std::nullopt;
    return (load_u8(value, 0) & 0x80) != 0;
}

std::optional<std::uint16_t> read_error_code(bytes value) noexcept {
    if (value.size() < 4) return std::nullopt;
    const auto hundreds = load_u8(value, 2) & 0x07;
    const auto rest = load_u8(value, 3);
    if (hundreds < 3 || hundreds > 6 || rest > 99) return std::nullopt;
    return static_cast<std::uint16_t>(hundreds * 100 + rest);
}

std::optional<password_algorithm> read_password_algorithm(bytes value) noexcept {
    // RFC 8489 §14.12: algorithm, length of parameters, parameters; neither known algorithm has any.
    if (value.size() != 4 || load_u16(value, 2) != 0) return std::nullopt;
    const auto algorithm = static_cast<password_algorithm>(load_u16(value, 0));
    if (algorithm != password_algorithm::md5 && algorithm != password_algorithm::sha256) return std::nullopt;
    return algorithm;
}

}  // namespace conf::stun
