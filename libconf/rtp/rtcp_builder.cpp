#include "libconf/rtp/rtcp_builder.hpp"

#include "libconf/base/check.hpp"
#include "libconf/rtp/packet.hpp"
#include "libconf/rtp/rtcp_feedback.hpp"
#include "libconf/rtp/sequence.hpp"

#include <algorithm>

namespace conf::rtp {
namespace {

constexpr std::size_t sources_max = 31;  // five bits count them
constexpr std::size_t cname_bytes_max = 255;
constexpr std::uint16_t nack_mask_bits = 16;

template <class Format>
constexpr std::size_t format_bits(Format format) noexcept {
    return static_cast<std::size_t>(format);
}

void store_i24(mutable_bytes to, std::size_t at, std::int32_t value) noexcept {
    const auto raw = static_cast<std::uint32_t>(std::clamp(value, -0x800000, 0x7FFFFF));
    to[at] = static_cast<std::byte>(raw >> 16 & 0xFF);
    store_u16(to, at + 1, static_cast<std::uint16_t>(raw & 0xFFFF));
}

void write_blocks(mutable_bytes to, std::span<const report_block> blocks) noexcept {
    std::size_t at = 0;
    for (const auto& block : blocks) {
        store_u32(to, at, block.ssrc);
        to[at + 4] = static_cast<std::byte>(block.fraction_lost);
        store_i24(to, at + 5, block.cumulative_lost);
        store_u32(to, at + 8, block.highest_sequence);
        store_u32(to, at + 12, block.jitter_ticks);
        store_u32(to, at + 16, block.last_sr);
        store_u32(to, at + 20, block.delay_since_last_sr);
        at += report_block_bytes;
    }
}

/// How many of the sorted numbers the item of the first one covers.
std::size_t item_length(std::span<const std::uint16_t> missing) noexcept {
    const auto behind = std::ranges::find_if(missing, [&](std::uint16_t number) {
        return static_cast<std::uint16_t>(number - missing.front()) > nack_mask_bits;
    });
    return static_cast<std::size_t>(behind - missing.begin());
}

}  // namespace

mutable_bytes rtcp_builder::claim(rtcp_type type, std::size_t count, std::size_t body_bytes) noexcept {
    const auto size = rtcp_header_bytes + body_bytes;
    if (size > room()) return {};
    const auto packet = buffer_.subspan(size_, size);
    packet[0] = static_cast<std::byte>(version << 6 | count);
    packet[1] = static_cast<std::byte>(type);
    store_u16(packet, 2, static_cast<std::uint16_t>(body_bytes / 4));
    size_ += size;
    return packet.subspan(rtcp_header_bytes);
}

bool rtcp_builder::add_sender_report(const sender_info& sender, std::span<const report_block> blocks) {
    check(blocks.size() <= report_blocks_max);
    const auto body = claim(rtcp_type::sender_report, blocks.size(), 24 + blocks.size() * report_block_bytes);
    if (body.empty()) return false;
    store_u32(body, 0, sender.ssrc);
    store_u32(body, 4, static_cast<std::uint32_t>(sender.ntp.value >> 32));
    store_u32(body, 8, static_cast<std::uint32_t>(sender.ntp.value & 0xFFFFFFFF));
    store_u32(body, 12, sender.rtp_timestamp);
    store_u32(body, 16, sender.packet_count);
    store_u32(body, 20, sender.octet_count);
    write_blocks(body.subspan(24), blocks);
    return true;
}

bool rtcp_builder::add_receiver_report(std::uint32_t ssrc, std::span<const report_block> blocks) {
    check(blocks.size() <= report_blocks_max);
    const auto body =
        claim(rtcp_type::receiver_report, blocks.size(), 4 + blocks.size() * report_block_bytes);
    if (body.empty()) return false;
    store_u32(body, 0, ssrc);
    write_blocks(body.subspan(4), blocks);
    return true;
}

bool rtcp_builder::add_cname(std::uint32_t ssrc, std::string_view cname) {
    check(cname.size() <= cname_bytes_max);
    const auto used = 4 + 2 + cname.size();
    const auto body = claim(rtcp_type::source_description, 1, align4(used + 1));  // at least one zero ends it
    if (body.empty()) return false;
    store_u32(body, 0, ssrc);
    body[4] = static_cast<std::byte>(sdes_type::cname);
    body[5] = static_cast<std::byte>(cname.size());
    std::ranges::copy(as_bytes(cname), body.subspan(6).begin());
    std::ranges::fill(body.subspan(used), std::byte{0});
    return true;
}

bool rtcp_builder::add_goodbye(std::span<const std::uint32_t> ssrcs) {
    check(!ssrcs.empty() && ssrcs.size() <= sources_max);
    const auto body = claim(rtcp_type::goodbye, ssrcs.size(), 4 * ssrcs.size());
    if (body.empty()) return false;
    std::size_t at = 0;
    for (const auto ssrc : ssrcs) {
        store_u32(body, at, ssrc);
        at += 4;
    }
    return true;
}

std::size_t rtcp_builder::add_nack(std::uint32_t sender_ssrc, std::uint32_t media_ssrc,
                                   std::span<const std::uint16_t> missing) {
    constexpr auto fixed = rtcp_header_bytes + feedback_header_bytes;
    const auto items_max = room() < fixed ? 0 : (room() - fixed) / 4;
    std::size_t items = 0;
    std::size_t taken = 0;
    for (; taken < missing.size() && items < items_max; ++items) taken += item_length(missing.subspan(taken));
    if (taken == 0) return 0;

    const auto body = claim(rtcp_type::transport_feedback, format_bits(transport_format::nack),
                            feedback_header_bytes + 4 * items);
    store_u32(body, 0, sender_ssrc);
    store_u32(body, 4, media_ssrc);
    auto left = missing.first(taken);
    for (auto at = feedback_header_bytes; !left.empty(); at += 4) {
        const auto length = item_length(left);
        unsigned mask = 0;
        for (const auto number : left.subspan(1, length - 1)) {
            const unsigned step = static_cast<std::uint16_t>(number - left.front());
            if (step > 0) mask |= 1U << (step - 1);
        }
        store_u16(body, at, left.front());
        store_u16(body, at + 2, static_cast<std::uint16_t>(mask));
        left = left.subspan(length);
    }
    return taken;
}

bool rtcp_builder::add_pli(std::uint32_t sender_ssrc, std::uint32_t media_ssrc) {
    const auto body =
        claim(rtcp_type::payload_feedback, format_bits(payload_format::pli), feedback_header_bytes);
    if (body.empty()) return false;
    store_u32(body, 0, sender_ssrc);
    store_u32(body, 4, media_ssrc);
    return true;
}

bool rtcp_builder::add_fir(std::uint32_t sender_ssrc, std::uint32_t media_ssrc, std::uint8_t command) {
    const auto body =
        claim(rtcp_type::payload_feedback, format_bits(payload_format::fir), feedback_header_bytes + 8);
    if (body.empty()) return false;
    store_u32(body, 0, sender_ssrc);
    store_u32(body, 4, 0);  // RFC 5104 §4.3.1.2: the source is named by the item
    store_u32(body, 8, media_ssrc);
    store_u32(body, 12, std::uint32_t{command} << 24);
    return true;
}

bool rtcp_builder::add_transport_feedback(const transport_feedback_writer& feedback,
                                          std::uint32_t sender_ssrc, std::uint32_t media_ssrc,
                                          std::uint8_t feedback_count) {
    if (feedback.size_max() > room()) return false;
    size_ += feedback.write(buffer_.subspan(size_), sender_ssrc, media_ssrc, feedback_count);
    return true;
}

std::size_t rtcp_builder::add_dlrr(std::uint32_t sender_ssrc, std::span<const dlrr_item> items) {
    constexpr std::size_t fixed = 4 + 4;  // SSRC and the block's header
    const auto room_for = room() < rtcp_header_bytes + fixed ? 0 : room() - rtcp_header_bytes - fixed;
    const auto taken = std::min(items.size(), room_for / dlrr_item_bytes);
    if (taken == 0) return 0;
    const auto body = claim(rtcp_type::extended_report, 0, fixed + taken * dlrr_item_bytes);
    store_u32(body, 0, sender_ssrc);
    body[4] = static_cast<std::byte>(xr_type::dlrr);
    body[5] = std::byte{0};
    store_u16(body, 6, static_cast<std::uint16_t>(taken * dlrr_item_bytes / 4));
    auto at = fixed;
    for (const auto& item : items.first(taken)) {
        store_u32(body, at, item.ssrc);
        store_u32(body, at + 4, item.last_rr);
        store_u32(body, at + 8, item.delay_since_last_rr);
        at += dlrr_item_bytes;
    }
    return taken;
}

}  // namespace conf::rtp
