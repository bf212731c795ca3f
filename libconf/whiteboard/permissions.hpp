/// The one table of who may draw, change and steer what.
#pragma once

#include "libconf/whiteboard/requests.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace conf::boards {

enum class rule : std::uint8_t {
    never,
    draws,         ///< a viewer whom the mode lets draw; not on a locked page
    draws_own,     ///< and the shape is his own
    unlocked,      ///< not on a locked page
    unlocked_own,  ///< and the shape is his own
    points,        ///< a viewer where cursors are shown, or who draws
    always,
};

/// The rows of the protocol's section 9.
enum class act : std::uint8_t { put, patch, remove, lock_shape, own_work, clear_others, point, steer };
inline constexpr std::size_t act_count = 8;

struct permission {
    std::string_view name;
    std::array<rule, rooms::role_count> by_role{};  ///< viewer, presenter, moderator
    bool minds_shape_lock = false;                  ///< a locked shape is not to be had, by nobody
};
/// In the order of `act`.
[[nodiscard]] std::span<const permission, act_count> permissions() noexcept;

enum class verdict : std::uint8_t { yes, no_right, locked };

struct circumstances {
    rooms::role acts_as = rooms::role::viewer;
    draw_mode mode = draw_mode::presenter;
    bool listed = false;  ///< among the writers
    bool cursors = true;  ///< of viewers are shown
    bool own = true;      ///< the shape is the sender's
    bool page_locked = false;
    bool shape_locked = false;
};
[[nodiscard]] verdict may(act what, const circumstances& where) noexcept;

/// What a request by JSON needs.
struct request_rule {
    std::string_view type;  ///< as it stands in messages
    std::optional<act> needs{};
    bool kept = false;   ///< changes what is kept: not done while the store does not work
    bool opened = true;  ///< only after `board.open`
};
/// In the order of `request_body`.
[[nodiscard]] std::span<const request_rule, request_count> request_rules() noexcept;
[[nodiscard]] const request_rule& rule_of(const request_body& what) noexcept;

}  // namespace conf::boards
