/// Writing the header of an RTP packet, RFC 3550 §5.1, with header extensions, RFC 8285.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/rtp/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace conf::rtp {

struct header_fields {
    std::uint32_t timestamp = 0;
    std::uint32_t ssrc = 0;
    std::uint16_t sequence_number = 0;
    std::uint8_t payload_type = 0;
    bool marker = false;
    bool padding = false;  // the caller appends it behind the payload
};

/// RFC 8285 §4.2: what the one-byte form can say.
inline constexpr std::uint8_t one_byte_id_max = 14;
inline constexpr std::size_t one_byte_value_bytes_max = 16;
inline constexpr std::size_t two_byte_value_bytes_max = 255;

/// Writes one header. Knows the form and the size of the extension block before it writes, so that the same
/// writer serves all receivers of a packet whose extensions have the same sizes.
///
/// The elements keep their order: those that differ for each receiver stand first, at the same offset in all
/// copies. `elements` must outlive it. Belongs to the function that uses it.
class header_writer {
public:
    /// Precondition: ids are not 0, values have at most 255 bytes.
    explicit header_writer(std::span<const extension_element> elements = {}) noexcept;

    /// Header, extension block and its padding; a multiple of four.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// The two-byte form: some id is above 14, or a value is empty or longer than 16 bytes.
    [[nodiscard]] bool two_byte() const noexcept { return two_byte_; }

    /// Writes `size()` bytes, every one of them, and returns that. Precondition: `to` has room for them.
    std::size_t write(mutable_bytes to, const header_fields& fields) const noexcept;

private:
    std::span<const extension_element> elements_;
    std::size_t size_ = header_bytes;
    bool two_byte_ = false;
};

}  // namespace conf::rtp
