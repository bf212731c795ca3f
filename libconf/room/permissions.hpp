/// The one table of who may ask for what, and when.
#pragma once

#include "libconf/room/requests.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace conf::rooms {

enum class rule : std::uint8_t {
    never,
    own,                ///< what is one's own
    own_unless_locked,  ///< and the lock has to be open besides
    unless_locked,
    always,
};

/// Where a connection stands. Bits, because some requests fit several.
namespace place {
inline constexpr std::uint8_t fresh = 1;    ///< has not said `hello`
inline constexpr std::uint8_t outside = 2;  ///< looks through the door
inline constexpr std::uint8_t waiting = 4;
inline constexpr std::uint8_t inside = 8;
}  // namespace place

/// Which bucket a request is taken from, besides the one for all.
enum class pace : std::uint8_t { general, chat, gesture };

struct permission {
    std::string_view type;  ///< as it stands in messages
    std::uint8_t places = 0;
    std::array<rule, role_count> by_role{};  ///< viewer, presenter, moderator; of those who are in
    pace speed = pace::general;
    bool kept = false;  ///< changes what is kept: not done while the store does not work
};

/// In the order of `request_body`.
[[nodiscard]] std::span<const permission, request_count> permissions() noexcept;
[[nodiscard]] const permission& permission_of(const request_body& what) noexcept;

enum class verdict : std::uint8_t { yes, wrong_role, locked, not_own };

struct circumstances {
    role acts_as = role::viewer;
    locks locked{};
    bool own = true;          ///< the message is the sender's
    bool is_private = false;  ///< of chat: it has one reader
    bool to_moderator = false;
};

/// Of somebody who is in.
[[nodiscard]] verdict may(const request_body& what, const circumstances& where) noexcept;
/// Whether a viewer may have that source on.
[[nodiscard]] bool is_locked(source what, const locks& locked) noexcept;

}  // namespace conf::rooms
