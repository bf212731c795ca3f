/// ChannelData messages, RFC 8656 §12.4, and the framing of both kinds of message on a stream, §12.5.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/turn/options.hpp"

#include <cstdint>
#include <optional>

namespace conf::turn {

/// RFC 7983: a first byte of 64 to 79 is a channel number.
[[nodiscard]] constexpr bool looks_like_channel_data(bytes datagram) noexcept {
    return !datagram.empty() && load_u8(datagram, 0) >= 0x40 && load_u8(datagram, 0) <= 0x4F;
}

struct channel_data {
    std::uint16_t number = 0;
    bytes payload;

    /// Bytes behind the payload are padding and are ignored; a payload that reaches behind the end is
    /// refused.
    [[nodiscard]] static constexpr std::optional<channel_data> parse(bytes datagram) noexcept {
        if (datagram.size() < channel_header_bytes || !looks_like_channel_data(datagram)) return std::nullopt;
        const std::size_t length = load_u16(datagram, 2);
        if (length > datagram.size() - channel_header_bytes) return std::nullopt;
        return channel_data{load_u16(datagram, 0), datagram.subspan(channel_header_bytes, length)};
    }
};

/// What stands at the beginning of a stream's buffer.
struct frame {
    enum class state : std::uint8_t { incomplete, complete, invalid };

    state is = state::incomplete;
    std::size_t bytes = 0;  ///< of the message with its padding; known as soon as its header is there
};

/// A whole STUN message or ChannelData message, told apart by the first byte; `invalid` can only be closed,
/// because nothing says where the next message begins.
[[nodiscard]] frame next_frame(bytes buffered) noexcept;

}  // namespace conf::turn
