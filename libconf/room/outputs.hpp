/// What a meeting made in one turn: messages, what is to be kept, what media have to do, and news.
#pragma once

#include "libconf/base/big_variant.hpp"
#include "libconf/room/messages.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace conf::rooms {

/// One message to many: the shell encodes it once.
struct outgoing {
    std::vector<connection_id> to;
    message what;
};

/// The connection ends behind all messages of this turn. The meeting has forgotten it already.
struct closing {
    connection_id connection = 0;
    std::uint16_t code = 0;
    std::string reason;
};

enum class record_kind : std::uint8_t {
    room = 1,
    person,
    ban,
    chat,
    reactions,
    ticket,
    // Of boards and documents, which are a core of their own.
    board,
    board_document,
    board_author,
    board_bucket,
    board_undo,
    board_log,
    document = 32,  ///< of `documents::shelf`, not of the meeting
};

/// Replaces what is kept under (kind, key); an empty value takes it away. The shell commits the records of a
/// turn together, before it sends the turn's messages: `ok` means kept.
struct record {
    record_kind kind{};
    std::string key;    ///< at most 200 bytes
    std::string value;  ///< bytes that only the meeting understands

    friend bool operator==(const record&, const record&) = default;
};

/// What the media part is asked for and answers itself, by message or by `handle_media_ended`.
struct media_request {
    participant_id participant;
    connection_id connection = 0;
    /// 0: nobody waits for an answer. So a `view` comes again when what a person may see has changed.
    std::uint64_t request = 0;
    std::variant<publish, view, receive_answer, receive_restart, receive_reset> what;
};

/// Whether what arrives of a source goes on to others.
struct forwarding {
    participant_id participant;
    source what{};
    bool on = false;

    friend bool operator==(const forwarding&, const forwarding&) = default;
};

/// These transports have to go.
struct transport_end {
    participant_id participant;
    bool publish = true;
    bool receive = true;

    friend bool operator==(const transport_end&, const transport_end&) = default;
};

// News for the embedder.
struct came_in {
    person_info person;
    bool again = false;  ///< after the place was lost

    friend bool operator==(const came_in&, const came_in&) = default;
};
struct went_away {
    participant_id id;
    std::string name;
    departure why{};

    friend bool operator==(const went_away&, const went_away&) = default;
};
struct lost_connection {
    participant_id id;

    friend bool operator==(const lost_connection&, const lost_connection&) = default;
};
struct came_back {
    participant_id id;

    friend bool operator==(const came_back&, const came_back&) = default;
};
struct renamed {
    participant_id id;
    std::string name;

    friend bool operator==(const renamed&, const renamed&) = default;
};
struct got_role {
    participant_id id;
    role acts_as{};

    friend bool operator==(const got_role&, const got_role&) = default;
};
struct raised_hand {
    participant_id id;
    bool up = false;

    friend bool operator==(const raised_hand&, const raised_hand&) = default;
};
struct switched_source {
    participant_id id;
    source what{};
    bool on = false;

    friend bool operator==(const switched_source&, const switched_source&) = default;
};
struct asked_to_enter {
    guest_info guest;

    friend bool operator==(const asked_to_enter&, const asked_to_enter&) = default;
};
struct wrote {
    chat_message message;

    friend bool operator==(const wrote&, const wrote&) = default;
};
struct room_set {
    room_info room;

    friend bool operator==(const room_set&, const room_set&) = default;
};
/// By a moderator or by the program, or because everybody was gone for long enough.
struct meeting_ended {
    friend bool operator==(const meeting_ended&, const meeting_ended&) = default;
};

using any_event = std::variant<came_in, went_away, lost_connection, came_back, renamed, got_role, raised_hand,
                               switched_source, asked_to_enter, wrote, room_set, meeting_ended>;
using event = big_variant<any_event>;

/// Reused from turn to turn; a meeting only appends, the shell takes and clears. To one connection: records,
/// then messages in their order, then closings.
struct outputs {
    std::vector<outgoing> messages;
    std::vector<closing> closings;
    std::vector<record> records;
    std::vector<media_request> media;
    std::vector<forwarding> forwards;
    std::vector<transport_end> ends;
    std::vector<event> events;

    void clear() noexcept {
        messages.clear();
        closings.clear();
        records.clear();
        media.clear();
        forwards.clear();
        ends.clear();
        events.clear();
    }
};

}  // namespace conf::rooms

extern template class conf::big_variant<conf::rooms::any_event>;
