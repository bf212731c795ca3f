#include "wire.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace turn_load {
namespace {

constexpr std::uint32_t magic_cookie = 0x2112A442;
constexpr std::size_t integrity_bytes = 20;

void put16(std::uint8_t* at, std::size_t value) {
    at[0] = static_cast<std::uint8_t>(value >> 8);
    at[1] = static_cast<std::uint8_t>(value);
}

void put32(std::uint8_t* at, std::uint32_t value) {
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}

std::uint16_t get16(const std::uint8_t* at) {
    return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}

std::uint32_t get32(const std::uint8_t* at) {
    return static_cast<std::uint32_t>(get16(at)) << 16 | get16(at + 2);
}

constexpr std::size_t padded(std::size_t size) {
    return (size + 3) & ~std::size_t{3};
}

}  // namespace

std::vector<std::uint8_t> long_term_key(const std::string& user, const std::string& realm,
                                        const std::string& password) {
    const std::string text = user + ":" + realm + ":" + password;
    std::vector<std::uint8_t> key(16);
    EVP_Digest(text.data(), text.size(), key.data(), nullptr, EVP_md5(), nullptr);
    return key;
}

message_builder::message_builder(method name, message_class kind, std::uint32_t id) : bytes_(header_bytes) {
    bytes_.reserve(256);
    // Every method used here is below 0x10, so its bits are not split around the class bits.
    put16(bytes_.data(), static_cast<std::size_t>(name) | static_cast<std::size_t>(kind));
    put32(bytes_.data() + 4, magic_cookie);
    put32(bytes_.data() + 8, id);
    put32(bytes_.data() + 12, 0x6c6f6164);
    put32(bytes_.data() + 16, ~id);
}

void message_builder::set_length(std::size_t body) {
    put16(bytes_.data() + 2, body);
}

void message_builder::begin(attribute type, std::size_t size) {
    const auto at = bytes_.size();
    bytes_.resize(at + 4 + padded(size));
    put16(bytes_.data() + at, static_cast<std::size_t>(type));
    put16(bytes_.data() + at + 2, size);
    set_length(bytes_.size() - header_bytes);
}

void message_builder::add(attribute type, byte_view value) {
    const auto at = bytes_.size() + 4;
    begin(type, value.size());
    std::ranges::copy(value, bytes_.begin() + static_cast<std::ptrdiff_t>(at));
}

void message_builder::add(attribute type, const std::string& value) {
    const auto at = bytes_.size() + 4;
    begin(type, value.size());
    std::ranges::copy(value, bytes_.begin() + static_cast<std::ptrdiff_t>(at));
}

void message_builder::add(attribute type, endpoint value) {
    std::array<std::uint8_t, 8> field{0, 1};
    put16(field.data() + 2, value.port ^ (magic_cookie >> 16));
    put32(field.data() + 4, value.address ^ magic_cookie);
    add(type, byte_view(field));
}

void message_builder::add_word(attribute type, std::uint32_t value) {
    std::array<std::uint8_t, 4> field{};
    put32(field.data(), value);
    add(type, byte_view(field));
}

void message_builder::add_integrity(byte_view key) {
    // RFC 8489 §14.5: the length counts the integrity attribute, the hash does not cover it.
    set_length(bytes_.size() - header_bytes + 4 + integrity_bytes);
    std::array<std::uint8_t, integrity_bytes> digest{};
    unsigned size = integrity_bytes;
    HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), bytes_.data(), bytes_.size(), digest.data(),
         &size);
    add(attribute::message_integrity, byte_view(digest));
}

std::optional<message_view> message_view::parse(byte_view datagram) {
    if (datagram.size() < header_bytes || datagram[0] > 3) return std::nullopt;
    if (get32(datagram.data() + 4) != magic_cookie) return std::nullopt;
    if (get16(datagram.data() + 2) + header_bytes != datagram.size()) return std::nullopt;
    return message_view(datagram);
}

bool message_view::is(method name, message_class kind) const {
    return get16(data_.data()) == (static_cast<std::uint16_t>(name) | static_cast<std::uint16_t>(kind));
}

bool message_view::is_success() const {
    return (get16(data_.data()) & 0x110) == static_cast<std::uint16_t>(message_class::success);
}

std::uint32_t message_view::id() const {
    return get32(data_.data() + 8);
}

std::optional<byte_view> message_view::find(attribute type) const {
    for (auto at = header_bytes; at + 4 <= data_.size();) {
        const std::size_t size = get16(data_.data() + at + 2);
        if (at + 4 + size > data_.size()) return std::nullopt;
        if (get16(data_.data() + at) == static_cast<std::uint16_t>(type)) return data_.subspan(at + 4, size);
        at += 4 + padded(size);
    }
    return std::nullopt;
}

std::string message_view::text(attribute type) const {
    const auto value = find(type);
    return value ? std::string(value->begin(), value->end()) : std::string();
}

int message_view::error() const {
    const auto value = find(attribute::error_code);
    return value && value->size() >= 4 ? (*value)[2] * 100 + (*value)[3] : 0;
}

std::optional<endpoint> message_view::address(attribute type) const {
    const auto value = find(type);
    if (!value || value->size() != 8 || (*value)[1] != 1) return std::nullopt;
    return endpoint{get32(value->data() + 4) ^ magic_cookie,
                    static_cast<std::uint16_t>(get16(value->data() + 2) ^ (magic_cookie >> 16))};
}

data_template channel_data(std::size_t payload_bytes) {
    data_template result;
    result.bytes.resize(channel_header_bytes + payload_bytes);
    put16(result.bytes.data(), first_channel);
    put16(result.bytes.data() + 2, payload_bytes);
    result.payload_offset = channel_header_bytes;
    return result;
}

data_template send_indication(endpoint peer, std::size_t payload_bytes) {
    message_builder message(method::send, message_class::indication, 1);
    message.add(attribute::xor_peer_address, peer);
    const auto offset = message.bytes().size() + 4;
    message.add(attribute::data, byte_view(std::vector<std::uint8_t>(payload_bytes)));
    return {message.bytes(), offset};
}

byte_view relayed_payload(byte_view datagram) {
    if (datagram.size() >= channel_header_bytes && get16(datagram.data()) == first_channel) {
        const std::size_t size = get16(datagram.data() + 2);
        if (channel_header_bytes + size > datagram.size()) return {};
        return datagram.subspan(channel_header_bytes, size);
    }
    const auto message = message_view::parse(datagram);
    if (!message || !message->is(method::data, message_class::indication)) return {};
    return message->find(attribute::data).value_or(byte_view{});
}

}  // namespace turn_load
