/// The last packets of a stream, for all who may ask for them again.
#pragma once

#include "libconf/base/time.hpp"
#include "libconf/sfu/packet_pool.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace conf::sfu {

/// A ring by sequence number, shared by every subscriber of the stream: a retransmission reads it, and keeps
/// nothing of its own but the number. Allocates once. Belongs to its stream.
class packet_history {
public:
    /// @param packets  a power of two; more than a stream sends in `kept`, or old ones go earlier.
    explicit packet_history(std::size_t packets) : ring_(packets) {}

    /// Precondition: nothing of that number is kept.
    void insert(packet_ref one);
    /// Null when it never came or was dropped.
    [[nodiscard]] const packet* find(std::uint64_t extended) const noexcept;
    /// The same by the number's low half, for those who keep many of them. Never another packet: between two
    /// of the same half the ring has been written over a million times.
    [[nodiscard]] const packet* find_low(std::uint32_t low) const noexcept;
    void drop_older_than(instant when) noexcept;
    void clear() noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Longer ago than this nobody can use a packet any more.
    static constexpr duration kept = std::chrono::seconds(2);

private:
    [[nodiscard]] packet_ref& slot_of(std::uint64_t extended) noexcept {
        return ring_[extended & (ring_.size() - 1)];
    }

    std::vector<packet_ref> ring_;
    std::uint64_t oldest_ = 0;  ///< nothing before it is kept
    std::uint64_t newest_ = 0;
    std::size_t size_ = 0;
};

}  // namespace conf::sfu
