#include "libconf/whiteboard/permissions.hpp"

namespace conf::boards {
namespace {

constexpr bool minds_shape_lock = true;

constexpr std::array<permission, act_count> act_table{{
    {"put", {rule::draws, rule::unlocked, rule::always}},
    {"patch", {rule::draws_own, rule::unlocked_own, rule::always}, minds_shape_lock},
    {"remove", {rule::draws_own, rule::unlocked, rule::always}, minds_shape_lock},
    {"lock_shape", {rule::draws_own, rule::unlocked_own, rule::always}},
    {"own_work", {rule::draws, rule::unlocked, rule::always}},
    {"clear_others", {rule::never, rule::unlocked, rule::always}},
    {"point", {rule::points, rule::always, rule::always}},
    {"steer", {rule::never, rule::always, rule::always}},
}};

constexpr bool is_kept = true;

// Whether a number names a document or page is looked at by the function of the request; so is what `clear`
// needs besides, and `cancel`, which a document's owner may always.
constexpr std::array<request_rule, request_count> request_table{{
    {"board.open", {}, false, false},
    {"board.close", {}},
    {"board.look", {}},
    {"board.stage", act::steer, is_kept},
    {"board.rules", act::steer, is_kept},
    {"board.writer", act::steer, is_kept},
    {"board.lock", act::steer, is_kept},
    {"board.clear", {}, is_kept},
    {"board.undo", act::own_work, is_kept},
    {"board.redo", act::own_work, is_kept},
    {"board.import", act::own_work, is_kept},
    {"page.add", act::steer, is_kept},
    {"page.remove", act::steer, is_kept},
    {"page.move", act::steer, is_kept},
    {"document.add", act::steer, is_kept},
    {"document.upload", act::steer, is_kept},
    {"document.cancel", {}, is_kept},
    {"document.title", act::steer, is_kept},
    {"document.downloadable", act::steer, is_kept},
    {"document.move", act::steer, is_kept},
    {"document.remove", act::steer, is_kept},
    {"document.export", {}},
}};

bool mode_lets_draw(const circumstances& where) noexcept {
    return where.mode == draw_mode::everybody || (where.mode == draw_mode::writers && where.listed);
}

}  // namespace

std::span<const permission, act_count> permissions() noexcept {
    return act_table;
}

verdict may(act what, const circumstances& where) noexcept {
    const auto& row = act_table[static_cast<std::size_t>(what)];
    const auto by = row.by_role[static_cast<std::size_t>(where.acts_as)];
    const bool on_locked_page = where.page_locked && by != rule::points && by != rule::always;
    const bool has_right = [&] {
        switch (by) {
            case rule::never: return false;
            case rule::draws: return mode_lets_draw(where);
            case rule::draws_own: return mode_lets_draw(where) && where.own;
            case rule::unlocked_own: return where.own;
            case rule::points: return where.cursors || mode_lets_draw(where);
            case rule::unlocked:
            case rule::always: break;
        }
        return true;
    }();
    if (!has_right) return verdict::no_right;
    if (on_locked_page || (row.minds_shape_lock && where.shape_locked)) return verdict::locked;
    return verdict::yes;
}

std::span<const request_rule, request_count> request_rules() noexcept {
    return request_table;
}

const request_rule& rule_of(const request_body& what) noexcept {
    return request_table[what.index()];
}

}  // namespace conf::boards
