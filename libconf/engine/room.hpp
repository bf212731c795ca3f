/// What the engine keeps for each room and each session; for its own source files only.
#pragma once

#include "libconf/engine/media_engine.hpp"

#include <array>

namespace conf::engine {

struct media_engine::room_entry {
    room_entry(std::string named, std::uint32_t of, sfu::packet_pool& pool, sfu::router::settings with)
        : name(std::move(named)), number(of), router(pool, with) {}

    std::string name;
    std::uint32_t number;
    sfu::router router;
    std::vector<transport_id> members;
    std::size_t publishers = 0;
    bool touched = false;
    armed_timer timer;
};

struct media_engine::seat {
    struct tap_place {
        std::uint32_t id = 0;
        std::optional<sdp::media_kind> kind;
    };

    transport_id id;
    room_entry* in;
    std::string session;
    std::string etag;
    std::optional<std::string> publishes_as;  // nothing: a player
    std::string remote_ufrag;                 // of the newest generation
    sdp::fragment restart_answer;             // but for the credentials
    media_transport transport;
    std::array<std::uint64_t, 2> ufrags;  // in the table; 0: none
    armed_timer timer;
    std::uint64_t number = 0;                                // never used twice
    std::vector<std::shared_ptr<const track_facts>> tracks;  // a publisher's, one for each section
    std::vector<bool> started;                               // each of them, as far as events told
    std::vector<tap_place> taps;                             // that hear this publisher
};

}  // namespace conf::engine
