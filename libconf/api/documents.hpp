/// What stands behind `conf::room_documents`: a way to the documents of a server that may be gone.
#pragma once

#include "libconf/host/board_host.hpp"
#include "libconf/host/document_host.hpp"
#include "libconf/net/event_loop.hpp"

#include <conf/document.hpp>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>

namespace conf::api {

/// Shared by the server and by every handle.
struct documents_link {
    /// The server's part. All of it is used on the loop.
    struct end {
        net::event_loop& loop;
        host::board_host& boards;
        host::document_host* documents;  ///< null: the server takes none
    };

    /// Runs `what` on the loop and waits until it has called its second argument.
    template <class Made>
    [[nodiscard]] result<Made> ask(
        const std::function<void(const end&, const std::function<void(result<Made>)>&)>& what);
    /// Something has become of a document; on the loop.
    void tell_news();
    /// When it returns nobody is in the server by this way, and nobody waits.
    void cut();

    std::shared_mutex mutex;  ///< shared while somebody is in the server
    std::optional<end> server;

    std::mutex news_mutex;
    std::condition_variable came;
    std::uint64_t news = 0;
    bool ended = false;
};

}  // namespace conf::api

namespace conf::inline v0 {

struct room_documents::impl {
    std::shared_ptr<api::documents_link> link;
    std::string room;
};

}  // namespace conf::inline v0
