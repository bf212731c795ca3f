/// DTLS records as they lie in datagrams (RFC 6347 §4.1, §4.2.2), read without state.
#pragma once

#include "libconf/base/bytes.hpp"

#include <cstdint>
#include <optional>

namespace conf::dtls {

enum class content_type : std::uint8_t {
    change_cipher_spec = 20,
    alert = 21,
    handshake = 22,
    application_data = 23,
};

struct record {
    content_type type{};
    std::uint16_t epoch = 0;
    bytes whole;     ///< with its header
    bytes fragment;  ///< what follows the header

    static constexpr std::size_t header_bytes = 13;

    /// The first record of `datagram`, which loses it; nothing when none is there or its length is wrong.
    [[nodiscard]] static std::optional<record> take(bytes& datagram) noexcept {
        if (datagram.size() < header_bytes) return std::nullopt;
        const std::size_t size = load_u16(datagram, 11);
        if (datagram.size() - header_bytes < size) return std::nullopt;
        record found{static_cast<content_type>(load_u8(datagram, 0)), load_u16(datagram, 3),
                     datagram.first(header_bytes + size), datagram.subspan(header_bytes, size)};
        datagram = datagram.subspan(header_bytes + size);
        return found;
    }
};

/// The header of a handshake message's fragment.
struct handshake_fragment {
    std::uint8_t type = 0;
    std::uint32_t message_bytes = 0;  ///< of the whole message, as claimed
    std::uint16_t message_seq = 0;
    std::uint32_t offset = 0;
    bytes body;

    static constexpr std::size_t header_bytes = 12;
    static constexpr std::uint8_t client_hello = 1;

    /// The first fragment in an unencrypted record; nothing when it does not add up.
    [[nodiscard]] static std::optional<handshake_fragment> parse(bytes in) noexcept {
        if (in.size() < header_bytes) return std::nullopt;
        const auto load_u24 = [&](std::size_t at) {
            return std::uint32_t{load_u8(in, at)} << 16 | load_u16(in, at + 1);
        };
        const auto size = load_u24(9);
        handshake_fragment found{load_u8(in, 0), load_u24(1), load_u16(in, 4), load_u24(6), {}};
        if (in.size() - header_bytes < size || found.offset + size > found.message_bytes) return std::nullopt;
        found.body = in.subspan(header_bytes, size);
        return found;
    }
};

/// RFC 7983: what the first byte says. DTLS has 20 to 63.
[[nodiscard]] inline bool looks_like_dtls(bytes datagram) noexcept {
    return datagram.size() >= record::header_bytes && load_u8(datagram, 0) >= 20 &&
           load_u8(datagram, 0) <= 63;
}

}  // namespace conf::dtls
