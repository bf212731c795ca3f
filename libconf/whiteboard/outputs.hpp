/// What boards made in one turn: messages, what is to be kept, what the host has to do, and what replays
/// need.
#pragma once

#include "libconf/room/outputs.hpp"
#include "libconf/whiteboard/messages.hpp"
#include "libconf/whiteboard/requests.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace conf::boards {

/// Bytes of one binary WebSocket message, made once for all its receivers.
using shared_frame = std::shared_ptr<const std::string>;
/// Connections; the same list for every frame until somebody comes or goes.
using audience = std::shared_ptr<const std::vector<connection_id>>;

enum class lane : std::uint8_t {
    kept,     ///< behind the records of this turn, in the order of all that is kept
    at_once,  ///< waits for nothing: in the order of these; may overtake what is kept
    loose,    ///< as `at_once`, and left out for a connection that is slow
};

struct outgoing {
    audience to;
    connection_id but = 0;  ///< of `to`, who does not get it; 0: all do
    lane by = lane::kept;
    std::variant<message, shared_frame> what;  ///< JSON text, or bytes
};

/// What the host does and answers itself by a message with that id: `document_made` with its path,
/// `exported`, or a `failure`.
struct upload_wish {
    connection_id connection = 0;
    std::uint64_t request = 0;
    document_number document = 0;
    participant_id owner{};
    std::string name{};
    std::uint64_t bytes = 0;
};
struct export_wish {
    connection_id connection = 0;
    std::uint64_t request = 0;
    document_export what{};
    participant_id by{};
};
/// The files of that document are of no use any more, and what still works on it stops.
struct document_end {
    document_number document = 0;
};
using wish = std::variant<upload_wish, export_wish, document_end>;

/// One line of the event log, where `settings::log` wants it: with the server's time and in the order of
/// happening. Frames are those of the protocol; so a player needs nothing but a client's reducer.
struct happening {
    wall_time at{};
    std::variant<message, shared_frame> what;
};

/// Reused from turn to turn; the whiteboard only appends, the shell takes and clears.
struct outputs {
    std::vector<outgoing> messages;
    std::vector<rooms::record> records;
    std::vector<wish> wishes;
    std::vector<happening> log;

    void clear() noexcept {
        messages.clear();
        records.clear();
        wishes.clear();
        log.clear();
    }
};

}  // namespace conf::boards
