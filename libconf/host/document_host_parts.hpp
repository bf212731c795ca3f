/// What the files of `document_host` share and nobody else needs.
#pragma once

#include "libconf/host/document_host.hpp"

#include "libconf/net/event_loop.hpp"

#include <memory>
#include <set>
#include <utility>

namespace conf::host {

/// One room's files, and what waits until they are known.
struct document_host::place {
    std::string room;
    documents::shelf files;
    documents::outputs out{};
    bool loaded = false;
    std::vector<std::function<void(const documents::shelf&)>> waiting{};
    std::uint64_t coming_bytes = 0;   ///< of uploads that were admitted and have not ended
    document_number last_number = 0;  ///< where nobody else numbers documents
};

/// An upload that somebody was promised a path for.
struct document_host::promised {
    std::string room;
    document_number document = 0;
    std::string owner;
    std::string name;
    std::uint64_t bytes = 0;
    instant ends{};
    bool coming = false;  ///< its bytes are on their way
};

struct document_host::finished_export {
    std::string room;
    std::string path;  ///< of the file; empty: not ready
    std::string name;  ///< for the one who keeps it
    std::string media_type;
    instant ends{};
    std::optional<documents::problem> why{};
};

/// What works on one content, for every document that waits for it.
struct document_host::conversion {
    conversions::job_number job = 0;  ///< 0: the folder is being made
    std::vector<std::pair<std::string, document_number>> for_whom;
    documents::known_pages made{};
    bool ended = false;
};

template <class Task, class Then>
void document_host::on_disk(Task task, Then then) {
    // What `then` holds, a reply for one, belongs to the loop and ends there, however often the tasks around
    // it are copied.
    disk_->run([alive = self_, loop = &around_.loop, task = std::move(task),
                then = std::make_shared<Then>(std::move(then))]() mutable {
        auto made = task();
        loop->post([alive = std::move(alive), made = std::move(made), then = std::move(then)]() mutable {
            if (*alive != nullptr) (*then)(std::move(made));
        });
    });
}

}  // namespace conf::host
