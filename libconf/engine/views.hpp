/// What an engine's owner may see of its rooms, and how it names what it means.
#pragma once

#include "libconf/engine/taps.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace conf::engine {

/// Names a session for as long as anybody remembers it: places are used again, numbers are not.
struct seat_ref {
    std::uint32_t transport = 0;
    std::uint64_t number = 0;

    friend bool operator==(const seat_ref&, const seat_ref&) = default;
};

struct room_view {
    std::string name;
    std::size_t participants = 0;
    std::size_t publishers = 0;
    std::optional<std::string> speaker;  ///< who spoke last, among those who are there
};

struct seat_view {
    seat_ref who;
    std::string room;
    std::optional<std::string> publishes_as;  ///< nothing: a player
    bool connected = false;
};

struct layer_view {
    std::string rid;           ///< empty without simulcast
    std::uint16_t height = 0;  ///< in pixels; 0: unknown
    std::uint64_t bits_per_second = 0;
    bool active = false;
};

struct track_view {
    std::shared_ptr<const track_facts> facts;
    bool started = false;
    std::vector<layer_view> layers;
};

}  // namespace conf::engine
