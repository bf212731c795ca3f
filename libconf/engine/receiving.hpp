/// Receiving in a call: the engine offers, and decides which section carries whose track.
#pragma once

#include "libconf/engine/departure.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace conf::engine {

/// A video that a receiver wants to see. It may not be there yet.
struct wish {
    std::string publisher;
    std::string label;         ///< of the track, as its publisher gave it
    std::uint16_t height = 0;  ///< in pixels as shown; 0: the largest layer
};

/// What a section carries now.
struct carried {
    std::string mid;
    std::string publisher;
    std::string label;

    friend bool operator==(const carried&, const carried&) = default;
};

/// For the one who receives.
struct receiver_news {
    enum class kind : std::uint8_t {
        offer,   ///< to be answered, with `number`
        tracks,  ///< the assignment has changed
        ended,   ///< the transport is gone: `reset_receiver` makes another
    };
    kind what{};
    std::string room;
    std::string receiver;
    std::uint64_t number = 0;     ///< of `offer`
    std::string sdp;              ///< of `offer`
    std::vector<carried> tracks;  ///< of `offer` and `tracks`: all there are now
    departure why{};              ///< of `ended`
};

/// Sections of one kind that a receiver may have: SEC-SDP-2 leaves 512 in all.
inline constexpr std::size_t receiver_sections_max = 250;
/// What the first offer has of each kind, so that the first to publish cost nobody a negotiation.
inline constexpr std::size_t receiver_sections_first = 4;
/// Sections that somebody in a call may send in.
inline constexpr std::size_t sender_sections_max = 8;

}  // namespace conf::engine
