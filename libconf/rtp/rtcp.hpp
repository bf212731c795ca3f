/// RTCP: compound packets and the reports in them, RFC 3550 §6 and RFC 3611; feedback is in
/// rtcp_feedback.hpp.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/rtp/ntp.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace conf::rtp {

enum class rtcp_type : std::uint8_t {
    sender_report = 200,
    receiver_report = 201,
    source_description = 202,
    goodbye = 203,
    application = 204,
    transport_feedback = 205,  // RTPFB, RFC 4585 §6.2
    payload_feedback = 206,    // PSFB, RFC 4585 §6.3
    extended_report = 207,
};

inline constexpr std::size_t rtcp_header_bytes = 4;
inline constexpr std::size_t report_blocks_max = 31;  // five bits count them
inline constexpr std::size_t report_block_bytes = 24;

/// One packet of a compound, well formed. A view.
struct rtcp_packet {
    rtcp_type type{};        // may be one that has no name here
    std::uint8_t count = 0;  // the five bits: reports, sources, or the format of feedback
    bytes body;              // behind the header, without padding
};

/// A compound packet of which every part is well formed; RFC 5506 allows any type to be the first.
///
/// One packet that does not parse makes all of it refused (SEC-RTP-1, SEC-SRTP-4); a type, format or block
/// that this library does not know does not. A view: the bytes must outlive it. Immutable; any thread.
class rtcp_compound {
public:
    [[nodiscard]] static std::optional<rtcp_compound> parse(bytes datagram) noexcept;

    /// Visits the packets in their order. The readers below tell which one it is: `if (auto sr =
    /// read_…(packet))`.
    template <class Visitor>
    void for_each(Visitor&& visit) const {
        for (auto left = whole_; !left.empty(); left = left.subspan(packet_size(left))) visit(first_of(left));
    }

private:
    explicit rtcp_compound(bytes whole) noexcept : whole_(whole) {}
    [[nodiscard]] static std::size_t packet_size(bytes at) noexcept {
        return rtcp_header_bytes + std::size_t{4} * load_u16(at, 2);
    }
    [[nodiscard]] static rtcp_packet first_of(bytes left) noexcept;

    bytes whole_;
};

struct report_block {
    std::uint32_t ssrc = 0;
    std::int32_t cumulative_lost = 0;       // 24 bits; negative if more arrived than was expected
    std::uint32_t highest_sequence = 0;     // with the cycles in the upper half
    std::uint32_t jitter_ticks = 0;         // of the stream's clock
    std::uint32_t last_sr = 0;              // ntp_time::middle(); 0: none yet
    std::uint32_t delay_since_last_sr = 0;  // 1/65536 s
    std::uint8_t fraction_lost = 0;         // 1/256

    friend constexpr bool operator==(const report_block&, const report_block&) = default;
};

/// The report blocks of an SR or RR, read one by one.
class report_blocks {
public:
    report_blocks() = default;
    explicit report_blocks(bytes data) noexcept : data_(data) {}

    [[nodiscard]] std::size_t size() const noexcept { return data_.size() / report_block_bytes; }
    /// Precondition: `index` < `size()`.
    [[nodiscard]] report_block operator[](std::size_t index) const noexcept;

private:
    bytes data_;
};

/// A list of SSRCs inside a packet.
class ssrc_list {
public:
    ssrc_list() = default;
    explicit ssrc_list(bytes data) noexcept : data_(data) {}

    [[nodiscard]] std::size_t size() const noexcept { return data_.size() / 4; }
    /// Precondition: `index` < `size()`.
    [[nodiscard]] std::uint32_t operator[](std::size_t index) const noexcept {
        return load_u32(data_, 4 * index);
    }

private:
    bytes data_;
};

struct sender_info {
    std::uint32_t ssrc = 0;
    ntp_time ntp;
    std::uint32_t rtp_timestamp = 0;
    std::uint32_t packet_count = 0;
    std::uint32_t octet_count = 0;

    friend constexpr bool operator==(const sender_info&, const sender_info&) = default;
};
struct sender_report {
    sender_info sender;
    report_blocks blocks;
};
struct receiver_report {
    std::uint32_t ssrc = 0;
    report_blocks blocks;
};
struct goodbye {
    ssrc_list ssrcs;
    std::string_view reason;  // empty: none given
};
/// RFC 3611 §4.4: a receiver's clock, so that it learns the round trip too.
struct receiver_reference_time {
    std::uint32_t ssrc = 0;
    ntp_time ntp;
};
/// RFC 3611 §4.5: the answer to it.
struct dlrr_item {
    std::uint32_t ssrc = 0;
    std::uint32_t last_rr = 0;              // ntp_time::middle()
    std::uint32_t delay_since_last_rr = 0;  // 1/65536 s

    friend constexpr bool operator==(const dlrr_item&, const dlrr_item&) = default;
};
inline constexpr std::size_t dlrr_item_bytes = 12;

enum class sdes_type : std::uint8_t { end = 0, cname = 1 };
struct sdes_item {
    std::uint32_t ssrc = 0;
    sdes_type type{};  // may be one that has no name here
    std::string_view text;
};

/// Goes through the items of an SDES packet; ends early at an item that is not well formed.
class sdes_walk {
public:
    explicit sdes_walk(const rtcp_packet& packet) noexcept : body_(packet.body), chunks_left_(packet.count) {}

    [[nodiscard]] std::optional<sdes_item> next() noexcept;
    /// Whether the walk ended where the last chunk does.
    [[nodiscard]] bool complete() const noexcept { return chunks_left_ == 0 && !in_chunk_; }

private:
    bytes body_;
    std::size_t at_ = 0;
    std::uint32_t ssrc_ = 0;
    std::uint8_t chunks_left_;
    bool in_chunk_ = false;
};

enum class xr_type : std::uint8_t { receiver_reference_time = 4, dlrr = 5 };
struct xr_block {
    xr_type type{};  // may be one that has no name here
    bytes data;      // behind the block's header
};

/// Goes through the blocks of an XR packet; ends early at a block that is not well formed.
class xr_walk {
public:
    explicit xr_walk(const rtcp_packet& packet) noexcept;

    [[nodiscard]] std::optional<xr_block> next() noexcept;
    [[nodiscard]] bool complete() const noexcept { return !broken_ && left_.empty(); }

private:
    bytes left_;
    bool broken_ = false;
};

/// All readers answer nothing for a packet of another type, or of this type that is not well formed.
[[nodiscard]] std::optional<sender_report> read_sender_report(const rtcp_packet& packet) noexcept;
[[nodiscard]] std::optional<receiver_report> read_receiver_report(const rtcp_packet& packet) noexcept;
[[nodiscard]] std::optional<goodbye> read_goodbye(const rtcp_packet& packet) noexcept;
/// The first of its kind in an XR packet.
[[nodiscard]] std::optional<receiver_reference_time> read_receiver_reference_time(
    const rtcp_packet& packet) noexcept;

/// Visits the CNAMEs of an SDES packet as `sdes_item`; does nothing for another type.
template <class Visitor>
void for_each_cname(const rtcp_packet& packet, Visitor&& visit) {
    if (packet.type != rtcp_type::source_description) return;
    sdes_walk walk(packet);
    while (const auto item = walk.next()) {
        if (item->type == sdes_type::cname) visit(*item);
    }
}

/// Visits every `dlrr_item` of an XR packet; does nothing for another type.
template <class Visitor>
void for_each_dlrr(const rtcp_packet& packet, Visitor&& visit) {
    if (packet.type != rtcp_type::extended_report) return;
    xr_walk walk(packet);
    while (const auto block = walk.next()) {
        if (block->type != xr_type::dlrr) continue;
        for (std::size_t at = 0; block->data.size() - at >= dlrr_item_bytes; at += dlrr_item_bytes) {
            visit(dlrr_item{load_u32(block->data, at), load_u32(block->data, at + 4),
                            load_u32(block->data, at + 8)});
        }
    }
}

}  // namespace conf::rtp
