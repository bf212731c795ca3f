/// How much one room takes on, and for how long; each has a test at the limit and one above it.
#pragma once

#include <chrono>
#include <cstddef>

namespace conf::rooms {

/// Of names of people and titles of rooms, in bytes.
inline constexpr std::size_t name_bytes_max = 256;
inline constexpr std::size_t chat_characters_max = 5000;
/// Of the sender's own key of a message, and of every id.
inline constexpr std::size_t key_characters_max = 64;
inline constexpr std::size_t id_characters_max = 64;
inline constexpr std::size_t emoji_bytes_max = 32;
inline constexpr std::size_t lobby_message_characters_max = 500;
inline constexpr std::size_t locale_characters_max = 35;  // RFC 5646 §4.4.1
inline constexpr std::size_t client_characters_max = 128;
inline constexpr std::size_t device_characters_max = 64;
inline constexpr std::size_t token_characters_max = 8192;
inline constexpr std::size_t sdp_bytes_max = 1 << 20;
inline constexpr std::size_t mid_characters_max = 16;
inline constexpr std::size_t sources_per_offer_max = 4;
inline constexpr std::size_t versions_max = 16;
inline constexpr std::size_t views_max = 100;
inline constexpr std::size_t picture_height_max = 65535;

inline constexpr std::size_t reaction_kinds_per_message_max = 20;
/// Of one kind on one message.
inline constexpr std::size_t reactions_per_kind_max = 500;
inline constexpr std::size_t welcome_messages = 100;
inline constexpr std::size_t history_messages_max = 200;
inline constexpr std::size_t history_messages_default = 100;
inline constexpr std::size_t door_names_max = 4;
inline constexpr std::size_t bans_max = 1000;
/// Of invitations with a count, used and not expired.
inline constexpr std::size_t tickets_max = 10'000;
inline constexpr std::size_t ban_keys_per_person_max = 8;
inline constexpr std::size_t ban_key_bytes_max = 256;
/// People who are neither in nor waiting, but whose resume token is still good.
inline constexpr std::size_t remembered_people_max = 2000;

/// A place is kept for so long without a connection (REL-ICE-2).
inline constexpr std::chrono::seconds place_time{60};
inline constexpr std::chrono::hours resume_time{24};
inline constexpr std::chrono::seconds hello_time{10};
inline constexpr std::chrono::minutes join_time{10};
inline constexpr std::chrono::seconds typing_time{6};
/// The door tells of many who come in at once together.
inline constexpr std::chrono::milliseconds door_pause{500};
/// Fresh ICE credentials come after such a part of the old ones' life.
inline constexpr int ice_life_part = 2;

/// SEC-WS-4, per connection.
inline constexpr std::size_t requests_per_second = 50;
inline constexpr std::size_t requests_burst = 200;
inline constexpr std::size_t chats_per_second = 5;
inline constexpr std::size_t chats_burst = 20;
inline constexpr std::size_t gestures_per_second =
    5;  ///< reactions, hand, away and name: and as many at once
inline constexpr std::size_t bad_requests_max = 100;
inline constexpr std::chrono::seconds bad_requests_time{10};

}  // namespace conf::rooms
