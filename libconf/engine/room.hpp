/// What the engine keeps for each room and each session; for its own source files only.
#pragma once

#include "libconf/engine/media_engine.hpp"
#include "libconf/sdp/names.hpp"
#include "libconf/sdp/offer.hpp"

#include <array>
#include <map>

namespace conf::engine {

[[nodiscard]] inline sdp::refusal refusal_of(int status, std::string why) {
    return {.status = status, .why = std::move(why), .mid = {}};
}

/// Those that can be checked: SHA-256 and its like.
[[nodiscard]] inline std::vector<dtls::fingerprint> to_dtls(const std::vector<sdp::fingerprint>& from) {
    std::vector<dtls::fingerprint> made;
    for (const auto& one : from) {
        const auto name = sdp::name_of(sdp::hash_names, one.hash);
        if (const auto known = dtls::fingerprint::make(name, one.value)) made.push_back(*known);
    }
    return made;
}

/// An offer, of a publisher or of a player.
struct media_engine::request {
    std::string_view room;
    std::optional<std::string> publishes_as;
    sfu::publisher_filter wants;
    std::string_view offer;
    takeover how = takeover::of_silent;
    seat* replaces = nullptr;
};

struct media_engine::room_entry {
    room_entry(std::string named, std::uint32_t of, sfu::packet_pool& pool, sfu::router::settings with)
        : name(std::move(named)), number(of), router(pool, with) {}

    std::string name;
    std::uint32_t number;
    sfu::router router;
    std::vector<transport_id> members;
    std::size_t publishers = 0;
    std::map<std::string, std::unique_ptr<receiver>, std::less<>> receivers;  // by name
    bool replans = false;                                                     // listed in rooms_to_plan_
    bool touched = false;
    armed_timer timer;
};

/// Somebody in a call, as far as he receives. It is there before its transport is, and after.
struct media_engine::receiver {
    struct place {
        sdp::offered_section offered;
        bool live = false;      // the answer to its offer is there
        transport_id from = 0;  // what it carries; 0: nothing
        std::uint16_t track = 0;
        std::uint16_t height = 0;
    };

    std::string name;  // receives everybody but the publisher of that name
    std::vector<wish> wishes;
    std::vector<place> places;
    seat* at = nullptr;  // null: no transport yet, or no more
    sdp::server_parameters server;
    std::string cname;
    std::uint64_t number = 0;    // of the newest offer
    bool offer_open = false;     // it is not answered yet
    bool wants_restart = false;  // of ICE, with the next offer
    std::size_t offered = 0;     // places in the newest offer
    std::vector<carried> told;   // the assignment that was told last
    sdp::session offer;          // the newest one
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
    std::vector<sdp::fingerprint> fingerprints;              // of its offer or answer
    bool shakes_hands = false;                               // one of handshakes_
    bool calls = false;                                      // made by `send`
    receiver* receives = nullptr;                            // made by `take_answer`
    sdp::negotiated agreed;                                  // of one who calls
    sdp::server_parameters server;                           // of one who calls
};

}  // namespace conf::engine
