#include "libconf/rtp/transport_feedback.hpp"

#include "libconf/base/check.hpp"
#include "libconf/rtp/packet.hpp"
#include "libconf/rtp/rtcp_feedback.hpp"

#include <algorithm>
#include <limits>

namespace conf::rtp {
namespace {

// What stands between the two SSRCs and the chunks: base, count, reference time, feedback count.
constexpr std::size_t fixed_bytes = 8;
constexpr std::size_t before_chunks = rtcp_header_bytes + feedback_header_bytes + fixed_bytes;
constexpr std::size_t run_max = 0x1FFF;
constexpr std::size_t one_bit_symbols = 14;
constexpr std::size_t two_bit_symbols = 7;

/// Rounds towards the past, for negative numbers too.
constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) noexcept {
    return a / b - (a % b < 0 ? 1 : 0);
}

}  // namespace

unsigned transport_feedback::symbol_of(std::uint16_t chunk, std::size_t index) noexcept {
    if (is_run(chunk)) return chunk >> 13 & 3U;
    if ((chunk & 0x4000) == 0) return chunk >> (13 - index) & 1U;
    return chunk >> (12 - 2 * index) & 3U;
}

std::size_t transport_feedback::statuses_of(std::uint16_t chunk, std::size_t before) const noexcept {
    const auto capacity = is_run(chunk)           ? std::size_t{chunk} & run_max
                          : (chunk & 0x4000) == 0 ? one_bit_symbols
                                                  : two_bit_symbols;
    return std::min(capacity, status_count - before);
}

std::optional<transport_feedback> read_transport_feedback(const rtcp_packet& packet) noexcept {
    if (packet.type != rtcp_type::transport_feedback ||
        packet.count != static_cast<std::uint8_t>(transport_format::transport_wide) ||
        packet.body.size() < feedback_header_bytes + fixed_bytes) {
        return std::nullopt;
    }
    const auto& body = packet.body;
    transport_feedback found;
    found.sender_ssrc = load_u32(body, 0);
    found.media_ssrc = load_u32(body, 4);
    found.base_sequence = load_u16(body, 8);
    found.status_count = load_u16(body, 10);
    const auto raw = load_u32(body, 12);
    found.reference_time = static_cast<std::int32_t>(raw) >> 8;
    found.feedback_count = static_cast<std::uint8_t>(raw & 0xFF);
    if (found.status_count == 0) return std::nullopt;

    const auto rest = body.subspan(feedback_header_bytes + fixed_bytes);
    std::size_t statuses = 0;
    std::size_t delta_bytes = 0;
    std::size_t at = 0;
    while (statuses < found.status_count) {
        if (rest.size() - at < 2) return std::nullopt;
        const auto chunk = load_u16(rest, at);
        at += 2;
        const auto count = found.statuses_of(chunk, statuses);
        if (count == 0) return std::nullopt;  // a run of nothing would never end
        if (found.is_run(chunk)) {
            const auto symbol = found.symbol_of(chunk, 0);
            if (symbol == 3) return std::nullopt;
            delta_bytes += symbol * count;
        } else {
            for (std::size_t i = 0; i < count; ++i) {
                const auto symbol = found.symbol_of(chunk, i);
                if (symbol == 3) return std::nullopt;
                delta_bytes += symbol;
            }
        }
        statuses += count;
    }
    if (rest.size() - at < delta_bytes) return std::nullopt;
    found.chunks = rest.first(at);
    found.deltas = rest.subspan(at, delta_bytes);
    return found;
}

// The arrays are written before they are read, so they are not zeroed for each packet.
// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init)
transport_feedback_writer::transport_feedback_writer(std::uint16_t base_sequence, instant first_arrival,
                                                     std::size_t size_max) noexcept
    : size_max_(std::min(size_max, bytes_max)),
      reference_(floor_divide(first_arrival.time_since_epoch().count(), feedback_reference_unit.count())),
      base_sequence_(base_sequence) {
    last_ = instant(reference_ * feedback_reference_unit);
}

bool transport_feedback_writer::add(std::size_t missing, instant at) noexcept {
    const auto ticks = floor_divide((at - last_).count(), feedback_delta_unit.count());
    if (ticks < std::numeric_limits<std::int16_t>::min() ||
        ticks > std::numeric_limits<std::int16_t>::max()) {
        return false;
    }
    const std::size_t delta_size = ticks >= 0 && ticks <= 255 ? 1 : 2;
    if (missing >= statuses_max - status_count_) return false;
    const auto statuses = status_count_ + missing + 1;
    // A chunk never covers fewer than seven statuses, except for the last one.
    const auto chunks = (statuses + two_bit_symbols - 1) / two_bit_symbols;
    if (align4(before_chunks + 2 * chunks + delta_bytes_ + delta_size) > size_max_) return false;

    std::fill_n(symbols_.begin() + static_cast<std::ptrdiff_t>(status_count_), missing, std::uint8_t{0});
    symbols_[statuses - 1] = static_cast<std::uint8_t>(delta_size);
    status_count_ = statuses;
    if (delta_size == 1) {
        deltas_[delta_bytes_] = static_cast<std::byte>(ticks);
    } else {
        store_u16(deltas_, delta_bytes_, static_cast<std::uint16_t>(ticks));
    }
    delta_bytes_ += delta_size;
    last_ += ticks * feedback_delta_unit;
    return true;
}

std::size_t transport_feedback_writer::write_chunks(mutable_bytes to) const noexcept {
    std::size_t written = 0;
    for (std::size_t at = 0; at < status_count_; written += 2) {
        const auto left = status_count_ - at;
        const auto* const symbols = symbols_.data() + at;
        const auto run =
            static_cast<std::size_t>(std::find_if(symbols, symbols + std::min(left, run_max),
                                                  [&](std::uint8_t other) { return other != symbols[0]; }) -
                                     symbols);
        const auto small = std::min(left, one_bit_symbols);
        const bool all_small = std::find(symbols, symbols + small, 2) == symbols + small;
        unsigned chunk = 0;
        std::size_t covered = 0;
        // A run is as cheap as a vector and says more, as soon as it is longer.
        if (run >= (all_small ? small : std::min(left, two_bit_symbols))) {
            chunk = static_cast<unsigned>(symbols[0]) << 13 | static_cast<unsigned>(run);
            covered = run;
        } else if (all_small) {
            chunk = 0x8000;
            for (std::size_t i = 0; i < small; ++i) chunk |= static_cast<unsigned>(symbols[i]) << (13 - i);
            covered = small;
        } else {
            covered = std::min(left, two_bit_symbols);
            chunk = 0xC000;
            for (std::size_t i = 0; i < covered; ++i)
                chunk |= static_cast<unsigned>(symbols[i]) << (12 - 2 * i);
        }
        store_u16(to, written, static_cast<std::uint16_t>(chunk));
        at += covered;
    }
    return written;
}

std::size_t transport_feedback_writer::write(mutable_bytes to, std::uint32_t sender_ssrc,
                                             std::uint32_t media_ssrc,
                                             std::uint8_t feedback_count) const noexcept {
    check(status_count_ > 0 && to.size() >= size_max_);
    const auto chunk_bytes = write_chunks(to.subspan(before_chunks));
    const auto used = before_chunks + chunk_bytes + delta_bytes_;
    const auto size = align4(used);
    to[0] = static_cast<std::byte>(version << 6 | static_cast<unsigned>(transport_format::transport_wide));
    to[1] = static_cast<std::byte>(rtcp_type::transport_feedback);
    store_u16(to, 2, static_cast<std::uint16_t>(size / 4 - 1));
    store_u32(to, 4, sender_ssrc);
    store_u32(to, 8, media_ssrc);
    store_u16(to, 12, base_sequence_);
    store_u16(to, 14, static_cast<std::uint16_t>(status_count_));
    store_u32(to, 16, static_cast<std::uint32_t>(reference_ & 0xFFFFFF) << 8 | feedback_count);
    std::copy_n(deltas_.begin(), delta_bytes_, to.subspan(before_chunks + chunk_bytes).begin());
    // Zeros instead of RTCP's padding, as the draft says: nobody can mistake them for a count.
    std::ranges::fill(to.subspan(used, size - used), std::byte{0});
    return size;
}

}  // namespace conf::rtp
