/// Numbers that wrap: RTP sequence numbers and timestamps, and which packets of a stream to accept.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>

namespace conf::rtp {

/// How far `to` is ahead of `from` on the circle; negative if it is behind. Half the circle counts as behind.
template <std::unsigned_integral Number>
[[nodiscard]] constexpr std::make_signed_t<Number> distance(Number from, Number to) noexcept {
    return static_cast<std::make_signed_t<Number>>(static_cast<Number>(to - from));
}

/// Whether `a` comes after `b`, modulo the type's size.
template <std::unsigned_integral Number>
[[nodiscard]] constexpr bool newer(Number a, Number b) noexcept {
    return distance(b, a) > 0;
}

/// Continues numbers of 16 or 32 bits in 64 bits: the number nearest to the highest one so far.
///
/// Begins in cycle 1, so that packets from before the first one have a number too. Belongs to its owner.
template <std::unsigned_integral Number>
class unwrapper {
public:
    static constexpr std::uint64_t cycle = std::uint64_t{std::numeric_limits<Number>::max()} + 1;

    [[nodiscard]] bool started() const noexcept { return started_; }
    /// The highest number so far; 0 before the first.
    [[nodiscard]] std::uint64_t highest() const noexcept { return highest_; }

    /// What `number` would be; nothing is remembered.
    [[nodiscard]] std::uint64_t extend(Number number) const noexcept {
        if (!started_) return cycle + number;
        const auto step = distance(static_cast<Number>(highest_), number);
        return highest_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(step));
    }

    std::uint64_t update(Number number) noexcept {
        const auto extended = extend(number);
        if (!started_ || extended > highest_) highest_ = extended;
        started_ = true;
        return extended;
    }

    /// Continues with a number that is no neighbour of the last: in the next cycle, so that time never runs
    /// backwards.
    std::uint64_t restart(Number number) noexcept {
        highest_ = started_ ? (highest_ / cycle + 1) * cycle + number : cycle + number;
        started_ = true;
        return highest_;
    }

private:
    std::uint64_t highest_ = 0;
    bool started_ = false;
};

using extended_sequence = unwrapper<std::uint16_t>;
using extended_timestamp = unwrapper<std::uint32_t>;

/// Decides which packets belong to a stream, in the manner of RFC 3550 §A.1.
///
/// A large jump may be a restarted sender or a stray packet. We forward instead of playing, so it is ignored
/// until two packets in a row confirm it: one stray packet must not reset fifty receivers. Only for packets
/// that are authenticated. Belongs to its stream.
class sequence_gate {
public:
    static constexpr std::uint16_t dropout_max = 3000;   // a step forward is smaller than this
    static constexpr std::uint16_t misorder_max = 1500;  // a late packet is at most this far behind

    enum class verdict : std::uint8_t {
        newest,     // first, or ahead of all others
        late,       // behind the newest one, or the same again
        ignored,    // a jump that nothing confirms yet: drop it
        restarted,  // the second packet of a confirmed jump: forget what was before, tell everyone downstream
    };
    struct result {
        verdict what{};
        std::uint64_t extended = 0;  // not for `ignored`
    };

    [[nodiscard]] result accept(std::uint16_t sequence_number) noexcept;
    /// The highest number accepted; 0 before the first.
    [[nodiscard]] std::uint64_t highest() const noexcept { return numbers_.highest(); }

private:
    extended_sequence numbers_;
    std::optional<std::uint16_t> confirming_;  // the number that would confirm a jump
};

}  // namespace conf::rtp
