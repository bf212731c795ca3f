#include "libconf/rtp/rtcp_feedback.hpp"

#include "libconf/rtp/transport_feedback.hpp"

namespace conf::rtp {
namespace {

constexpr std::uint32_t remb_identifier = 0x52454D42;  // "REMB"

bool is(const rtcp_packet& packet, transport_format format) noexcept {
    return packet.type == rtcp_type::transport_feedback &&
           packet.count == static_cast<std::uint8_t>(format) && packet.body.size() >= feedback_header_bytes;
}
bool is(const rtcp_packet& packet, payload_format format) noexcept {
    return packet.type == rtcp_type::payload_feedback && packet.count == static_cast<std::uint8_t>(format) &&
           packet.body.size() >= feedback_header_bytes;
}

/// The feedback control information: what stands behind the SSRCs.
bytes information_of(const rtcp_packet& packet) noexcept {
    return packet.body.subspan(feedback_header_bytes);
}

bool is_remb(const rtcp_packet& packet) noexcept {
    if (!is(packet, payload_format::application)) return false;
    const auto information = information_of(packet);
    return information.size() >= 4 && load_u32(information, 0) == remb_identifier;
}

}  // namespace

std::optional<nack> read_nack(const rtcp_packet& packet) noexcept {
    if (!is(packet, transport_format::nack)) return std::nullopt;
    const auto items = information_of(packet);
    if (items.empty() || items.size() % 4 != 0) return std::nullopt;
    return nack{load_u32(packet.body, 0), load_u32(packet.body, 4), items};
}

std::optional<pli> read_pli(const rtcp_packet& packet) noexcept {
    // RFC 4585 §6.3.1.2: the length must be 2.
    if (!is(packet, payload_format::pli) || !information_of(packet).empty()) return std::nullopt;
    return pli{load_u32(packet.body, 0), load_u32(packet.body, 4)};
}

std::optional<fir> read_fir(const rtcp_packet& packet) noexcept {
    if (!is(packet, payload_format::fir)) return std::nullopt;
    const auto items = information_of(packet);
    if (items.empty() || items.size() % 8 != 0) return std::nullopt;
    return fir{load_u32(packet.body, 0), items};
}

std::optional<remb> read_remb(const rtcp_packet& packet) noexcept {
    if (!is_remb(packet)) return std::nullopt;
    const auto information = information_of(packet);
    if (information.size() < 8) return std::nullopt;
    const auto ssrcs = information.subspan(8);
    if (ssrcs.size() != std::size_t{4} * load_u8(information, 4)) return std::nullopt;
    const auto exponent = load_u8(information, 5) >> 2;
    const auto mantissa = std::uint64_t{load_u8(information, 5) & 0x03U} << 16 | load_u16(information, 6);
    const auto bitrate_bps = mantissa << exponent;  // the exponent has six bits
    if (bitrate_bps >> exponent != mantissa) return std::nullopt;
    return remb{load_u32(packet.body, 0), bitrate_bps, ssrc_list(ssrcs)};
}

bool feedback_well_formed(const rtcp_packet& packet) noexcept {
    if (packet.body.size() < feedback_header_bytes) return false;
    if (is(packet, transport_format::nack)) return read_nack(packet).has_value();
    if (is(packet, transport_format::transport_wide)) return read_transport_feedback(packet).has_value();
    if (is(packet, payload_format::pli)) return read_pli(packet).has_value();
    if (is(packet, payload_format::fir)) return read_fir(packet).has_value();
    if (is_remb(packet)) return read_remb(packet).has_value();
    return true;
}

}  // namespace conf::rtp
