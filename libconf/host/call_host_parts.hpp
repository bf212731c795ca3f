/// What `call_host` is made of; its functions stand in the sources by theme: calls, and boards.
#pragma once

#include "libconf/host/call_host.hpp"
#include "libconf/host/moment_now.hpp"
#include "libconf/host/turn_line.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace conf::host {

struct call_host::connection {
    std::string room;
    std::string address;
    net::websocket socket;
};

/// One room that somebody is in, or looks at.
struct call_host::place {
    place(std::string named, rooms::settings with, const crypto::random_key& key)
        : name(std::move(named)), meeting(std::move(with), key) {}

    /// What a turn says.
    struct saying {
        std::vector<rooms::outgoing> messages;
        std::vector<rooms::closing> closings;
        std::vector<rooms::event> events;
    };
    /// What the media threads have of somebody, as far as they told.
    struct transports {
        bool publish = false;
        bool receive = false;
        std::set<rooms::source> on;  // may be forwarded
    };

    std::string name;
    rooms::meeting meeting;
    bool is_loaded = false;
    std::vector<std::function<void(place&)>> until_loaded;
    turn_line<saying> turns;
    std::map<rooms::participant_id, transports> media;
};

}  // namespace conf::host
