#include "libconf/crdt/format_cleaner.hpp"

#include "libconf/crdt/engine.hpp"
#include "libconf/crdt/text_edit.hpp"

#include <algorithm>

namespace conf::crdt {
namespace {

bool is_gap(const item* of) noexcept {
    return of->deleted() || !of->countable();
}

bool is_live_format(const item* of) noexcept {
    return !of->deleted() && of->kind == content_kind::format;
}

/// In the gap around a deleted item, of several formats of one key only the last one counts.
void clean_gap_without_context(engine& in, item* at) {
    while (at && at->right && is_gap(at->right)) at = at->right;
    std::vector<std::string> seen;
    for (; at && is_gap(at); at = at->left) {
        if (!is_live_format(at)) continue;
        std::string key(read_format(at->body.view()).key);
        if (std::ranges::find(seen, key) != seen.end()) {
            in.delete_item(at);
        } else {
            seen.push_back(std::move(key));
        }
    }
}

void clean_text(engine& in, branch* of) {
    auto* start = of->start;
    attributes at_start;
    attributes now;
    for (auto* end = of->start; end; end = end->right) {
        if (end->deleted()) continue;
        if (end->kind == content_kind::format) {
            const auto [key, value] = format_of(*end);
            update_attributes(now, key, value);
        } else {
            clean_gap(in, start, end, at_start, now);
            at_start = now;
            start = end;
        }
    }
}

bool is_cleaned(const branch* of) noexcept {
    return of->kind == type_kind::text || of->kind == type_kind::xml_text || of->kind == type_kind::unknown;
}

}  // namespace

void clean_gap(engine& in, item* start, const item* until, const attributes& at_start, attributes& now) {
    std::vector<std::pair<std::string_view, const item*>> last;  // format of each key
    const item* end = start;
    for (; end && is_gap(end); end = end->right) {
        if (!is_live_format(end)) continue;
        const auto key = read_format(end->body.view()).key;
        const auto found = std::ranges::find(last, key, &std::pair<std::string_view, const item*>::first);
        if (found == last.end()) {
            last.emplace_back(key, end);
        } else {
            found->second = end;
        }
    }
    bool reached = false;
    for (; start != end; start = start->right) {
        if (start == until) reached = true;
        if (!is_live_format(start)) continue;
        const auto [key, value] = format_of(*start);
        const auto& before = value_in(at_start, key);
        const auto lasting = std::ranges::find(last, key, &std::pair<std::string_view, const item*>::first);
        if (lasting->second != start || identical(before, value)) {
            // It is overwritten, or says what held anyway.
            in.delete_item(start);
            if (!reached && identical(value_in(now, key), value) && !identical(before, value))
                update_attributes(now, key, before);
        }
        if (!reached && !start->deleted()) update_attributes(now, key, value);
    }
}

void clean_formats(engine& in) {
    const bool any_text = std::ranges::any_of(
        in.now.changed, [](const branch* each) { return each->has_formats && is_cleaned(each); });
    if (!any_text) return;
    std::vector<branch*> whole;
    const auto add = [&](branch* of) {
        if (std::ranges::find(whole, of) == whole.end()) whole.push_back(of);
    };
    for (const auto at : in.now.touched) {
        auto& of = in.record(at);
        if (of.state == of.state_before) continue;
        auto where = of.structs.find(of.state_before);
        do {
            const auto* each = of.structs.at(where);
            if (!each->collected() && is_live_format(each)) add(each->parent);
        } while (of.structs.next(where));
    }
    std::vector<item*> gaps;
    for (const auto& run : in.now.deleted) {
        auto& of = in.record(run.first.client).structs;
        auto where = of.find(run.first.clock);
        do {
            auto* each = of.at(where);
            if (each->id.clock >= run.first.clock + run.length) break;
            if (each->collected() || !each->parent->has_formats) continue;
            if (each->kind == content_kind::format) {
                add(each->parent);
            } else {
                gaps.push_back(each);
            }
        } while (of.next(where));
    }
    for (auto* each : gaps) {
        if (std::ranges::find(whole, each->parent) == whole.end()) clean_gap_without_context(in, each);
    }
    for (auto* each : whole) clean_text(in, each);
    normalise(in.now.deleted);
}

}  // namespace conf::crdt
