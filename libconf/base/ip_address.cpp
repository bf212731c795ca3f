#include "libconf/base/ip_address.hpp"

#include "libconf/base/check.hpp"
#include "libconf/base/hash.hpp"

#include <arpa/inet.h>  // inet_pton and inet_ntop are pure functions; no socket is made here

#include <algorithm>
#include <charconv>
#include <cstring>

namespace conf {
namespace {

template <class Integer>
std::optional<Integer> parse_integer(std::string_view text) {
    Integer value{};
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// The first `length` bits of `ip` with zeros behind them.
ip_address masked(const ip_address& ip, std::size_t length) noexcept {
    std::array<std::byte, 16> kept{};
    const auto from = ip.raw();
    for (std::size_t i = 0; i < from.size(); ++i) {
        const auto bits = std::min<std::size_t>(8, length > i * 8 ? length - i * 8 : 0);
        kept[i] = from[i] & static_cast<std::byte>(0xFF00U >> bits);
    }
    return ip_address::from_bytes(bytes(kept).first(from.size()));
}

}  // namespace

ip_address ip_address::from_bytes(bytes raw) noexcept {
    check(raw.size() == 4 || raw.size() == 16);
    ip_address made;
    std::ranges::copy(raw, made.raw_.begin());
    made.family_ = raw.size() == 4 ? ip_family::v4 : ip_family::v6;
    return made;
}

std::optional<ip_address> ip_address::parse(std::string_view text) {
    if (text.empty() || text.size() >= INET6_ADDRSTRLEN || text.find('\0') != text.npos) return std::nullopt;
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    std::ranges::copy(text, terminated.begin());
    std::array<std::byte, 16> raw{};
    if (inet_pton(AF_INET, terminated.data(), raw.data()) == 1) return from_bytes(bytes(raw).first(4));
    if (inet_pton(AF_INET6, terminated.data(), raw.data()) == 1) return from_bytes(raw);
    return std::nullopt;
}

bool ip_address::is_unspecified() const noexcept {
    return std::ranges::all_of(raw(), [](std::byte b) { return b == std::byte{0}; });
}

bool ip_address::is_loopback() const noexcept {
    if (is_v4()) return load_u8(raw_, 0) == 127;
    std::array<std::byte, 16> one{};
    one[15] = std::byte{1};
    return raw_ == one;
}

bool ip_address::is_multicast() const noexcept {
    return is_v4() ? load_u8(raw_, 0) >> 4 == 14 : load_u8(raw_, 0) == 0xFF;
}

bool ip_address::is_link_local() const noexcept {
    return is_v4() ? load_u16(raw_, 0) == 0xA9FE : (load_u16(raw_, 0) & 0xFFC0) == 0xFE80;
}

std::string ip_address::to_string() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(is_v4() ? AF_INET : AF_INET6, raw_.data(), text.data(), text.size());
    return text.data();
}

std::optional<endpoint> endpoint::parse(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == text.npos) return std::nullopt;
    auto host = text.substr(0, colon);
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    const auto ip = ip_address::parse(host);
    const auto port = parse_integer<std::uint16_t>(text.substr(colon + 1));
    if (!ip || !port || ip->is_v6() != bracketed) return std::nullopt;
    return endpoint{*ip, *port};
}

std::string endpoint::to_string() const {
    return (ip.is_v6() ? "[" + ip.to_string() + "]" : ip.to_string()) + ":" + std::to_string(port);
}

std::optional<ip_prefix> ip_prefix::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto ip = ip_address::parse(text.substr(0, slash));
    if (!ip) return std::nullopt;
    const auto bits = static_cast<std::uint8_t>(ip->raw().size() * 8);
    if (slash == text.npos) return ip_prefix{*ip, bits};
    const auto length = parse_integer<std::uint8_t>(text.substr(slash + 1));
    if (!length || *length > bits || masked(*ip, *length) != *ip) return std::nullopt;
    return ip_prefix{*ip, *length};
}

bool ip_prefix::contains(const ip_address& ip) const noexcept {
    return ip.family() == network.family() && masked(ip, length) == network;
}

std::string ip_prefix::to_string() const {
    return network.to_string() + "/" + std::to_string(length);
}

std::uint64_t hash_of(const ip_address& ip, std::uint64_t seed) noexcept {
    std::uint64_t low = 0;
    std::memcpy(&low, ip.storage().data(), sizeof low);
    if (ip.is_v4()) return mix(low ^ seed, 0x9E3779B97F4A7C15);
    std::uint64_t high = 0;
    std::memcpy(&high, ip.storage().data() + sizeof low, sizeof high);
    return mix(mix(low ^ seed, 0x9E3779B97F4A7C15) ^ high, 0xD1342543DE82EF95);
}

std::uint64_t hash_of(const endpoint& at, std::uint64_t seed) noexcept {
    return hash_of(at.ip, seed + at.port * 0xA0761D6478BD642FU);
}

}  // namespace conf
