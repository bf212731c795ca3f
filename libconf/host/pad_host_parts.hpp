/// What the files of `pad_host` share and nobody else needs.
#pragma once

#include "libconf/host/pad_host.hpp"
#include "libconf/host/turn_line.hpp"
#include "libconf/net/websocket.hpp"

#include <cstddef>
#include <utility>

namespace conf::host {

struct pad_host::connection {
    std::string where;  // as its pad is stored
    net::websocket socket;
    bool is_open = false;  // the pad knows of it
    /// What came before that: stock clients speak first.
    std::vector<std::vector<std::byte>> early = {};
};

struct pad_host::directory {
    bool is_loaded = false;
    std::vector<std::function<void(directory&)>> until_loaded;
    list pads;
    bool had_pads = false;  // which are being removed from the store
};

/// One pad in memory.
struct pad_host::place {
    place(std::string in, std::string named, const pads::limits& within, const crypto::random_key& key)
        : room(std::move(in)), name(std::move(named)), where(stored_as(room, name)), pad(within, key) {}

    /// What a turn says, behind what it changed.
    struct saying {
        std::vector<pads::outgoing> messages;
        std::vector<pads::closing> closings;
        std::vector<std::string> wrote;
        std::vector<changed> thens;
    };

    std::string room;
    std::string name;
    std::string where;  // in the store
    pads::pad pad;
    bool is_loaded = false;
    bool is_changed = false;  // since its entry was kept
    std::vector<std::function<void(place&)>> until_loaded;
    turn_line<saying> turns;
};

}  // namespace conf::host
