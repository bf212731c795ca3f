/// What forwarding needs to know of a payload, for every codec.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/rtp/descriptor_patch.hpp"
#include "libconf/rtp/vp8.hpp"
#include "libconf/rtp/vp9.hpp"
#include "libconf/sdp/codec.hpp"

#include <cstdint>
#include <variant>

namespace conf::sfu {

/// Found out once for a packet, then read for every subscriber.
struct payload_info {
    /// A decoder can begin here: the first packet of a key frame.
    bool starts_key_frame = false;
    /// The rest of the frame comes before another frame does.
    bool ends_frame = false;
    /// Picture height in pixels where a key frame tells it; 0: not said.
    std::uint16_t height = 0;
    /// RED, RFC 2198: where the newest block stands in the payload, for those who do not know RED; 0: not
    /// RED.
    std::uint16_t primary_at = 0;
    std::uint8_t primary_type = 0;  ///< its payload type, the publisher's
    bool red_of_one_type = false;   ///< all blocks are of that type
    /// What is rewritten when a subscriber changes to another stream.
    std::variant<std::monostate, rtp::vp8::descriptor, rtp::vp9::descriptor> descriptor;

    [[nodiscard]] bool has_picture_id() const noexcept;
    [[nodiscard]] std::uint16_t picture_id() const noexcept;
    [[nodiscard]] std::uint8_t tl0_picture_index() const noexcept;
};

/// Nothing can be wrong with it: a payload that its codec's parser refuses is forwarded as it is, begins
/// nothing and ends what its marker says.
[[nodiscard]] payload_info inspect(sdp::codec_format format, bytes payload, bool marker) noexcept;

/// The payload's beginning with other ids; empty where the codec has none.
[[nodiscard]] rtp::descriptor_patch rewrite_ids(const payload_info& of, bytes payload,
                                                std::uint16_t picture_id,
                                                std::uint8_t tl0_picture_index) noexcept;

}  // namespace conf::sfu
