// The end of a transaction: what was deleted is collected, neighbours are joined, the change is written.
#include "libconf/base/check.hpp"
#include "libconf/crdt/engine.hpp"
#include "libconf/crdt/format_cleaner.hpp"
#include "libconf/crdt/undo.hpp"

#include <algorithm>

namespace conf::crdt {
namespace {

bool can_join(const item* left, const item* right) noexcept {
    if (left->collected() || right->collected()) return left->collected() && right->collected();
    return left->kind == right->kind && is_joinable(left->kind) && left->right == right &&
           right->origin == left->last() && left->right_origin == right->right_origin &&
           left->deleted() == right->deleted() && ((left->flags | right->flags) & item::is_redone) == 0;
}

}  // namespace

void normalise(std::vector<deleted_run>& runs) {
    if (runs.size() < 2) return;
    std::ranges::sort(runs, [](const deleted_run& a, const deleted_run& b) {
        return a.first.client != b.first.client ? a.first.client < b.first.client
                                                : a.first.clock < b.first.clock;
    });
    std::size_t kept = 0;
    for (std::size_t i = 1; i < runs.size(); ++i) {
        auto& last = runs[kept];
        const auto end = last.first.clock + last.length;
        if (last.first.client == runs[i].first.client && runs[i].first.clock <= end) {
            last.length = std::max(end, runs[i].first.clock + runs[i].length) - last.first.clock;
        } else {
            runs[++kept] = runs[i];
        }
    }
    runs.resize(kept + 1);
}

void engine::begin(std::uint64_t origin, bool is_local) {
    check(!now.is_open);
    now.is_open = true;
    now.is_local = is_local;
    now.origin = origin;
    now.clients_before = clients.size();
    now.roots_before = roots.size();
    conflict_steps = 0;
}

std::vector<std::byte> engine::commit(bool wants_update) {
    check(now.is_open);
    std::vector<std::byte> change;
    if (!now.touched.empty() || !now.deleted.empty()) {
        ++version;
        if (!now.is_local && record(self).is_touched) self_is_taken = true;
        normalise(now.deleted);
        for (auto* each : undo_managers) each->after_transaction();
        if (options.clean_formats && !now.is_local) clean_formats(*this);
        if (options.collect) collect_deleted();
        join_around_deleted();
        join_new();
        join_split();
        if (wants_update) change = encode_change();
    } else {
        join_split();
    }
    end();
    return change;
}

void engine::end() {
    for (const auto at : now.touched) record(at).is_touched = false;
    for (auto* each : now.changed) each->is_changed = false;
    now.touched.clear();
    now.deleted.clear();
    now.to_join.clear();
    now.changed.clear();
    now.keys.clear();
    now.is_open = false;
}

void engine::collect_deleted() {
    for (const auto& run : now.deleted) {
        auto& in = record(run.first.client).structs;
        auto where = in.find(run.first.clock);
        do {
            auto* each = in.at(where);
            if (each->id.clock >= run.first.clock + run.length) break;
            if (each->has(item::is_deleted) && !each->has(item::is_kept) && !each->collected())
                collect(each, false);
        } while (in.next(where));
    }
}

void engine::collect(item* of, bool parent_too) {
    if (of->collected()) return;
    if (of->kind == content_kind::type) {
        forget(of->type());
    } else {
        content_bytes -= of->body.size();
    }
    if (of->kind == content_kind::format && !parent_too) index.format_gone(*of->parent, of);
    of->body.clear();
    if (!parent_too) {
        of->kind = content_kind::deleted;
        return;
    }
    if (of->has(item::is_redone)) redone.erase(std::uint64_t{of->id.client} << 32 | of->id.clock);
    of->kind = content_kind::collected;
    of->flags = 0;
    of->origin = {};
    of->right_origin = {};
    of->left = nullptr;
    of->right = nullptr;
    of->parent = nullptr;
    of->leaf = nullptr;
}

void engine::forget(branch* type) {
    for (auto* each = type->start; each;) {
        auto* next = each->right;
        collect(each, true);
        each = next;
    }
    for (const auto& entry : type->entries.entries()) {
        for (auto* each = entry.current; each;) {
            auto* next = each->left;
            collect(each, true);
            each = next;
        }
    }
    index.clear(*type);
    if (type->is_changed) std::erase(now.changed, type);
    branches.erase(type);
    delete type;
}

bool engine::join_with_left(client_record& of, struct_list::place& where) {
    auto before = where;
    if (!of.structs.previous(before)) return false;
    auto* left = of.structs.at(before);
    auto* right = of.structs.at(where);
    if (!can_join(left, right)) return false;
    if (!right->collected()) {
        if (right->has(item::is_entry)) {
            if (right->parent->entries.find(right->key) == right)
                right->parent->entries.set(right->key, left);
        } else {
            index.joined(*right->parent, right);
        }
        left->body.append(right->body.view());
        left->flags |= right->flags & item::is_kept;
        left->right = right->right;
        if (left->right) left->right->left = left;
    }
    left->length += right->length;
    where = of.structs.erase(where);
    items.give_back(right);
    return true;
}

std::uint32_t engine::join_with_lefts(client_record& of, struct_list::place& where) {
    std::uint32_t joined = 0;
    while (join_with_left(of, where)) ++joined;
    return joined;
}

void engine::join_around_deleted() {
    for (auto run = now.deleted.rbegin(); run != now.deleted.rend(); ++run) {
        auto& of = record(run->first.client);
        if (of.is_touched && run->first.clock >= of.state_before) continue;  // joined with all that is new
        auto where = of.structs.find(run->first.clock + run->length - 1);
        static_cast<void>(of.structs.next(where));
        do {
            if (of.structs.at(where)->id.clock < run->first.clock) break;
            join_with_lefts(of, where);
        } while (of.structs.previous(where));
    }
}

void engine::join_new() {
    for (const auto at : now.touched) {
        auto& of = record(at);
        if (of.state == of.state_before) continue;
        auto where = of.structs.last_place();
        do {
            const bool is_last = of.structs.at(where)->id.clock <= of.state_before;
            join_with_lefts(of, where);
            if (is_last) break;
        } while (of.structs.previous(where) && of.structs.at(where)->end() > of.state_before);
    }
}

void engine::join_split() {
    for (auto each = now.to_join.rbegin(); each != now.to_join.rend(); ++each) {
        auto& of = record(each->client);
        auto where = of.structs.find(each->clock);
        auto after = where;
        if (of.structs.next(after) && join_with_lefts(of, after) > 1) continue;
        where = of.structs.find(each->clock);
        join_with_lefts(of, where);
    }
}

}  // namespace conf::crdt
