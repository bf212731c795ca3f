/// How large a session description may be; what exceeds it is refused (SEC-SDP-2).
#pragma once

#include <cstddef>

namespace conf::sdp {

inline constexpr std::size_t text_bytes_max = std::size_t{1} << 20;
inline constexpr std::size_t line_bytes_max = 4096;  // without its end
inline constexpr std::size_t sections_max = 512;     // m= lines
/// Of a media section with its m= line, and of the session part. Browsers come near 200.
inline constexpr std::size_t lines_per_section_max = 400;
inline constexpr std::size_t rids_per_section_max = 8;
inline constexpr std::size_t ssrcs_per_section_max = 16;  // SEC-RTP-3: three layers, their RTX, and room
inline constexpr std::size_t fingerprints_per_section_max = 8;
inline constexpr std::size_t parameters_per_line_max = 32;  // of fmtp and rid; Opus defines about ten
inline constexpr std::size_t extension_id_max = 255;        // RFC 8285 §4.3: two-byte headers

/// These two are not refused but left out, since nothing is lost: a lite agent never uses them (SEC-ICE-5).
inline constexpr std::size_t candidates_per_section_max = 32;
inline constexpr std::size_t ice_options_max = 8;

inline constexpr std::size_t identifier_chars_max = 64;  // mid, rid, msid: SEC-SDP-4
inline constexpr std::size_t token_chars_max = 64;       // protocols, encoding names, bandwidth types
inline constexpr std::size_t cname_chars_max = 255;      // RFC 3550 §6.5: an SDES item
inline constexpr std::size_t excerpt_chars_max = 64;     // of a line in an error

inline constexpr std::size_t ufrag_chars_min = 4;  // RFC 8839 §5.4
inline constexpr std::size_t pwd_chars_min = 22;
inline constexpr std::size_t ice_chars_max = 256;
inline constexpr std::size_t foundation_chars_max = 32;  // RFC 8839 §5.1
inline constexpr std::size_t host_name_chars_max = 253;  // RFC 1035 §2.3.4, without the root's dot

}  // namespace conf::sdp
