/// What the boards of a room are told when they begin.
#pragma once

#include "libconf/room/settings.hpp"
#include "libconf/whiteboard/limits.hpp"
#include "libconf/whiteboard/types.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace conf::boards {

using rooms::moment;

struct settings {
    draw_mode mode = draw_mode::presenter;
    std::size_t shapes_per_page = shapes_per_page_max;
    std::size_t documents = documents_max;
    std::size_t pages_per_document = pages_per_document_max;
    std::size_t authors = authors_max;
    std::size_t log_records = log_records_max;
    std::size_t log_bytes = log_bytes_max;
    bool log = false;  ///< fill `outputs::log`

    /// A token for paths of this room's files. Empty: none. Called during a turn; must not call the
    /// whiteboard.
    std::function<std::string(const participant_id&)> token{};
    /// Whether that is an asset of this room. Empty: none is. As above.
    std::function<bool(const std::string&)> has_asset{};
};

/// Who asks: what the room knows of him now.
struct person {
    participant_id id{};
    std::string name{};
    rooms::role acts_as = rooms::role::viewer;
};

}  // namespace conf::boards
