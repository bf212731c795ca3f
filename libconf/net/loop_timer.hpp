/// A deadline on the event loop.
#pragma once

#include "libconf/base/time.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace conf::net {

class event_loop;

/// Rings once for each deadline that is set. Belongs to the loop; may be destroyed there only.
class loop_timer {
public:
    loop_timer(event_loop& on, std::function<void()> ring);
    ~loop_timer();
    loop_timer(const loop_timer&) = delete;
    loop_timer& operator=(const loop_timer&) = delete;

    /// Replaces the deadline there was; nothing: no deadline. One that is past rings soon, never from here.
    void set(std::optional<instant> at);

private:
    struct impl;
    std::shared_ptr<impl> impl_;
};

}  // namespace conf::net
