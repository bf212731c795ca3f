#include "libconf/stun/integrity.hpp"

#include "libconf/crypto/digest.hpp"

#include <algorithm>

namespace conf::stun {
namespace {

// The reflected CRC-32 of ITU V.42, as RFC 8489 §14.7 asks for.
constexpr auto crc_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        auto value = i;
        for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ ((value & 1) != 0 ? 0xEDB88320U : 0);
        table[i] = value;
    }
    return table;
}();
constexpr std::uint32_t fingerprint_mask = 0x5354554E;  // "STUN"

/// The header with the length it had when the attribute at `at` was the last one.
std::array<std::byte, header_bytes> header_up_to(const message& in, std::size_t at) {
    std::array<std::byte, header_bytes> header;
    std::ranges::copy(in.whole().first(header_bytes), header.begin());
    const auto end = at + attribute_header_bytes + in.attribute_at(at).value.size();
    store_u16(header, 2, static_cast<std::uint16_t>(end - header_bytes));
    return header;
}

}  // namespace

long_term_key::long_term_key(password_algorithm algorithm, std::string_view username, std::string_view realm,
                             std::string_view password) {
    const auto parts = {as_bytes(username), as_bytes(":"), as_bytes(realm), as_bytes(":"),
                        as_bytes(password)};
    if (algorithm == password_algorithm::sha256) {
        std::ranges::copy(crypto::sha256(parts), key_.begin());
        size_ = 32;
    } else {
        std::ranges::copy(crypto::md5(parts), key_.begin());
        size_ = 16;
    }
}

bool integrity_holds(const message& in, bytes key) {
    const auto at = in.integrity_at();
    if (!at) return false;
    const auto header = header_up_to(in, *at);
    const auto expected =
        crypto::hmac_sha1(key, {header, in.whole().subspan(header_bytes, *at - header_bytes)});
    return crypto::equal_in_constant_time(expected, in.attribute_at(*at).value);
}

bool integrity_sha256_holds(const message& in, bytes key) {
    const auto at = in.integrity_sha256_at();
    if (!at) return false;
    const auto header = header_up_to(in, *at);
    const auto expected =
        crypto::hmac_sha256(key, {header, in.whole().subspan(header_bytes, *at - header_bytes)});
    const auto given = in.attribute_at(*at).value;
    return crypto::equal_in_constant_time(bytes(expected).first(given.size()), given);
}

std::uint32_t fingerprint_of(bytes before) noexcept {
    std::uint32_t crc = 0xFFFFFFFF;
    for (const auto b : before) crc = crc_table[(crc ^ std::to_integer<std::uint32_t>(b)) & 0xFF] ^ crc >> 8;
    return ~crc ^ fingerprint_mask;
}

bool fingerprint_holds(const message& in) {
    const auto at = in.fingerprint_at();
    return at && load_u32(in.attribute_at(*at).value, 0) == fingerprint_of(in.whole().first(*at));
}

std::array<std::byte, 32> userhash(std::string_view username, std::string_view realm) {
    return crypto::sha256({as_bytes(username), as_bytes(":"), as_bytes(realm)});
}

}  // namespace conf::stun
