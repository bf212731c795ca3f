/// The numbers a subscriber sees: without a gap where nothing was lost, whichever stream the packets come
/// from.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace conf::sfu {

/// Maps a source's sequence numbers to those of one outgoing stream. `out = in - base`, less what was dropped
/// before it: a gap in the source stays a gap, so that the subscriber asks for what is missing. No outgoing
/// number is given twice for different packets, which SRTP depends on. A value of its outgoing stream.
class sequence_map {
public:
    /// `first` becomes the number of the first packet.
    explicit sequence_map(std::uint64_t first) noexcept : next_(first) {}

    /// From now on packets come from another source, or from a place in it that has no relation to before.
    /// `gap` numbers are left out, so that the subscriber sees a broken frame as broken.
    void rebase(std::uint64_t first_in, unsigned gap) noexcept {
        base_in_ = first_in;
        base_out_ = next_ + (started_ ? gap : 0);
        drops_ = 0;
    }
    /// @return nothing for a packet from before the base, or from among packets whose numbers are forgotten.
    [[nodiscard]] std::optional<std::uint64_t> map(std::uint64_t in) noexcept;
    /// That packet is not sent, and its number is not missed. Only for one newer than all that were mapped.
    void drop(std::uint64_t in) noexcept;

    [[nodiscard]] bool started() const noexcept { return started_; }
    /// Behind the highest number that was given.
    [[nodiscard]] std::uint64_t next() const noexcept { return next_; }

    /// Places of drops that a late packet may still be before.
    static constexpr std::size_t drops_remembered = 16;

private:
    std::uint64_t base_in_ = 0;
    std::uint64_t base_out_ = 0;
    std::uint64_t next_;
    std::uint64_t highest_in_ = 0;
    std::uint64_t drops_ = 0;  // since the base
    bool started_ = false;
    std::array<std::uint64_t, drops_remembered> recent_;  // the last drops: ring by drops_
};

}  // namespace conf::sfu
