/// The values of STUN and TURN attributes, RFC 8489 §14 and RFC 8656 §18.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/ip_address.hpp"
#include "libconf/stun/message.hpp"

#include <cstdint>
#include <optional>

namespace conf::stun {

/// The numbers of ERROR-CODE that this library sends.
enum class error_code : std::uint16_t {
    try_alternate = 300,
    bad_request = 400,
    unauthenticated = 401,
    forbidden = 403,
    unknown_attribute = 420,
    allocation_mismatch = 437,
    stale_nonce = 438,
    address_family_not_supported = 440,
    wrong_credentials = 441,
    unsupported_transport_protocol = 442,
    peer_address_family_mismatch = 443,
    allocation_quota_reached = 486,
    insufficient_capacity = 508,
};

/// RFC 8489 §18.5: what PASSWORD-ALGORITHM names.
enum class password_algorithm : std::uint16_t { md5 = 1, sha256 = 2 };

/// All readers answer nothing for a value of the wrong size or with a meaning that the RFC does not give.
[[nodiscard]] std::optional<endpoint> read_xor_address(bytes value, const transaction_id& id) noexcept;
[[nodiscard]] std::optional<endpoint> read_address(
    bytes value) noexcept;  ///< ALTERNATE-SERVER, MAPPED-ADDRESS
[[nodiscard]] std::optional<std::uint32_t> read_u32(bytes value) noexcept;
/// CHANNEL-NUMBER: sixteen bits and two reserved bytes.
[[nodiscard]] std::optional<std::uint16_t> read_channel_number(bytes value) noexcept;
/// REQUESTED-TRANSPORT: an IP protocol number and three reserved bytes.
[[nodiscard]] std::optional<std::uint8_t> read_requested_transport(bytes value) noexcept;
/// REQUESTED-ADDRESS-FAMILY, ADDITIONAL-ADDRESS-FAMILY: the octet as it stands, any value.
[[nodiscard]] std::optional<std::uint8_t> read_address_family(bytes value) noexcept;
/// EVEN-PORT: the R bit.
[[nodiscard]] std::optional<bool> read_even_port(bytes value) noexcept;
/// ERROR-CODE as a number, 300 to 699.
[[nodiscard]] std::optional<std::uint16_t> read_error_code(bytes value) noexcept;
/// PASSWORD-ALGORITHM; nothing for one that this library does not know.
[[nodiscard]] std::optional<password_algorithm> read_password_algorithm(bytes value) noexcept;

/// The longest address attribute: reserved, family, port, sixteen bytes.
inline constexpr std::size_t address_value_bytes_max = 20;

/// Writes the value of an XOR-…-ADDRESS; returns its size, 8 or 20.
std::size_t write_xor_address(mutable_bytes to, const endpoint& at, const transaction_id& id) noexcept;

}  // namespace conf::stun
