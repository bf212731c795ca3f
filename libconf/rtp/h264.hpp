/// H.264 payloads, RFC 6184 §5: which NAL units are in one, and whether a picture can begin here.
#pragma once

#include "libconf/base/bytes.hpp"

#include <cstdint>
#include <optional>

namespace conf::rtp::h264 {

/// RFC 6184 table 1, and what H.264 §7.4.1 calls the units that matter here.
enum class nal_type : std::uint8_t {
    slice = 1,
    idr_slice = 5,
    sei = 6,
    sps = 7,
    pps = 8,
    access_unit_delimiter = 9,
    stap_a = 24,
    fu_a = 28,
};

struct descriptor {
    nal_type structure{};  // of the payload: a single unit's own type, stap_a or fu_a
    // What begins in this packet. A later fragment of a unit begins nothing.
    bool idr = false;
    bool sps = false;
    bool pps = false;
    bool slice = false;  // of a picture that is no IDR
    bool unit_start = false;
    bool unit_end = false;
    bool reference = false;  // some unit's nal_ref_idc is not zero

    /// SPS or IDR. Some encoders repeat the SPS before pictures that are no key frames; so the switch point
    /// is the first packet of a timestamp of which some packet says yes.
    [[nodiscard]] bool key_frame() const noexcept { return idr || sps; }
    /// RFC 6184 §5.1: the marker bit is on the last packet of a picture. Nothing marks the first one; it is
    /// the one with a new timestamp.
    [[nodiscard]] static bool ends_frame(bool marker) noexcept { return marker; }
};

/// @return nothing for a payload that is empty, has a unit of size 0 or one that overruns (SEC-RTP-4), or is
/// of a
///         structure of the interleaved mode, which no browser has.
[[nodiscard]] std::optional<descriptor> parse(bytes payload) noexcept;

}  // namespace conf::rtp::h264
