/// What stands behind `conf::room_pads`: a way to the server that may be gone.
#pragma once

#include "libconf/host/pad_host.hpp"
#include "libconf/net/event_loop.hpp"

#include <conf/pad.hpp>

#include <functional>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

namespace conf::inline v0 {

struct room_pads::impl {
    /// The server's part. All of it is used on the loop.
    struct end {
        net::event_loop& loop;
        host::pad_host& pads;
        std::function<const std::vector<std::string>&()> secrets;
    };

    /// On the loop: for the program's handler.
    void take(const std::string& room, const std::string& pad, const std::string& person);
    /// When it returns nobody is in the server by this way, and nobody waits for it any more.
    void cut();

    std::shared_mutex mutex;  ///< shared while somebody is in the server
    std::optional<end> server;
    pad_event_handler handler;  ///< of the loop
};

}  // namespace conf::inline v0
