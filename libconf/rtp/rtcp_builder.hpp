/// Writing compound RTCP into a buffer of the caller's.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/rtp/rtcp.hpp"
#include "libconf/rtp/transport_feedback.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace conf::rtp {

/// Appends packets as long as there is room. An `add_…` that answers false has written nothing, so the caller
/// can send what there is and begin anew. Every byte of the result is written. Belongs to the function that
/// uses it.
class rtcp_builder {
public:
    /// The size of `buffer` is the limit: what the MTU leaves after IP, UDP and SRTCP.
    explicit rtcp_builder(mutable_bytes buffer) noexcept : buffer_(buffer) {}

    /// Precondition for both: at most `report_blocks_max` blocks.
    [[nodiscard]] bool add_sender_report(const sender_info& sender,
                                         std::span<const report_block> blocks = {});
    [[nodiscard]] bool add_receiver_report(std::uint32_t ssrc, std::span<const report_block> blocks = {});
    /// SDES with one chunk. Precondition: `cname` has at most 255 bytes.
    [[nodiscard]] bool add_cname(std::uint32_t ssrc, std::string_view cname);
    /// BYE without a reason. Precondition: at most 31 sources.
    [[nodiscard]] bool add_goodbye(std::span<const std::uint32_t> ssrcs);

    /// Generic NACK of numbers that are sorted as sequence numbers are, without repetition.
    /// @return how many of them it took: as many as fit, or none.
    [[nodiscard]] std::size_t add_nack(std::uint32_t sender_ssrc, std::uint32_t media_ssrc,
                                       std::span<const std::uint16_t> missing);
    [[nodiscard]] bool add_pli(std::uint32_t sender_ssrc, std::uint32_t media_ssrc);
    /// `command` counts up with each new wish and stays when the wish is repeated.
    [[nodiscard]] bool add_fir(std::uint32_t sender_ssrc, std::uint32_t media_ssrc, std::uint8_t command);
    /// Precondition: `feedback` has something in it.
    [[nodiscard]] bool add_transport_feedback(const transport_feedback_writer& feedback,
                                              std::uint32_t sender_ssrc, std::uint32_t media_ssrc,
                                              std::uint8_t feedback_count);
    /// XR with one DLRR block. @return how many of the items it took: as many as fit, or none.
    [[nodiscard]] std::size_t add_dlrr(std::uint32_t sender_ssrc, std::span<const dlrr_item> items);

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t room() const noexcept { return buffer_.size() - size_; }
    /// What was added so far. Valid as long as the buffer.
    [[nodiscard]] bytes finish() const noexcept { return buffer_.first(size_); }
    void clear() noexcept { size_ = 0; }

private:
    /// The body of a new packet, or an empty span if there is no room. Precondition: a multiple of four, not
    /// 0.
    [[nodiscard]] mutable_bytes claim(rtcp_type type, std::size_t count, std::size_t body_bytes) noexcept;

    mutable_bytes buffer_;
    std::size_t size_ = 0;
};

}  // namespace conf::rtp
