#include "libconf/media/ivf.hpp"

namespace conf::media {
namespace {

// All numbers of IVF are little endian.
std::uint16_t little_u16(bytes from, std::size_t at) noexcept {
    return static_cast<std::uint16_t>(load_u8(from, at) | load_u8(from, at + 1) << 8);
}

std::uint32_t little_u32(bytes from, std::size_t at) noexcept {
    return little_u16(from, at) | std::uint32_t{little_u16(from, at + 2)} << 16;
}

conf::error bad(std::string why) {
    return {make_error_code(media_errc::bad_file), std::move(why)};
}

}  // namespace

result<ivf_file> ivf_file::read(bytes file) {
    if (file.size() < ivf_header_bytes || as_text(file.first(4)) != "DKIF")
        return bad("it does not begin with the header of IVF");
    ivf_file made;
    const auto name = as_text(file.subspan(8, 4));
    if (name == "VP80") {
        made.codec = sdp::codec::vp8;
    } else if (name == "VP90") {
        made.codec = sdp::codec::vp9;
    } else {
        return bad("its codec is neither VP80 nor VP90");
    }
    const auto header = std::size_t{little_u16(file, 6)};
    if (header < ivf_header_bytes || header > file.size()) return bad("its header has an impossible length");
    made.width = little_u16(file, 12);
    made.height = little_u16(file, 14);
    made.rate = little_u32(file, 16);
    made.scale = little_u32(file, 20);
    if (made.rate == 0 || made.scale == 0) return bad("its frame rate is zero");
    for (auto left = file.subspan(header); left.size() >= ivf_frame_header_bytes;) {
        const auto size = std::size_t{little_u32(left, 0)};
        left = left.subspan(ivf_frame_header_bytes);
        if (size > left.size()) break;
        if (size > 0) made.frames.push_back(left.first(size));
        left = left.subspan(size);
    }
    if (made.frames.empty()) return bad("it has no frame");
    return made;
}

bool is_key_frame(sdp::codec codec, bytes frame) noexcept {
    if (frame.empty()) return false;
    const auto first = load_u8(frame, 0);
    if (codec == sdp::codec::vp8) return (first & 1) == 0;  // RFC 6386 §9.1
    // VP9's uncompressed header: frame_marker 2, profile 2 bits (and a reserved one for profile 3),
    // show_existing_frame, frame_type.
    if (first >> 6 != 2 || (first & 0x30) == 0x30) return false;
    return (first & 0x08) == 0 && (first & 0x04) == 0;
}

}  // namespace conf::media
