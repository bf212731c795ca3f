/// What stands behind `conf::board`: a way to the boards of a server that may be gone.
#pragma once

#include "libconf/crypto/random.hpp"
#include "libconf/host/board_host.hpp"
#include "libconf/net/event_loop.hpp"

#include <conf/board.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>

namespace conf::api {

/// Shared by the server and by every handle.
struct board_link {
    /// The server's part. All of it is used on the loop.
    struct end {
        net::event_loop& loop;
        host::board_host& boards;
    };

    /// Runs `what` on the loop with that room's boards, and waits until what it changed is kept. `what` may
    /// tell by its answer that it failed. @return that, `media_errc::stopped` or `wrong_thread`,
    /// `board_errc::not_saved`.
    [[nodiscard]] result<void> run(
        const std::string& room,
        const std::function<result<void>(boards::whiteboard&, const rooms::moment&, boards::outputs&)>& what);
    /// What the page shows and does not draw; nothing where the server is gone. Waits for the disk.
    [[nodiscard]] host::board_host::files::pictures pictures(const std::string& room,
                                                             const boards::place& of);
    [[nodiscard]] std::uint64_t draw_number();
    /// When it returns nobody is in the server by this way.
    void cut();

    std::shared_mutex mutex;  ///< shared while somebody is in the server
    std::optional<end> server;
    crypto::keyed_random random{crypto::system_random_key()};  ///< of the loop
};

}  // namespace conf::api

namespace conf::inline v0 {

struct board::impl {
    std::shared_ptr<api::board_link> link;
    std::string room;
};

}  // namespace conf::inline v0
