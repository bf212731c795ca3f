#include "libconf/crdt/undo.hpp"

#include "libconf/base/check.hpp"
#include "libconf/crdt/engine.hpp"

#include <algorithm>
#include <utility>

namespace conf::crdt {
namespace {

/// Neither the item nor what it lies in is collected, or may be again.
void set_kept(item* of, bool kept) {
    while (of && of->has(item::is_kept) != kept) {
        of->flags = static_cast<std::uint8_t>(kept ? of->flags | item::is_kept : of->flags & ~item::is_kept);
        of = of->parent->holder;
    }
}

delete_set both(const delete_set& a, const delete_set& b) {
    std::vector<clock_range> ranges(a.ranges().begin(), a.ranges().end());
    ranges.insert(ranges.end(), b.ranges().begin(), b.ranges().end());
    return delete_set(std::move(ranges));
}

}  // namespace

undo_manager::undo_manager(document& of, std::vector<shared_type> scope, undo_options options)
    : engine_(of.inside()), scope_(std::move(scope)), options_(std::move(options)) {
    engine_.undo_managers.push_back(this);
}

undo_manager::~undo_manager() {
    std::erase(engine_.undo_managers, this);
}

bool undo_manager::is_in_scope(const item* of) const {
    for (; of; of = of->parent->holder) {
        for (const auto& each : scope_) {
            if (of->parent == &each.inside()) return true;
        }
    }
    return false;
}

bool undo_manager::is_deleted_by_steps(const id& unit) const {
    const auto by = [&](const step& each) { return each.deleted.contains(unit); };
    return std::ranges::any_of(undo_, by) || std::ranges::any_of(redo_, by);
}

/// Visits the items in the ranges, split at their ends.
template <class Visit>
void undo_manager::each_item(const delete_set& in, Visit&& visit) {
    std::vector<item*> found;
    for (const auto& range : in.ranges()) {
        const auto client = engine_.find_client(range.client);
        if (client == unit_ref::none) continue;
        const auto state = engine_.record(client).state;
        const auto end = std::min<std::uint64_t>(range.clock + range.length, state);
        for (auto clock = range.clock; clock < end;) {
            auto* each = engine_.clean_start({client, static_cast<std::uint32_t>(clock)});
            if (!each->collected() && each->end() > end)
                static_cast<void>(engine_.clean_start({client, static_cast<std::uint32_t>(end)}));
            clock = each->end();
            if (!each->collected()) found.push_back(each);
        }
    }
    for (auto* each : found) visit(each);
}

void undo_manager::after_transaction() {
    const auto& now = engine_.now;
    if (!is_undoing_ && !is_redoing_ &&
        std::ranges::find(options_.origins, now.origin) == options_.origins.end())
        return;
    const bool concerns = std::ranges::any_of(now.changed, [&](const branch* each) {
        if (std::ranges::any_of(scope_, [&](const shared_type& of) { return &of.inside() == each; }))
            return true;
        return each->holder && is_in_scope(each->holder);
    });
    if (!concerns) return;
    if (is_undoing_) {
        stop_capturing();
    } else if (!is_redoing_) {
        release(redo_);
        redo_.clear();
    }
    step made;
    std::vector<clock_range> inserted;
    for (const auto at : now.touched) {
        const auto& of = engine_.record(at);
        inserted.push_back({of.id, of.state_before, of.state - of.state_before});
    }
    made.inserted = delete_set(std::move(inserted));
    std::vector<clock_range> deleted;
    for (const auto& run : now.deleted)
        deleted.push_back({engine_.record(run.first.client).id, run.first.clock, run.length});
    made.deleted = delete_set(std::move(deleted));

    auto& to = is_undoing_ ? redo_ : undo_;
    const auto this_deleted = made.deleted;
    if (!is_undoing_ && !is_redoing_ && last_change_ && now_ - *last_change_ < options_.capture_time &&
        !to.empty()) {
        to.back() = {both(to.back().inserted, made.inserted), both(to.back().deleted, made.deleted)};
    } else {
        to.push_back(std::move(made));
    }
    if (!is_undoing_ && !is_redoing_) last_change_ = now_;
    each_item(this_deleted, [&](item* each) {
        if (is_in_scope(each)) set_kept(each, true);
    });
}

void undo_manager::release(const std::vector<step>& steps) {
    for (const auto& each : steps) {
        each_item(each.deleted, [&](item* of) {
            if (is_in_scope(of)) set_kept(of, false);
        });
    }
}

void undo_manager::clear() {
    engine_.begin(0, true);
    release(undo_);
    release(redo_);
    undo_.clear();
    redo_.clear();
    engine_.commit(false);
}

std::vector<std::byte> undo_manager::undo() {
    is_undoing_ = true;
    auto update = pop(undo_);
    is_undoing_ = false;
    return update;
}

std::vector<std::byte> undo_manager::redo() {
    is_redoing_ = true;
    auto update = pop(redo_);
    is_redoing_ = false;
    return update;
}

std::vector<std::byte> undo_manager::pop(std::vector<step>& from) {
    engine_.begin(0, true);
    while (!from.empty()) {
        const auto taken = std::move(from.back());
        from.pop_back();
        if (take_back(taken)) break;
    }
    return engine_.commit(true);
}

bool undo_manager::take_back(const step& taken) {
    std::vector<item*> to_delete;
    std::vector<item*> in_order;
    std::unordered_set<item*> to_redo;
    each_item(taken.inserted, [&](item* each) {
        each = follow_redone(each);
        if (!each->deleted() && is_in_scope(each)) to_delete.push_back(each);
    });
    each_item(taken.deleted, [&](item* each) {
        // What was made and deleted within the step comes back with neither.
        if (!is_in_scope(each) || taken.inserted.contains(engine_.wire_id(each->id))) return;
        if (to_redo.insert(each).second) in_order.push_back(each);
    });
    bool changed = false;
    for (auto* each : in_order) changed = redo_item(each, to_redo, taken) != nullptr || changed;
    // Backwards, so that children go before what they lie in.
    for (auto each = to_delete.rbegin(); each != to_delete.rend(); ++each) {
        engine_.delete_item(*each);
        changed = true;
    }
    return changed;
}

item* undo_manager::follow_redone(item* from) {
    while (from->has(item::is_redone)) from = engine_.clean_start(engine_.redone_as(from));
    return from;
}

/// Makes the item again, with a new id, where it stood among what is there now. @return the new one, or null.
item* undo_manager::redo_item(item* gone, const std::unordered_set<item*>& all, const step& taken) {
    if (gone->has(item::is_redone)) return engine_.clean_start(engine_.redone_as(gone));
    auto* holder = gone->parent->holder;
    if (holder && holder->deleted()) {
        // What it lay in comes first, if it comes back at all.
        if (!holder->has(item::is_redone) && (!all.contains(holder) || !redo_item(holder, all, taken)))
            return nullptr;
        holder = follow_redone(holder);
    }
    if (holder && holder->kind != content_kind::type) return nullptr;
    auto* parent = holder ? holder->type() : gone->parent;
    const auto traced = [&](item* each) {
        while (each && each->parent->holder != holder)
            each = each->has(item::is_redone) ? engine_.clean_start(engine_.redone_as(each)) : nullptr;
        return each;
    };
    item* left = nullptr;
    item* right = nullptr;
    const std::string* key = nullptr;
    if (!gone->has(item::is_entry)) {
        for (auto* each = gone->left; each && !left; each = each->left) left = traced(each);
        for (auto* each = gone; each && !right; each = each->right) right = traced(each);
    } else {
        key = gone->key;
        if (gone->right && !options_.over_others) {
            left = gone;
            while (left->right) {
                const auto unit = engine_.wire_id(left->right->id);
                if (!left->right->has(item::is_redone) && !taken.inserted.contains(unit) &&
                    !is_deleted_by_steps(unit))
                    break;
                left = follow_redone(left->right);
            }
            if (left->right) return nullptr;  // somebody else has set it since
        } else {
            left = parent->entries.find(key);
        }
        if (left && left->parent->holder != holder) left = parent->entries.find(key);
    }
    branch* type = nullptr;
    if (gone->kind == content_kind::type) {
        const auto* old = gone->type();
        type = engine_.make_branch(old->kind, old->name ? std::string_view(*old->name) : std::string_view());
    }
    const std::string body(gone->body.view());
    engine_.set_redone(gone, {engine_.self, engine_.record(engine_.self).state});
    auto* made = engine_.insert(left, right, parent, key, gone->kind, gone->length,
                                type ? std::string_view() : std::string_view(body), type);
    set_kept(made, true);
    return made;
}

}  // namespace conf::crdt
