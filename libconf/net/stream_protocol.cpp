#include "libconf/net/stream_protocol.hpp"

#include <algorithm>
#include <array>

namespace conf::net {

stream_protocol classify_stream(std::string_view alpn, bytes first) noexcept {
    if (alpn == "http/1.1" || alpn == "h2") return stream_protocol::http;
    if (alpn == "stun.turn" || alpn == "stun.nat-discovery") return stream_protocol::turn;
    if (!alpn.empty()) return stream_protocol::unknown;
    if (first.empty()) return stream_protocol::undecided;

    // A method is upper-case letters. ChannelData begins with 0x40 to 0x4F, which are letters too, but nobody
    // can send it first: a client on a new connection has no channel yet (RFC 8656 §12).
    const auto head = load_u8(first, 0);
    if (head >= 'A' && head <= 'Z') return stream_protocol::http;

    // RFC 9112 §2.2: an empty line before the request line is to be ignored. As a STUN type, CR LF would be a
    // success response, which no client begins with either.
    if (head == '\r') {
        if (first.size() == 1) return stream_protocol::undecided;
        return load_u8(first, 1) == '\n' ? stream_protocol::http : stream_protocol::unknown;
    }

    // RFC 8489 §5: two zero bits, class 00 (request) in bits 4 and 8, a length that is a multiple of 4, the
    // cookie.
    constexpr std::array<std::uint8_t, 4> cookie{0x21, 0x12, 0xA4, 0x42};
    if (head & 0xC1) return stream_protocol::unknown;
    if (first.size() >= 2 && (load_u8(first, 1) & 0x10)) return stream_protocol::unknown;
    if (first.size() >= 4 && (load_u8(first, 3) & 0x03)) return stream_protocol::unknown;
    for (std::size_t at = 4; at < std::min(first.size(), stream_protocol_bytes); ++at) {
        if (load_u8(first, at) != cookie[at - 4]) return stream_protocol::unknown;
    }
    return first.size() < stream_protocol_bytes ? stream_protocol::undecided : stream_protocol::turn;
}

}  // namespace conf::net
