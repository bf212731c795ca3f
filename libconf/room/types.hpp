/// The words of a room: who somebody is, what he sends, what is locked, and why something was refused.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The plural, because `conf::room` is the public class.
namespace conf::rooms {

/// The shell's number for one client's connection; never used twice.
using connection_id = std::uint64_t;
/// Clients compare them and do nothing else with them.
using participant_id = std::string;
using message_id = std::string;
/// From whom the program's own messages are; nobody else can be called so.
inline constexpr std::string_view program_id = "program";
/// Since 1970, UTC: for people and for what is kept. No timer runs on it but over a restart.
using wall_time = std::chrono::milliseconds;

enum class role : std::uint8_t { viewer, presenter, moderator };
inline constexpr std::size_t role_count = 3;
enum class source : std::uint8_t { microphone, camera, screen, screen_audio };
inline constexpr std::size_t source_count = 4;
enum class departure : std::uint8_t { left, removed, banned, lost, hidden };

/// The order is the protocol's table.
enum class error_code : std::uint8_t {
    bad_message,
    unknown_type,
    version,
    not_joined,
    already_joined,
    unknown_room,
    bad_token,
    expired_token,
    forbidden,
    unknown_participant,
    unknown_message,
    room_full,
    server_full,
    banned,
    refused,
    rate,
    bad_sdp,
    no_media,
    not_saved,
    gone,
    not_open,
    unknown_document,
    unknown_page,
    limit,
    bad_file,
    not_ready,
    not_made,
};
inline constexpr std::size_t error_code_count = 27;

/// As they stand in messages.
[[nodiscard]] std::string_view name_of(role which) noexcept;
[[nodiscard]] std::string_view name_of(source which) noexcept;
[[nodiscard]] std::string_view name_of(departure which) noexcept;
[[nodiscard]] std::string_view name_of(error_code which) noexcept;
[[nodiscard]] std::optional<role> role_named(std::string_view name) noexcept;
[[nodiscard]] std::optional<source> source_named(std::string_view name) noexcept;

/// What viewers may not do.
struct locks {
    bool microphone = false;
    bool camera = false;
    bool screen = true;
    bool chat = false;
    bool private_chat = false;
    bool people = false;  ///< viewers do not see each other

    friend bool operator==(const locks&, const locks&) = default;
};

struct lock_changes {
    std::optional<bool> microphone{};
    std::optional<bool> camera{};
    std::optional<bool> screen{};
    std::optional<bool> chat{};
    std::optional<bool> private_chat{};
    std::optional<bool> people{};

    friend bool operator==(const lock_changes&, const lock_changes&) = default;
};

/// ROOM of the protocol.
struct room_info {
    std::string name{};
    std::string title{};
    wall_time started{};
    bool lobby = false;
    locks locked{};

    friend bool operator==(const room_info&, const room_info&) = default;
};

/// PERSON of the protocol.
struct person_info {
    participant_id id{};
    std::string name{};
    role acts_as = role::viewer;
    wall_time joined{};
    bool here = true;
    bool guest = true;
    bool microphone = false;
    bool camera = false;
    bool screen = false;
    bool screen_audio = false;
    std::optional<wall_time> hand{};
    bool away = false;

    friend bool operator==(const person_info&, const person_info&) = default;
};

/// GUEST of the protocol: somebody in the waiting room.
struct guest_info {
    participant_id id{};
    std::string name{};
    wall_time since{};

    friend bool operator==(const guest_info&, const guest_info&) = default;
};

/// MESSAGE of the protocol.
struct chat_message {
    message_id id{};
    participant_id from{};
    std::string name{};
    std::string text{};
    wall_time at{};
    std::optional<participant_id> to{};  ///< private
    std::optional<message_id> reply_to{};
    std::optional<wall_time> edited{};
    bool deleted = false;
    std::map<std::string, std::vector<participant_id>> reactions{};  ///< by emoji, in the order of reacting
    std::optional<std::string> key{};                                ///< only where its sender reads it

    friend bool operator==(const chat_message&, const chat_message&) = default;
};

struct ice_server {
    std::vector<std::string> urls{};
    std::string username{};
    std::string credential{};

    friend bool operator==(const ice_server&, const ice_server&) = default;
};

struct ice_credentials {
    std::vector<ice_server> servers{};
    std::optional<wall_time> expires{};

    friend bool operator==(const ice_credentials&, const ice_credentials&) = default;
};

/// One entry of TRACKS: what a section of the receiving transport carries now.
struct track_info {
    std::string mid{};
    participant_id participant{};
    source what{};

    friend bool operator==(const track_info&, const track_info&) = default;
};

}  // namespace conf::rooms
