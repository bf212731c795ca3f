#include "libconf/stun/builder.hpp"

#include "libconf/base/check.hpp"
#include "libconf/crypto/digest.hpp"
#include "libconf/stun/integrity.hpp"

#include <algorithm>
#include <array>

namespace conf::stun {
namespace {

constexpr std::uint16_t type_of(message_class type, method which) noexcept {
    const auto c = static_cast<unsigned>(type);
    const auto m = static_cast<unsigned>(which);
    return static_cast<std::uint16_t>((m & 0x000F) | (m & 0x0070) << 1 | (m & 0x0F80) << 2 | (c & 1) << 4 |
                                      (c & 2) << 7);
}
static_assert(type_of(message_class::error_response, method::allocate) == 0x0113);

constexpr std::array<std::byte, 2> error_octets(error_code code) noexcept {
    const auto number = static_cast<unsigned>(code);
    return {static_cast<std::byte>(number / 100), static_cast<std::byte>(number % 100)};
}

}  // namespace

message_builder::message_builder(mutable_bytes buffer, message_class type, method which,
                                 const transaction_id& id)
    : buffer_(buffer), id_(id) {
    check(buffer.size() >= header_bytes);
    store_u16(buffer_, 0, type_of(type, which));
    store_u32(buffer_, 4, magic_cookie);
    std::ranges::copy(id, buffer_.begin() + 8);
    set_length(0);
}

void message_builder::set_length(std::size_t behind_header) noexcept {
    store_u16(buffer_, 2, static_cast<std::uint16_t>(behind_header));
}

mutable_bytes message_builder::claim(attribute_type type, std::size_t size) {
    const auto padded = align4(size);
    check(detached_ == 0 && buffer_.size() - size_ >= attribute_header_bytes + padded);
    store_u16(buffer_, size_, static_cast<std::uint16_t>(type));
    store_u16(buffer_, size_ + 2, static_cast<std::uint16_t>(size));
    const auto value = buffer_.subspan(size_ + attribute_header_bytes, padded);
    std::ranges::fill(value.last(padded - size), std::byte{0});
    size_ += attribute_header_bytes + padded;
    return value.first(size);
}

message_builder& message_builder::add(attribute_type type, bytes value) {
    std::ranges::copy(value, claim(type, value.size()).begin());
    return *this;
}

message_builder& message_builder::add_u32(attribute_type type, std::uint32_t value) {
    store_u32(claim(type, 4), 0, value);
    return *this;
}

message_builder& message_builder::add_xor_address(attribute_type type, const endpoint& at) {
    std::array<std::byte, address_value_bytes_max> value{};
    return add(type, bytes(value).first(write_xor_address(value, at, id_)));
}

message_builder& message_builder::add_address(attribute_type type, const endpoint& at) {
    const auto raw = at.ip.raw();
    const auto value = claim(type, 4 + raw.size());
    value[0] = std::byte{0};
    value[1] = static_cast<std::byte>(at.ip.family());
    store_u16(value, 2, at.port);
    std::ranges::copy(raw, value.begin() + 4);
    return *this;
}

message_builder& message_builder::add_error(error_code code) {
    const auto [hundreds, rest] = error_octets(code);
    return add(attribute_type::error_code, std::array{std::byte{0}, std::byte{0}, hundreds, rest});
}

message_builder& message_builder::add_address_error(ip_family family, error_code code) {
    const auto [hundreds, rest] = error_octets(code);
    return add(attribute_type::address_error_code,
               std::array{static_cast<std::byte>(family), std::byte{0}, hundreds, rest});
}

message_builder& message_builder::add_family(attribute_type type, ip_family family) {
    return add(type, std::array{static_cast<std::byte>(family), std::byte{0}, std::byte{0}, std::byte{0}});
}

message_builder& message_builder::add_integrity(bytes key) {
    // RFC 8489 §14.5: the hash covers all that stands before the attribute, with a length that includes it.
    const auto before = size_;
    const auto value = claim(attribute_type::message_integrity, 20);
    set_length(size_ - header_bytes);
    std::ranges::copy(crypto::hmac_sha1(key, {buffer_.first(before)}), value.begin());
    return *this;
}

message_builder& message_builder::add_integrity_sha256(bytes key) {
    const auto before = size_;
    const auto value = claim(attribute_type::message_integrity_sha256, 32);
    set_length(size_ - header_bytes);
    std::ranges::copy(crypto::hmac_sha256(key, {buffer_.first(before)}), value.begin());
    return *this;
}

message_builder& message_builder::add_fingerprint() {
    const auto before = size_;
    const auto value = claim(attribute_type::fingerprint, 4);
    set_length(size_ - header_bytes);
    store_u32(value, 0, fingerprint_of(buffer_.first(before)));
    return *this;
}

message_builder& message_builder::add_detached(attribute_type type, std::size_t size) {
    claim(type, 0);
    store_u16(buffer_, size_ - 2, static_cast<std::uint16_t>(size));
    detached_ = align4(size);
    return *this;
}

bytes message_builder::finish() noexcept {
    set_length(size_ - header_bytes + detached_);
    return buffer_.first(size_);
}

}  // namespace conf::stun
