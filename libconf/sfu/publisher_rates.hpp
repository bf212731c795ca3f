/// SEC-RTP-5: how much one member of a room can send into it.
#pragma once

#include <cstdint>

namespace conf::sfu {

/// Of one publisher, all its sections together. What is above is dropped before anybody gets it. 0: off.
struct publisher_rates {
    std::uint64_t video_bps = 8'000'000;
    std::uint64_t audio_bps = 512'000;
    std::uint64_t packets_per_second = 2'000;
};

}  // namespace conf::sfu
