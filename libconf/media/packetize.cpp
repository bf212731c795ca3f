#include "libconf/media/packetize.hpp"

#include "libconf/base/check.hpp"
#include "libconf/rtp/vp8.hpp"
#include "libconf/rtp/vp9.hpp"

namespace conf::media {
namespace {

constexpr std::uint16_t long_picture_id = 0x8000;  // M of both codecs

// RFC 7741 §4.2: X, S on the first; I.
void write_vp8(mutable_bytes to, bool first, std::uint16_t picture_id) {
    to[0] = std::byte{first ? std::uint8_t{0x90} : std::uint8_t{0x80}};
    to[1] = std::byte{0x80};
    store_u16(to, 2, long_picture_id | picture_id);
}

// RFC 9628 §4.2: I; P unless it is a key frame; B on the first and E on the last; non-flexible.
void write_vp9(mutable_bytes to, bool first, bool last, bool key_frame, std::uint16_t picture_id) {
    to[0] = static_cast<std::byte>(0x80 | (key_frame ? 0 : 0x40) | (first ? 0x08 : 0) | (last ? 0x04 : 0));
    store_u16(to, 1, long_picture_id | picture_id);
}

}  // namespace

std::vector<std::vector<std::byte>> packetize(sdp::codec which, bytes frame, bool key_frame,
                                              std::uint16_t picture_id, std::size_t payload_bytes_max) {
    check(which == sdp::codec::vp8 || which == sdp::codec::vp9);
    const auto descriptor = which == sdp::codec::vp8 ? vp8_descriptor_bytes : vp9_descriptor_bytes;
    check(!frame.empty() && payload_bytes_max > descriptor);
    picture_id &= long_picture_id - 1;
    const auto room = payload_bytes_max - descriptor;
    const auto count = (frame.size() + room - 1) / room;
    std::vector<std::vector<std::byte>> made;
    made.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto begin = frame.size() * i / count;
        const auto piece = frame.subspan(begin, frame.size() * (i + 1) / count - begin);
        auto& payload = made.emplace_back(descriptor);
        if (which == sdp::codec::vp8)
            write_vp8(payload, i == 0, picture_id);
        else
            write_vp9(payload, i == 0, i + 1 == count, key_frame, picture_id);
        payload.insert(payload.end(), piece.begin(), piece.end());
    }
    return made;
}

std::optional<video_payload> depacketize(sdp::codec which, bytes payload) noexcept {
    if (which == sdp::codec::vp8) {
        const auto read = rtp::vp8::parse(payload);
        if (!read) return std::nullopt;
        return video_payload{payload.subspan(read->size), read->starts_frame(), read->key_frame()};
    }
    if (which == sdp::codec::vp9) {
        const auto read = rtp::vp9::parse(payload);
        if (!read) return std::nullopt;
        return video_payload{payload.subspan(read->size), read->starts_frame(), read->key_frame()};
    }
    return std::nullopt;
}

}  // namespace conf::media
