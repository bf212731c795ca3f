/// What stands behind `conf::meetings`: a way to the server that may be gone.
#pragma once

#include "libconf/host/call_host.hpp"
#include "libconf/host/revoked_invitations.hpp"
#include "libconf/net/event_loop.hpp"

#include <conf/meetings.hpp>

#include <functional>
#include <shared_mutex>
#include <string>

namespace conf::inline v0 {

struct meetings::impl {
    /// The server's part. All of it is used on the loop.
    struct end {
        net::event_loop& loop;
        host::call_host& calls;
        host::revoked_invitations& revoked;
        std::function<const std::vector<std::string>&()> secrets;
    };

    /// Runs `what` on the loop and waits for it; false: the server is gone.
    bool reach(const std::function<void(end&)>& what);
    /// Runs it soon.
    void tell(std::string_view room,
              std::function<void(rooms::meeting&, const rooms::moment&, rooms::outputs&)> what);
    /// On the loop: for the program's handler.
    void take(const std::string& room, const rooms::event& what);
    /// When it returns nobody is in the server by this way.
    void cut();

    std::shared_mutex mutex;  ///< shared while somebody is in the server
    std::optional<end> server;
    meeting_event_handler handler;  ///< of the loop
};

}  // namespace conf::inline v0

namespace conf::api {

[[nodiscard]] rooms::role role_of(meeting_role role) noexcept;
[[nodiscard]] meeting_event event_of(const std::string& room, const rooms::event& what);

}  // namespace conf::api
