/// Which units of an item can be seen, now or at a snapshot.
#pragma once

#include "libconf/crdt/engine.hpp"
#include "libconf/crdt/state.hpp"
#include "libconf/crdt/utf8.hpp"

#include <algorithm>
#include <string>

namespace conf::crdt {

/// The first unit of it can be seen; for items of one unit.
[[nodiscard]] inline bool is_visible(const engine& in, const item& of, const snapshot* at) {
    return at ? at->shows(in.wire_id(of.id)) : !of.deleted();
}

/// Calls `visit(from, to, seen)` for each run of units that a snapshot shows or does not show.
template <class Visit>
void each_run_at(const engine& in, const item& of, const snapshot& at, Visit&& visit) {
    const auto first = in.wire_id(of.id);
    const auto known = at.known.clock_of(first.client);
    const auto end = static_cast<std::uint32_t>(
        known <= first.clock ? 0 : std::min<std::uint64_t>(of.length, known - first.clock));
    std::uint32_t from = 0;
    for (const auto& range : at.deleted.of(first.client)) {
        if (range.clock + range.length <= first.clock) continue;
        if (range.clock >= first.clock + end) break;
        const auto begin =
            static_cast<std::uint32_t>(range.clock > first.clock ? range.clock - first.clock : 0);
        const auto stop = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(end, range.clock + range.length - first.clock));
        if (begin > from) visit(from, begin, true);
        visit(begin, stop, false);
        from = stop;
    }
    if (from < end) visit(from, end, true);
    if (end < of.length) visit(end, of.length, false);
}

/// Calls `visit(from, to)` for each run of units of it that can be seen.
template <class Visit>
void each_visible(const engine& in, const item& of, const snapshot* at, Visit&& visit) {
    if (!at) {
        if (!of.deleted() && of.countable()) visit(0, of.length);
        return;
    }
    if (!of.countable()) return;
    each_run_at(in, of, *at, [&](std::uint32_t from, std::uint32_t to, bool seen) {
        if (seen) visit(from, to);
    });
}

/// Calls `visit(from, to, was_seen, is_seen)` for each run that one of two snapshots shows.
template <class Visit>
void each_difference(const engine& in, const item& of, const snapshot& before, const snapshot& now,
                     Visit&& visit) {
    each_run_at(in, of, before, [&](std::uint32_t from, std::uint32_t to, bool was) {
        each_run_at(in, of, now, [&](std::uint32_t begin, std::uint32_t end, bool is) {
            begin = std::max(begin, from);
            end = std::min(end, to);
            if (begin < end && (was || is)) visit(begin, end, was, is);
        });
    });
}

/// A part of a text item, with U+FFFD for the halves of characters at its ends.
[[nodiscard]] inline std::string text_between(const item& of, std::uint32_t from, std::uint32_t to) {
    const auto body = of.body.view();
    if (from == 0 && to == of.length) return std::string(body);
    const auto begin = cut_content(content_kind::text, body, of.length, from);
    std::string made(begin.divides ? replacement : std::string_view());
    if (to == of.length) return made.append(body.substr(begin.right_begin));
    const auto end = cut_content(content_kind::text, body, of.length, to);
    made.append(body.substr(begin.right_begin, end.left_bytes - begin.right_begin));
    if (end.divides) made.append(replacement);
    return made;
}

}  // namespace conf::crdt
