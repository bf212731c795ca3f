#include "libconf/room/types.hpp"

#include <algorithm>
#include <array>

namespace conf::rooms {
namespace {

constexpr std::array<std::string_view, role_count> roles{"viewer", "presenter", "moderator"};
constexpr std::array<std::string_view, source_count> sources{"microphone", "camera", "screen",
                                                             "screen_audio"};
constexpr std::array<std::string_view, 5> departures{"left", "removed", "banned", "lost", "hidden"};
constexpr std::array<std::string_view, error_code_count> errors{
    "bad_message",     "unknown_type",
    "version",         "not_joined",
    "already_joined",  "unknown_room",
    "bad_token",       "expired_token",
    "forbidden",       "unknown_participant",
    "unknown_message", "room_full",
    "server_full",     "banned",
    "refused",         "rate",
    "bad_sdp",         "no_media",
    "not_saved",       "gone",
    "not_open",        "unknown_document",
    "unknown_page",    "limit",
    "bad_file",        "not_ready",
    "not_made",
};

template <class Enum, std::size_t Count>
std::optional<Enum> find_name(const std::array<std::string_view, Count>& names, std::string_view name) {
    const auto* const found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view name_of(role which) noexcept {
    return roles[static_cast<std::size_t>(which)];
}
std::string_view name_of(source which) noexcept {
    return sources[static_cast<std::size_t>(which)];
}
std::string_view name_of(departure which) noexcept {
    return departures[static_cast<std::size_t>(which)];
}
std::string_view name_of(error_code which) noexcept {
    return errors[static_cast<std::size_t>(which)];
}

std::optional<role> role_named(std::string_view name) noexcept {
    return find_name<role>(roles, name);
}
std::optional<source> source_named(std::string_view name) noexcept {
    return find_name<source>(sources, name);
}

}  // namespace conf::rooms
