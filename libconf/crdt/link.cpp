// Where a new item stands among concurrent ones (YATA), and taking it out again.
#include "libconf/base/check.hpp"
#include "libconf/crdt/engine.hpp"

#include <algorithm>
#include <unordered_map>

namespace conf::crdt {
namespace {

/// The items that one scan has passed, by the order in which it did. Few as a rule, so they are searched one
/// by one at first.
class passed_items {
public:
    explicit passed_items(std::vector<const item*>& room) : order_(room) { order_.clear(); }

    void add(const item* passed) {
        if (!places_.empty()) places_.emplace(passed, order_.size());
        order_.push_back(passed);
    }
    [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }
    [[nodiscard]] std::optional<std::size_t> find(const item* wanted) {
        if (order_.size() < searched_max) {
            const auto found = std::ranges::find(order_, wanted);
            if (found == order_.end()) return std::nullopt;
            return static_cast<std::size_t>(found - order_.begin());
        }
        if (places_.empty()) {
            for (std::size_t i = 0; i < order_.size(); ++i) places_.emplace(order_[i], i);
        }
        const auto found = places_.find(wanted);
        if (found == places_.end()) return std::nullopt;
        return found->second;
    }

private:
    static constexpr std::size_t searched_max = 32;

    std::vector<const item*>& order_;
    std::unordered_map<const item*, std::size_t> places_;
};

bool contains(const item* in, unit_ref unit) noexcept {
    return in->id.client == unit.client && in->id.clock <= unit.clock && unit.clock < in->end();
}

}  // namespace

/// Moves `added->left` to where the item belongs among those that were inserted at the same place.
std::optional<crdt_errc> engine::find_place(item* added) {
    item* left = added->left;
    item* each = left ? left->right : added->parent->start;
    if (!left && added->has(item::is_entry)) {
        each = added->parent->entries.find(added->key);
        while (each && each->left) {
            each = each->left;
            if (++conflict_steps > options.within.conflict_steps_max) return crdt_errc::too_many_conflicts;
        }
    }
    const auto own = record(added->id.client).id;
    passed_items passed(scanned_);
    std::size_t conflicting = 0;  // those passed from here on compete for the place
    for (; each && each != added->right; each = each->right) {
        if (++conflict_steps > options.within.conflict_steps_max) return crdt_errc::too_many_conflicts;
        passed.add(each);
        if (each->origin == added->origin) {
            if (record(each->id.client).id < own) {
                left = each;
                conflicting = passed.size();
            } else if (each->right_origin == added->right_origin) {
                break;  // the same place exactly: the lower client id stands left
            }
            continue;
        }
        if (!each->origin) break;
        // Mostly what it was typed behind stands right before it.
        const auto* before =
            each->left && contains(each->left, each->origin) ? each->left : find(each->origin);
        const auto at = passed.find(before);
        if (!at) break;
        if (*at < conflicting) {
            left = each;
            conflicting = passed.size();
        }
    }
    added->left = left;
    return std::nullopt;
}

std::optional<crdt_errc> engine::link(item* added) {
    auto* parent = added->parent;
    const bool is_entry = added->has(item::is_entry);
    if (added->kind == content_kind::type) {
        added->type()->depth = static_cast<std::uint16_t>(parent->depth + 1);
        if (added->type()->depth > options.within.type_depth_max) return crdt_errc::too_deep;
    }
    const bool is_contended =
        added->left ? added->left->right != added->right : !added->right || added->right->left != nullptr;
    if (is_contended) {
        if (const auto why = find_place(added)) return why;
    }
    if (added->left) {
        added->right = added->left->right;
        added->left->right = added;
    } else if (is_entry) {
        added->right = parent->entries.find(added->key);
        while (added->right && added->right->left) added->right = added->right->left;
    } else {
        added->right = parent->start;
        parent->start = added;
    }
    if (added->right) added->right->left = added;
    if (!is_entry) index.inserted(*parent, added);
    content_bytes += added->kind == content_kind::type ? 0 : added->body.size();
    append(added);
    if (is_entry && !added->right) {
        parent->entries.set(added->key, added);
        if (added->left) delete_item(added->left);  // the value before
    }
    if (added->kind == content_kind::deleted) {
        added->flags |= item::is_deleted;
        mark_deleted(added);
    } else if (added->kind == content_kind::type) {
        added->type()->holder = added;
    } else if (added->kind == content_kind::format) {
        parent->has_formats = true;
    }
    mark_changed(parent);
    // Nobody sees what lies in something deleted, or a value that another one follows already.
    if ((parent->holder && parent->holder->deleted()) || (is_entry && added->right)) delete_item(added);
    return std::nullopt;
}

void engine::append(item* added) {
    auto& of = record(added->id.client);
    touch(of);
    of.structs.push_back(added);
    of.state = added->end();
}

void engine::unlink(item* gone) {
    if (gone->collected()) return;
    auto* parent = gone->parent;
    if (gone->has(item::is_entry)) {
        if (parent->entries.find(gone->key) == gone) {
            if (gone->left) {
                parent->entries.set(gone->key, gone->left);
            } else {
                parent->entries.erase(gone->key);
            }
        }
    } else {
        index.erased(*parent, gone);
        if (parent->start == gone) parent->start = gone->right;
    }
    if (gone->left) gone->left->right = gone->right;
    if (gone->right) gone->right->left = gone->left;
}

void engine::roll_back() {
    std::vector<item*> gone;
    for (const auto at : now.touched) {
        auto& of = record(at);
        while (of.state > of.state_before) {
            auto* last = of.structs.last();
            // What was appended to an item that stays is cut off first.
            if (last->id.clock < of.state_before) {
                auto where = of.structs.last_place();
                last = split(last, of.state_before - last->id.clock, where);
            }
            unlink(last);
            of.structs.erase(of.structs.last_place());
            of.state = last->id.clock;
            gone.push_back(last);
        }
    }
    for (const auto& run : now.deleted) {
        auto& of = record(run.first.client);
        for (auto clock = run.first.clock; clock < run.first.clock + run.length && clock < of.state;) {
            auto* back = find({run.first.client, clock});
            if (!back->collected() && back->has(item::is_deleted)) {
                back->flags = static_cast<std::uint8_t>(back->flags & ~item::is_deleted);
                if (!back->has(item::is_entry)) index.changed(*back->parent, back, back->visible());
            }
            clock = back->end();
        }
    }
    for (auto* each : gone) {
        if (each->kind == content_kind::type) {
            auto* type = each->type();
            if (type->is_changed) std::erase(now.changed, type);
            index.clear(*type);
            branches.erase(type);
            delete type;
        } else {
            content_bytes -= each->body.size();
        }
        items.give_back(each);
    }
    std::erase_if(now.to_join, [&](unit_ref each) { return each.clock >= record(each.client).state; });
    join_split();
    forget_new_names();
    end();
}

/// Clients, roots and keys that only the refused update named: else whoever sends such updates could fill the
/// tables.
void engine::forget_new_names() {
    while (clients.size() > now.clients_before) {
        client_places.erase(hash_of(clients.back()->id), clients.back()->id);
        clients.pop_back();
    }
    std::erase_if(now.touched, [&](std::uint32_t at) { return at >= clients.size(); });
    while (roots.size() > now.roots_before) {
        auto* root = roots.back().second;
        if (root->is_changed) std::erase(now.changed, root);
        root_places.erase(*roots.back().first);
        branches.erase(root);
        delete root;
        roots.pop_back();
    }
    for (const auto* key : now.keys) keys.erase(*key);
    last_client_ = 0;
    last_key_ = nullptr;
    last_root_ = nullptr;
}

}  // namespace conf::crdt
