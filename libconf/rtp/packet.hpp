/// RTP packets: where everything stands in one, RFC 3550 §5.1, and its header extensions, RFC 8285.
#pragma once

#include "libconf/base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace conf::rtp {

inline constexpr std::uint8_t version = 2;
inline constexpr std::size_t header_bytes = 12;         // without CSRCs and extension
inline constexpr std::size_t packet_bytes_max = 65535;  // no datagram and no frame of RFC 4571 is longer

/// The profile of the extension block, RFC 8285 §4.2 and §4.3. Of the second the low four bits are free.
inline constexpr std::uint16_t one_byte_profile = 0xBEDE;
inline constexpr std::uint16_t two_byte_profile = 0x1000;

struct extension_element {
    std::uint8_t id = 0;  // as signalled in a=extmap
    bytes value;
};

/// Goes through an extension block. It ends at the first thing that cannot be; what came before counts.
class extension_walk {
public:
    extension_walk(std::uint16_t profile, bytes block) noexcept : left_(block), profile_(profile) {}

    [[nodiscard]] std::optional<extension_element> next() noexcept;

private:
    bytes left_;
    std::uint16_t profile_;
};

/// A packet that is well formed (SEC-RTP-1). Offsets only: the bytes must outlive it. A value; any thread.
struct packet_view {
    bytes whole;
    std::uint32_t timestamp = 0;
    std::uint32_t ssrc = 0;
    std::uint16_t sequence_number = 0;
    std::uint16_t payload_offset = 0;  // behind fixed header, CSRCs and extension
    std::uint16_t payload_size = 0;    // without padding
    std::uint16_t extension_offset =
        0;  // behind the block's own header of four bytes; 0: the X bit is not set
    std::uint16_t extension_size = 0;
    std::uint16_t extension_profile = 0;
    std::uint8_t padding_size = 0;  // with the byte that counts it
    std::uint8_t csrc_count = 0;
    std::uint8_t payload_type = 0;
    bool marker = false;

    [[nodiscard]] bytes payload() const noexcept { return whole.subspan(payload_offset, payload_size); }
    /// Everything before the payload: what SRTP authenticates and does not encrypt.
    [[nodiscard]] bytes header() const noexcept { return whole.first(payload_offset); }
    [[nodiscard]] bytes extension_block() const noexcept {
        return whole.subspan(extension_offset, extension_size);
    }
    /// Precondition: `index` < `csrc_count`.
    [[nodiscard]] std::uint32_t csrc(std::size_t index) const noexcept {
        return load_u32(whole, header_bytes + 4 * index);
    }
    /// Nothing but padding: a probe for bandwidth, no media.
    [[nodiscard]] bool padding_only() const noexcept { return payload_size == 0 && padding_size > 0; }

    [[nodiscard]] extension_walk extensions() const noexcept {
        return {extension_profile, extension_block()};
    }
    template <class Visitor>
    void for_each_extension(Visitor&& visit) const {
        auto walk = extensions();
        while (const auto element = walk.next()) visit(*element);
    }
    /// The value of the first element with that id. An empty value is possible in the two-byte form.
    [[nodiscard]] std::optional<bytes> find_extension(std::uint8_t id) const noexcept;
};

/// @return nothing for what is not exactly one RTP packet of version 2. Whether it is RTCP must be asked
/// before.
[[nodiscard]] std::optional<packet_view> parse_packet(bytes datagram) noexcept;

/// RFC 5761 §4: RTCP's packet types 192 to 223 stand where RTP has marker and payload type.
[[nodiscard]] constexpr bool is_rtcp(bytes datagram) noexcept {
    if (datagram.size() < 2 || load_u8(datagram, 0) >> 6 != version) return false;
    const auto type = load_u8(datagram, 1);
    return type >= 192 && type <= 223;
}

}  // namespace conf::rtp
