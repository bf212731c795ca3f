#include "libconf/rtp/red.hpp"

namespace conf::rtp::red {

std::optional<payload_view> payload_view::parse(bytes payload) noexcept {
    std::size_t at = 0;
    std::size_t redundant = 0;  // bytes of the blocks before the primary
    for (std::size_t blocks = 1;; ++blocks) {
        if (blocks > blocks_max || at >= payload.size()) return std::nullopt;
        const bool follows = (load_u8(payload, at) & 0x80) != 0;
        if (!follows) break;
        if (payload.size() - at < redundant_header_bytes) return std::nullopt;
        redundant += load_u16(payload, at + 2) & 0x3FFU;
        at += redundant_header_bytes;
    }
    const auto data = payload.subspan(at + 1);
    if (redundant > data.size()) return std::nullopt;
    payload_view found;
    found.headers_ = payload.first(at);
    found.data_ = data;
    found.primary_ = data.subspan(redundant);
    found.primary_type_ = load_u8(payload, at) & 0x7F;
    return found;
}

}  // namespace conf::rtp::red
