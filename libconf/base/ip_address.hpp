/// IP addresses, endpoints and prefixes as plain values.
#pragma once

#include "libconf/base/bytes.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace conf {

enum class ip_family : std::uint8_t { v4 = 1, v6 = 2 };  // the values of STUN's family octet, RFC 8489 §14.1

/// An IPv4 or IPv6 address, in network byte order. Value; a default one is 0.0.0.0.
class ip_address {
public:
    constexpr ip_address() = default;

    /// Precondition: 4 or 16 bytes.
    [[nodiscard]] static ip_address from_bytes(bytes raw) noexcept;
    [[nodiscard]] static constexpr ip_address v4(std::uint32_t host_order) noexcept {
        ip_address made;
        store_u32(made.raw_, 0, host_order);
        return made;
    }

    /// Dotted quad or RFC 4291 text, without a zone. Nothing for anything else.
    [[nodiscard]] static std::optional<ip_address> parse(std::string_view text);

    [[nodiscard]] constexpr ip_family family() const noexcept { return family_; }
    [[nodiscard]] constexpr bool is_v4() const noexcept { return family_ == ip_family::v4; }
    [[nodiscard]] constexpr bool is_v6() const noexcept { return family_ == ip_family::v6; }

    /// 4 or 16 bytes.
    [[nodiscard]] constexpr bytes raw() const noexcept { return bytes(raw_).first(is_v4() ? 4 : 16); }
    /// All 16 bytes; those after an IPv4 address are zero.
    [[nodiscard]] constexpr const std::array<std::byte, 16>& storage() const noexcept { return raw_; }
    /// Precondition: IPv4.
    [[nodiscard]] constexpr std::uint32_t to_v4() const noexcept { return load_u32(raw_, 0); }

    [[nodiscard]] bool is_unspecified() const noexcept;
    [[nodiscard]] bool is_loopback() const noexcept;    ///< 127.0.0.0/8 or ::1
    [[nodiscard]] bool is_multicast() const noexcept;   ///< 224.0.0.0/4 or ff00::/8
    [[nodiscard]] bool is_link_local() const noexcept;  ///< 169.254.0.0/16 or fe80::/10

    /// RFC 5952 text.
    [[nodiscard]] std::string to_string() const;

    friend constexpr auto operator<=>(const ip_address&, const ip_address&) = default;

private:
    std::array<std::byte, 16> raw_{};
    ip_family family_ = ip_family::v4;
};

/// An address and a port.
struct endpoint {
    ip_address ip;
    std::uint16_t port = 0;

    /// "192.0.2.1:80" or "[2001:db8::1]:80".
    [[nodiscard]] static std::optional<endpoint> parse(std::string_view text);
    [[nodiscard]] std::string to_string() const;

    friend constexpr auto operator<=>(const endpoint&, const endpoint&) = default;
};

/// An address prefix. A bare address is a prefix of its full length.
struct ip_prefix {
    ip_address network;
    std::uint8_t length = 0;  ///< bits: 0 to 32, or 0 to 128

    /// "10.0.0.0/8"; refuses bits set behind the length, which are always a slip of the pen.
    [[nodiscard]] static std::optional<ip_prefix> parse(std::string_view text);
    /// False for an address of the other family.
    [[nodiscard]] bool contains(const ip_address& ip) const noexcept;
    [[nodiscard]] std::string to_string() const;

    friend constexpr auto operator<=>(const ip_prefix&, const ip_prefix&) = default;
};

/// A hash for tables of one process; `seed` keeps strangers from choosing colliding endpoints.
[[nodiscard]] std::uint64_t hash_of(const endpoint& at, std::uint64_t seed) noexcept;
[[nodiscard]] std::uint64_t hash_of(const ip_address& ip, std::uint64_t seed) noexcept;

}  // namespace conf
