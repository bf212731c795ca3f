/// Transport-wide feedback: which packets of a transport arrived and when
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/time.hpp"
#include "libconf/rtp/rtcp.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace conf::rtp {

inline constexpr duration feedback_reference_unit{64'000};
inline constexpr duration feedback_delta_unit{250};

/// A feedback packet, read. It can name 65 535 packets in a few bytes; so only those that arrived are
/// visited, and each of them costs the sender a byte (SEC-RTP-2). A view.
struct transport_feedback {
    std::uint32_t sender_ssrc = 0;
    std::uint32_t media_ssrc = 0;
    std::uint16_t base_sequence = 0;
    std::uint16_t status_count = 0;   // packets spoken of, from `base_sequence` on; at least one
    std::int32_t reference_time = 0;  // in units of 64 ms, 24 bits with a sign
    std::uint8_t feedback_count = 0;
    bytes chunks;
    bytes deltas;

    /// Visits (sequence number, arrival) of the packets that arrived, in the order of their numbers. Arrivals
    /// count from the zero of the peer's clock; only differences mean something.
    template <class Visitor>
    void for_each_received(Visitor&& visit) const {
        std::size_t next_status = 0;
        std::size_t delta_at = 0;
        auto arrival = reference_time * feedback_reference_unit;
        for (std::size_t at = 0; at < chunks.size(); at += 2) {
            const auto chunk = load_u16(chunks, at);
            const auto count = statuses_of(chunk, next_status);
            if (is_run(chunk) && symbol_of(chunk, 0) == 0) {
                next_status += count;
                continue;
            }
            for (std::size_t i = 0; i < count; ++i, ++next_status) {
                const auto size = symbol_of(chunk, i);  // the symbol is the size of the delta in bytes
                if (size == 0) continue;
                arrival += delta_of(delta_at, size) * feedback_delta_unit;
                delta_at += size;
                visit(static_cast<std::uint16_t>(base_sequence + next_status), arrival);
            }
        }
    }

    /// How many statuses of that chunk count, when `before` stand before it.
    [[nodiscard]] std::size_t statuses_of(std::uint16_t chunk, std::size_t before) const noexcept;
    [[nodiscard]] static bool is_run(std::uint16_t chunk) noexcept { return (chunk & 0x8000) == 0; }
    [[nodiscard]] static unsigned symbol_of(std::uint16_t chunk, std::size_t index) noexcept;

private:
    [[nodiscard]] int delta_of(std::size_t at, unsigned size) const noexcept {
        return size == 1 ? load_u8(deltas, at) : static_cast<std::int16_t>(load_u16(deltas, at));
    }
};

/// @return nothing for a packet of another kind, with a run of length 0, a reserved symbol, or too few bytes.
[[nodiscard]] std::optional<transport_feedback> read_transport_feedback(const rtcp_packet& packet) noexcept;

/// Collects what one feedback packet says, packet by packet in the order of their numbers. Fixed memory, no
/// allocation; belongs to the function that uses it.
class transport_feedback_writer {
public:
    static constexpr std::size_t statuses_max = 2048;
    static constexpr std::size_t bytes_max = 1400;

    /// `first_arrival` is that of the first packet that will be reported as received, `size_max` what the
    /// packet may take, header and padding counted.
    transport_feedback_writer(std::uint16_t base_sequence, instant first_arrival,
                              std::size_t size_max) noexcept;

    /// The next packet arrived at `at`, after `missing` others that did not.
    /// @return false if that does not fit into this feedback packet; nothing has changed then.
    [[nodiscard]] bool add(std::size_t missing, instant at) noexcept;

    [[nodiscard]] std::size_t statuses() const noexcept { return status_count_; }
    [[nodiscard]] std::size_t size_max() const noexcept { return size_max_; }

    /// Precondition: something was added and `to` has room for `size_max`.
    /// @return the size of the RTCP packet, a multiple of four.
    [[nodiscard]] std::size_t write(mutable_bytes to, std::uint32_t sender_ssrc, std::uint32_t media_ssrc,
                                    std::uint8_t feedback_count) const noexcept;

private:
    [[nodiscard]] std::size_t write_chunks(mutable_bytes to) const noexcept;

    std::array<std::uint8_t, statuses_max> symbols_;  // the first `status_count_` are set
    std::array<std::byte, bytes_max> deltas_;         // the first `delta_bytes_`
    std::size_t status_count_ = 0;
    std::size_t delta_bytes_ = 0;
    std::size_t size_max_;
    instant last_;  // as the reader will see it
    std::int64_t reference_;
    std::uint16_t base_sequence_;
};

}  // namespace conf::rtp
