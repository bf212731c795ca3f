/// Puts the packets of one video stream back into frames, in order.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/sdp/codec.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace conf::media {

/// Begins with a key frame, waits at each hole until it is filled, and goes on with the next whole key frame
/// if that comes first. Belongs to its stream.
class frame_assembler {
public:
    struct frame {
        std::vector<std::byte> data;
        std::uint32_t rtp_timestamp = 0;
        bool key_frame = false;
    };
    enum class verdict : std::uint8_t {
        taken,
        useless,    ///< again, or from before what was taken out
        malformed,  ///< no payload of this codec
        overfull,   ///< all that waited is dropped; a key frame is needed
    };

    explicit frame_assembler(sdp::codec which) : codec_(which) {}

    /// @param extended  the sequence number as rtp::sequence_gate says it.
    [[nodiscard]] verdict insert(std::uint64_t extended, std::uint32_t rtp_timestamp, bool marker,
                                 bytes payload);
    /// The next whole frame, if it is there.
    [[nodiscard]] std::optional<frame> take();
    /// What was to come next is lost for good, or could not be decoded: go on with a key frame.
    void wait_for_key_frame() noexcept { next_ = 0; }
    /// The sender began anew.
    void reset() noexcept;

    [[nodiscard]] bool waits_for_key_frame() const noexcept { return next_ == 0; }

    static constexpr std::size_t packets_max = 2048;  ///< that wait for others

private:
    struct packet {
        std::vector<std::byte> data;
        std::uint32_t rtp_timestamp = 0;
        bool marker = false;
        bool starts_frame = false;
        bool starts_key_frame = false;
        bool padding = false;
    };
    using packets = std::map<std::uint64_t, packet>;

    /// Where the frame that begins at `first` ends, if all of it is there.
    [[nodiscard]] packets::iterator last_of(packets::iterator first);
    void skip_padding();

    sdp::codec codec_;
    packets waiting_;
    std::uint64_t next_ = 0;  // where the next frame begins; 0: at a key frame
    std::uint64_t gone_ = 0;  // numbers below are of no use any more
};

}  // namespace conf::media
