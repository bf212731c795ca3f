/// What a client may ask for: one struct for each request of the protocol.
#pragma once

#include "libconf/base/big_variant.hpp"
#include "libconf/room/types.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace conf::rooms {

// Entering.
struct hello {
    std::vector<std::uint32_t> versions{};
    std::optional<std::string> token{};
    std::optional<std::string> client{};
    std::optional<std::string> device{};  ///< chosen by the client for all its visits; only bans look at it

    friend bool operator==(const hello&, const hello&) = default;
};
struct join {
    std::string name{};
    bool microphone = false;
    bool camera = false;
    std::optional<std::string> locale{};

    friend bool operator==(const join&, const join&) = default;
};
struct resume {
    std::vector<std::uint32_t> versions{};
    std::string token{};
    bool publish = false;  ///< whether the client still has that transport
    bool receive = false;

    friend bool operator==(const resume&, const resume&) = default;
};

// What people do.
struct leave {
    friend bool operator==(const leave&, const leave&) = default;
};
struct set_media {
    source what{};
    bool on = false;

    friend bool operator==(const set_media&, const set_media&) = default;
};
struct set_name {
    std::string name{};

    friend bool operator==(const set_name&, const set_name&) = default;
};
struct set_hand {
    bool up = false;

    friend bool operator==(const set_hand&, const set_hand&) = default;
};
struct lower_hands {
    std::optional<participant_id> participant{};

    friend bool operator==(const lower_hands&, const lower_hands&) = default;
};
struct react {
    std::string emoji{};

    friend bool operator==(const react&, const react&) = default;
};
struct set_away {
    bool on = false;

    friend bool operator==(const set_away&, const set_away&) = default;
};
struct mute {
    std::optional<participant_id> participant{};
    source what = source::microphone;

    friend bool operator==(const mute&, const mute&) = default;
};
struct ask_unmute {
    participant_id participant{};

    friend bool operator==(const ask_unmute&, const ask_unmute&) = default;
};
struct set_role {
    participant_id participant{};
    role acts_as{};

    friend bool operator==(const set_role&, const set_role&) = default;
};
struct remove_person {
    participant_id participant{};
    bool ban = false;

    friend bool operator==(const remove_person&, const remove_person&) = default;
};
struct end_meeting {
    friend bool operator==(const end_meeting&, const end_meeting&) = default;
};
struct set_locks {
    lock_changes changes{};

    friend bool operator==(const set_locks&, const set_locks&) = default;
};
struct set_room {
    std::optional<std::string> title{};
    std::optional<bool> lobby{};

    friend bool operator==(const set_room&, const set_room&) = default;
};
struct admit {
    std::optional<participant_id> participant{};

    friend bool operator==(const admit&, const admit&) = default;
};
struct refuse {
    participant_id participant{};

    friend bool operator==(const refuse&, const refuse&) = default;
};
struct set_lobby_message {
    std::string text{};

    friend bool operator==(const set_lobby_message&, const set_lobby_message&) = default;
};
struct fresh_ice {
    friend bool operator==(const fresh_ice&, const fresh_ice&) = default;
};

struct ask_pads {
    friend bool operator==(const ask_pads&, const ask_pads&) = default;
};

// Chat.
struct chat_send {
    std::string text{};
    std::string key{};
    std::optional<participant_id> to{};
    std::optional<message_id> reply_to{};

    friend bool operator==(const chat_send&, const chat_send&) = default;
};
struct chat_edit {
    message_id message{};
    std::string text{};

    friend bool operator==(const chat_edit&, const chat_edit&) = default;
};
struct chat_delete {
    message_id message{};

    friend bool operator==(const chat_delete&, const chat_delete&) = default;
};
struct chat_react {
    message_id message{};
    std::string emoji{};
    bool on = false;

    friend bool operator==(const chat_react&, const chat_react&) = default;
};
struct chat_typing {
    bool on = false;
    std::optional<participant_id> to{};

    friend bool operator==(const chat_typing&, const chat_typing&) = default;
};
struct chat_history {
    message_id before{};
    std::size_t limit = 0;

    friend bool operator==(const chat_history&, const chat_history&) = default;
};

// Media: the shell answers these.
struct publish {
    std::string sdp{};
    std::map<std::string, source> sources{};  ///< by mid

    friend bool operator==(const publish&, const publish&) = default;
};
struct wish {
    participant_id participant{};
    source what{};
    std::uint32_t height = 0;  ///< 0: the largest layer there is

    friend bool operator==(const wish&, const wish&) = default;
};
struct view {
    std::vector<wish> videos{};

    friend bool operator==(const view&, const view&) = default;
};
struct receive_answer {
    std::uint32_t number = 0;
    std::string sdp{};

    friend bool operator==(const receive_answer&, const receive_answer&) = default;
};
struct receive_restart {
    friend bool operator==(const receive_restart&, const receive_restart&) = default;
};
struct receive_reset {
    friend bool operator==(const receive_reset&, const receive_reset&) = default;
};

/// The order is the one of the table of permissions.
using any_request =
    std::variant<hello, join, resume, leave, set_media, set_name, set_hand, lower_hands, react, set_away,
                 mute, ask_unmute, set_role, remove_person, end_meeting, set_locks, set_room, admit, refuse,
                 set_lobby_message, fresh_ice, ask_pads, chat_send, chat_edit, chat_delete, chat_react,
                 chat_typing, chat_history, publish, view, receive_answer, receive_restart, receive_reset>;
using request_body = big_variant<any_request>;
inline constexpr std::size_t request_count = std::variant_size_v<any_request>;

struct request {
    std::uint64_t id = 0;
    request_body what;

    friend bool operator==(const request&, const request&) = default;
};

}  // namespace conf::rooms

extern template class conf::big_variant<conf::rooms::any_request>;
