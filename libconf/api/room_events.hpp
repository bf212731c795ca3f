/// The way of an event from a media thread to the program's handler.
#pragma once

#include "libconf/api/media_handles.hpp"

#include <conf/room.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

namespace conf::api {

/// Translates, and bounds what waits. Thread-safe; the handler runs where `post` runs what it is given.
class room_events {
public:
    using poster = std::function<void(std::function<void()>)>;

    room_events() : state_(std::make_shared<shared>()) {}

    void set_link(media_link link);
    void set_handler(room_event_handler handler);
    /// On a media thread. Costs nothing but a lock while there is no handler.
    void take(std::size_t shard, const engine::event& event, const poster& post);

private:
    /// Shared with what has been posted, which may run after this object is gone.
    struct shared {
        std::mutex mutex;
        std::shared_ptr<const room_event_handler> handler;
        media_link link;
        std::size_t waiting = 0;
        std::uint64_t lost = 0;
    };

    std::shared_ptr<shared> state_;
};

}  // namespace conf::api
