/// Which packets of a stream are missing, when to ask for them again, and when to ask for a key frame
/// instead.
#pragma once

#include "libconf/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace conf::rtp {

/// Keeps the list of missing packets of one stream.
///
/// A packet is missing as soon as a newer one has arrived. It is asked for `first_delay` after that, then
/// every max(`repeat_min`, 1.2 RTT), until it arrives, a key frame makes it useless, or it is given up: after
/// `tries_max` requests or `age_max`. What is given up leaves a hole in the picture, so a key frame is
/// wanted. Belongs to its stream; allocates only while its list grows to a new length.
class nack_generator {
public:
    static constexpr std::size_t missing_max = 1000;
    static constexpr unsigned tries_max = 10;
    static constexpr duration first_delay = std::chrono::milliseconds(5);
    static constexpr duration repeat_min = std::chrono::milliseconds(20);
    static constexpr duration age_max = std::chrono::seconds(2);

    /// Tells of a packet that the stream's sequence_gate accepted, with the number from there. A packet that
    /// begins a key frame drops all that is missing before it. The first packet begins the list.
    /// @return whether it was missing and had been asked for, so that it repairs a loss; else it only came
    /// late.
    bool on_packet(std::uint64_t extended, bool begins_key_frame, instant now);

    /// Takes the numbers that are due, oldest first, and counts the request.
    /// @return how many were written to `due`; what did not fit stays due.
    [[nodiscard]] std::size_t take_due(instant now, duration rtt, std::span<std::uint16_t> due) noexcept;

    /// Whether something was given up since the last call. Streams without key frames ignore it.
    [[nodiscard]] bool take_key_frame_request() noexcept;

    /// When `take_due` has something to do. Never too late; after a repair it may be too early.
    [[nodiscard]] std::optional<instant> deadline() const noexcept;

    [[nodiscard]] std::size_t missing() const noexcept { return missing_.size(); }
    /// Nothing is missing and the next packet is the first one: after a restart, or while nobody wants the
    /// stream.
    void reset() noexcept;

private:
    struct entry {
        std::uint64_t extended = 0;
        instant noticed;
        instant due;
        unsigned tries = 0;
    };

    void drop_before(std::uint64_t extended) noexcept;
    void add_missing(std::uint64_t first, std::uint64_t behind_last, instant now);

    std::vector<entry> missing_;   // sorted by number
    std::uint64_t highest_ = 0;    // 0: nothing arrived yet
    std::uint64_t key_frame_ = 0;  // where the newest one begins; 0: none seen
    instant next_due_{};           // of the earliest entry, or before
    bool key_frame_wanted_ = false;
};

}  // namespace conf::rtp
