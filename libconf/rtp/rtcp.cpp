#include "libconf/rtp/rtcp.hpp"

#include "libconf/rtp/packet.hpp"
#include "libconf/rtp/rtcp_feedback.hpp"

namespace conf::rtp {
namespace {

constexpr std::size_t ssrc_bytes = 4;
constexpr std::size_t sender_info_bytes = 24;  // with the SSRC

/// 24 bits with a sign.
constexpr std::int32_t load_i24(bytes from, std::size_t at) noexcept {
    const auto raw = std::uint32_t{load_u8(from, at)} << 16 | load_u16(from, at + 1);
    return static_cast<std::int32_t>(raw ^ 0x800000) - 0x800000;
}

std::optional<report_blocks> read_blocks(const rtcp_packet& packet, std::size_t at) noexcept {
    const auto size = report_block_bytes * packet.count;
    if (packet.body.size() < at || packet.body.size() - at < size) return std::nullopt;
    return report_blocks(packet.body.subspan(at, size));  // a profile's own part may follow
}

bool sdes_well_formed(const rtcp_packet& packet) noexcept {
    sdes_walk walk(packet);
    while (walk.next()) {}
    return walk.complete();
}

bool xr_well_formed(const rtcp_packet& packet) noexcept {
    xr_walk walk(packet);
    while (walk.next()) {}
    return walk.complete();
}

bool well_formed(const rtcp_packet& packet) noexcept {
    switch (packet.type) {
        case rtcp_type::sender_report: return read_sender_report(packet).has_value();
        case rtcp_type::receiver_report: return read_receiver_report(packet).has_value();
        case rtcp_type::source_description: return sdes_well_formed(packet);
        case rtcp_type::goodbye: return read_goodbye(packet).has_value();
        case rtcp_type::application: return packet.body.size() >= 8;  // SSRC and name
        case rtcp_type::transport_feedback:
        case rtcp_type::payload_feedback: return feedback_well_formed(packet);
        case rtcp_type::extended_report: return xr_well_formed(packet);
    }
    return true;
}

}  // namespace

rtcp_packet rtcp_compound::first_of(bytes left) noexcept {
    const auto first = load_u8(left, 0);
    auto body = left.subspan(rtcp_header_bytes, packet_size(left) - rtcp_header_bytes);
    if ((first & 0x20) != 0) body = body.first(body.size() - load_u8(body, body.size() - 1));
    return {static_cast<rtcp_type>(load_u8(left, 1)), static_cast<std::uint8_t>(first & 0x1F), body};
}

std::optional<rtcp_compound> rtcp_compound::parse(bytes datagram) noexcept {
    if (datagram.empty()) return std::nullopt;
    for (auto left = datagram; !left.empty();) {
        if (left.size() < rtcp_header_bytes || !is_rtcp(left)) return std::nullopt;
        const auto size = packet_size(left);
        if (size > left.size()) return std::nullopt;
        if ((load_u8(left, 0) & 0x20) != 0) {
            // RFC 3550 §6.4.1: only the last one is padded. A count that is no multiple of four is common in
            // transport-wide feedback, so it is let pass.
            if (size != left.size() || size == rtcp_header_bytes) return std::nullopt;
            const auto padding = load_u8(left, size - 1);
            if (padding == 0 || padding > size - rtcp_header_bytes) return std::nullopt;
        }
        if (!well_formed(first_of(left))) return std::nullopt;
        left = left.subspan(size);
    }
    return rtcp_compound(datagram);
}

report_block report_blocks::operator[](std::size_t index) const noexcept {
    const auto raw = data_.subspan(index * report_block_bytes, report_block_bytes);
    report_block block;
    block.ssrc = load_u32(raw, 0);
    block.fraction_lost = load_u8(raw, 4);
    block.cumulative_lost = load_i24(raw, 5);
    block.highest_sequence = load_u32(raw, 8);
    block.jitter_ticks = load_u32(raw, 12);
    block.last_sr = load_u32(raw, 16);
    block.delay_since_last_sr = load_u32(raw, 20);
    return block;
}

std::optional<sender_report> read_sender_report(const rtcp_packet& packet) noexcept {
    if (packet.type != rtcp_type::sender_report) return std::nullopt;
    const auto blocks = read_blocks(packet, sender_info_bytes);
    if (!blocks) return std::nullopt;
    const auto& body = packet.body;
    const ntp_time ntp{std::uint64_t{load_u32(body, 4)} << 32 | load_u32(body, 8)};
    return sender_report{{load_u32(body, 0), ntp, load_u32(body, 12), load_u32(body, 16), load_u32(body, 20)},
                         *blocks};
}

std::optional<receiver_report> read_receiver_report(const rtcp_packet& packet) noexcept {
    if (packet.type != rtcp_type::receiver_report) return std::nullopt;
    const auto blocks = read_blocks(packet, ssrc_bytes);
    if (!blocks) return std::nullopt;
    return receiver_report{load_u32(packet.body, 0), *blocks};
}

std::optional<goodbye> read_goodbye(const rtcp_packet& packet) noexcept {
    if (packet.type != rtcp_type::goodbye) return std::nullopt;
    const auto size = ssrc_bytes * packet.count;
    if (packet.body.size() < size) return std::nullopt;
    goodbye found{ssrc_list(packet.body.first(size)), {}};
    const auto rest = packet.body.subspan(size);
    if (rest.empty()) return found;
    const std::size_t length = load_u8(rest, 0);
    if (length > rest.size() - 1) return std::nullopt;
    found.reason = as_text(rest.subspan(1, length));
    return found;
}

std::optional<receiver_reference_time> read_receiver_reference_time(const rtcp_packet& packet) noexcept {
    if (packet.type != rtcp_type::extended_report) return std::nullopt;
    xr_walk walk(packet);
    while (const auto block = walk.next()) {
        if (block->type != xr_type::receiver_reference_time) continue;
        return receiver_reference_time{
            load_u32(packet.body, 0),
            {std::uint64_t{load_u32(block->data, 0)} << 32 | load_u32(block->data, 4)}};
    }
    return std::nullopt;
}

std::optional<sdes_item> sdes_walk::next() noexcept {
    for (;;) {
        if (!in_chunk_) {
            if (chunks_left_ == 0 || body_.size() - at_ < ssrc_bytes) return std::nullopt;
            ssrc_ = load_u32(body_, at_);
            at_ += ssrc_bytes;
            in_chunk_ = true;
        }
        if (at_ == body_.size()) return std::nullopt;
        const auto type = static_cast<sdes_type>(load_u8(body_, at_));
        if (type == sdes_type::end) {
            // RFC 3550 §6.5: at least one zero, then up to the next multiple of four.
            const auto end = align4(at_ + 1);
            if (end > body_.size()) return std::nullopt;
            at_ = end;
            in_chunk_ = false;
            --chunks_left_;
            continue;
        }
        if (body_.size() - at_ < 2) return std::nullopt;
        const std::size_t length = load_u8(body_, at_ + 1);
        if (body_.size() - at_ - 2 < length) return std::nullopt;
        const sdes_item item{ssrc_, type, as_text(body_.subspan(at_ + 2, length))};
        at_ += 2 + length;
        return item;
    }
}

xr_walk::xr_walk(const rtcp_packet& packet) noexcept : broken_(packet.body.size() < ssrc_bytes) {
    if (!broken_) left_ = packet.body.subspan(ssrc_bytes);
}

std::optional<xr_block> xr_walk::next() noexcept {
    constexpr std::size_t block_header_bytes = 4;
    if (broken_ || left_.empty()) return std::nullopt;
    broken_ = true;
    if (left_.size() < block_header_bytes) return std::nullopt;
    const auto size = std::size_t{4} * load_u16(left_, 2);
    if (left_.size() - block_header_bytes < size) return std::nullopt;
    const xr_block block{static_cast<xr_type>(load_u8(left_, 0)), left_.subspan(block_header_bytes, size)};
    if (block.type == xr_type::receiver_reference_time && size != 8) return std::nullopt;
    if (block.type == xr_type::dlrr && size % dlrr_item_bytes != 0) return std::nullopt;
    broken_ = false;
    left_ = left_.subspan(block_header_bytes + size);
    return block;
}

}  // namespace conf::rtp
