/// All that goes over a client's connection: requests, and here what the server says, one struct for each
/// answer and event.
#pragma once

#include "libconf/base/big_variant.hpp"
#include "libconf/room/requests.hpp"
#include "libconf/room/types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace conf::rooms {

// Answers.
struct done {
    friend bool operator==(const done&, const done&) = default;
};
struct failure {
    error_code code{};
    std::string text{};   ///< for people who write clients
    std::string field{};  ///< empty: none
    std::vector<std::uint32_t> versions{};
    std::optional<std::uint32_t> retry_after_seconds{};

    friend bool operator==(const failure&, const failure&) = default;
};
/// `ok` of hello: what is seen through the door.
struct door_opened {
    struct known {
        std::string name{};
        role acts_as{};

        friend bool operator==(const known&, const known&) = default;
    };
    std::uint32_t version = 1;
    std::string room{};
    std::string title{};
    bool lobby = false;
    std::size_t people = 0;
    std::optional<std::vector<std::string>> names{};
    std::optional<known> you{};

    friend bool operator==(const door_opened&, const door_opened&) = default;
};
/// An answer to join and resume; without an id the end of waiting.
struct welcome {
    struct transports {
        bool publish = false;
        bool receive = false;

        friend bool operator==(const transports&, const transports&) = default;
    };
    participant_id you{};
    std::string resume{};
    room_info room{};
    std::vector<person_info> people{};
    std::optional<std::vector<guest_info>> waiting{};  ///< to moderators
    std::vector<chat_message> messages{};
    bool more_messages = false;
    bool media = false;
    ice_credentials ice{};
    std::optional<participant_id> speaker{};
    wall_time now{};
    std::optional<transports> resumed{};  ///< and what is still there

    friend bool operator==(const welcome&, const welcome&) = default;
};
struct waiting {
    std::optional<std::string> text{};
    std::string resume{};

    friend bool operator==(const waiting&, const waiting&) = default;
};
struct chat_sent {
    message_id message{};
    wall_time at{};

    friend bool operator==(const chat_sent&, const chat_sent&) = default;
};
struct chat_page {
    std::vector<chat_message> messages{};
    bool more = false;

    friend bool operator==(const chat_page&, const chat_page&) = default;
};
struct ice_given {
    ice_credentials ice{};

    friend bool operator==(const ice_given&, const ice_given&) = default;
};
/// What opens the pads of the room, for this person and until then.
struct pads_given {
    std::string token{};
    wall_time expires{};

    friend bool operator==(const pads_given&, const pads_given&) = default;
};
struct published {
    std::string sdp{};

    friend bool operator==(const published&, const published&) = default;
};

// Events.
struct door {
    std::size_t people = 0;
    std::optional<std::vector<std::string>> names{};

    friend bool operator==(const door&, const door&) = default;
};
struct waiting_message {
    std::string text{};

    friend bool operator==(const waiting_message&, const waiting_message&) = default;
};
struct person_joined {
    person_info person{};

    friend bool operator==(const person_joined&, const person_joined&) = default;
};
/// Those fields that changed.
struct person_changed {
    struct raised {
        std::optional<wall_time> since{};  ///< nothing: it went down

        friend bool operator==(const raised&, const raised&) = default;
    };
    participant_id id{};
    std::optional<std::string> name{};
    std::optional<role> acts_as{};
    std::optional<bool> here{};
    std::optional<bool> microphone{};
    std::optional<bool> camera{};
    std::optional<bool> screen{};
    std::optional<bool> screen_audio{};
    std::optional<raised> hand{};
    std::optional<bool> away{};

    friend bool operator==(const person_changed&, const person_changed&) = default;
};
struct person_left {
    participant_id id{};
    departure why{};

    friend bool operator==(const person_left&, const person_left&) = default;
};
struct room_changed {
    std::optional<std::string> title{};
    std::optional<bool> lobby{};
    std::optional<locks> locked{};

    friend bool operator==(const room_changed&, const room_changed&) = default;
};
struct waiting_joined {
    guest_info guest{};

    friend bool operator==(const waiting_joined&, const waiting_joined&) = default;
};
struct waiting_left {
    participant_id id{};

    friend bool operator==(const waiting_left&, const waiting_left&) = default;
};
struct muted {
    source what{};
    std::optional<participant_id> by{};  ///< nothing: a lock

    friend bool operator==(const muted&, const muted&) = default;
};
struct unmute_asked {
    participant_id by{};

    friend bool operator==(const unmute_asked&, const unmute_asked&) = default;
};
struct speaker {
    participant_id id{};

    friend bool operator==(const speaker&, const speaker&) = default;
};
struct reaction {
    participant_id id{};
    std::string emoji{};

    friend bool operator==(const reaction&, const reaction&) = default;
};
struct chat_came {
    chat_message message{};

    friend bool operator==(const chat_came&, const chat_came&) = default;
};
struct chat_changed {
    chat_message message{};

    friend bool operator==(const chat_changed&, const chat_changed&) = default;
};
struct typing {
    participant_id id{};
    bool on = false;
    std::optional<participant_id> to{};

    friend bool operator==(const typing&, const typing&) = default;
};
struct ice_renewed {
    ice_credentials ice{};

    friend bool operator==(const ice_renewed&, const ice_renewed&) = default;
};
struct receive_offer {
    std::uint32_t number = 0;
    std::string sdp{};
    std::vector<track_info> tracks{};

    friend bool operator==(const receive_offer&, const receive_offer&) = default;
};
struct receive_tracks {
    std::vector<track_info> tracks{};

    friend bool operator==(const receive_tracks&, const receive_tracks&) = default;
};
struct publish_ended {
    std::string why{};

    friend bool operator==(const publish_ended&, const publish_ended&) = default;
};
struct receive_ended {
    std::string why{};

    friend bool operator==(const receive_ended&, const receive_ended&) = default;
};
struct restarting {
    friend bool operator==(const restarting&, const restarting&) = default;
};

using any_message =
    std::variant<done, failure, door_opened, welcome, waiting, chat_sent, chat_page, ice_given, pads_given,
                 published, door, waiting_message, person_joined, person_changed, person_left, room_changed,
                 waiting_joined, waiting_left, muted, unmute_asked, speaker, reaction, chat_came,
                 chat_changed, typing, ice_renewed, receive_offer, receive_tracks, publish_ended,
                 receive_ended, restarting>;
using message_body = big_variant<any_message>;
inline constexpr std::size_t message_count = std::variant_size_v<any_message>;

struct message {
    std::optional<std::uint64_t> id{};  ///< of the request that it answers; nothing: an event
    message_body what;

    friend bool operator==(const message&, const message&) = default;
};

}  // namespace conf::rooms

extern template class conf::big_variant<conf::rooms::any_message>;
