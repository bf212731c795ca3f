#include "libconf/crdt/engine.hpp"

#include "libconf/base/check.hpp"
#include "libconf/crdt/utf8.hpp"

#include <algorithm>

namespace conf::crdt {

engine::engine(document_options chosen) : options(std::move(chosen)) {
    self = client_at(options.client);
}

engine::~engine() {
    for (auto* each : branches) {
        index.clear(*each);
        delete each;
    }
}

std::uint32_t engine::find_client(client_id client) const noexcept {
    // Mostly it is the one that was asked for last.
    if (last_client_ < clients.size() && clients[last_client_]->id == client) return last_client_;
    const auto* found = client_places.find(hash_of(client), client);
    if (!found) return unit_ref::none;
    return last_client_ = *found;
}

std::uint32_t engine::client_at(client_id client) {
    const auto found = find_client(client);
    if (found != unit_ref::none) return found;
    const auto made = static_cast<std::uint32_t>(clients.size());
    clients.push_back(std::make_unique<client_record>());
    clients.back()->id = client;
    client_places.insert(hash_of(client), client, made);
    return made;
}

unit_ref engine::known(const id& unit) const noexcept {
    const auto client = find_client(unit.client);
    if (client == unit_ref::none || unit.clock >= clients[client]->state) return {};
    return {client, static_cast<std::uint32_t>(unit.clock)};
}

item* engine::find(unit_ref unit) const noexcept {
    const auto& in = clients[unit.client]->structs;
    return in.at(in.find(unit.clock));
}

item* engine::clean_start(unit_ref unit) {
    auto& in = clients[unit.client]->structs;
    auto where = in.find(unit.clock);
    auto* found = in.at(where);
    if (found->id.clock == unit.clock || found->collected()) return found;
    return split(found, unit.clock - found->id.clock, where);
}

item* engine::clean_end(unit_ref unit) {
    auto& in = clients[unit.client]->structs;
    auto where = in.find(unit.clock);
    auto* found = in.at(where);
    if (unit.clock + 1 != found->end() && !found->collected())
        split(found, unit.clock + 1 - found->id.clock, where);
    return found;
}

item* engine::split(item* of, std::uint32_t offset, struct_list::place& where) {
    auto* made = items.make();
    made->id = {of->id.client, of->id.clock + offset};
    made->length = of->length - offset;
    made->kind = of->kind;
    made->flags = of->flags;
    made->origin = {of->id.client, of->id.clock + offset - 1};
    made->right_origin = of->right_origin;  // the left part keeps it, too: peers would differ otherwise
    made->left = of;
    made->right = of->right;
    made->parent = of->parent;
    const auto body = of->body.view();
    const auto cut = cut_content(of->kind, body, of->length, offset);
    if (cut.divides) made->body.append(replacement);
    made->body.append(body.substr(cut.right_begin));
    of->body.truncate(cut.left_bytes);
    if (cut.divides) {
        of->body.append(replacement);
        content_bytes += 2;  // six bytes where there were four
    }
    of->length = offset;
    of->right = made;
    if (made->right) made->right->left = made;
    if (of->has(item::is_redone)) {
        const auto as = redone_as(of);
        set_redone(made, {as.client, as.clock + offset});
    }
    if (of->has(item::is_entry)) {
        made->key = of->key;
        if (!made->right) made->parent->entries.set(made->key, made);
    } else {
        index.split(*made->parent, made);
    }
    where = clients[made->id.client]->structs.insert_after(where, made);
    now.to_join.push_back(made->id);
    return made;
}

const std::string* engine::intern(std::string_view key) {
    // Documents know few keys and use them all the time; the one before is a good guess.
    if (last_key_ && *last_key_ == key) return last_key_;
    const auto [found, is_new] = keys.emplace(key);
    if (is_new && now.is_open) now.keys.push_back(&*found);
    return last_key_ = &*found;
}

branch* engine::make_branch(type_kind kind, std::string_view name) {
    auto made = std::make_unique<branch>();
    made->kind = kind;
    if (has_name(kind)) made->name = intern(name);
    return *branches.insert(made.release()).first;
}

branch* engine::find_root(std::string_view name) const noexcept {
    const auto found = root_places.find(name);
    return found == root_places.end() ? nullptr : found->second;
}

branch* engine::root(std::string_view name) {
    if (last_root_ && *last_root_->name == name) return last_root_;
    auto* found = find_root(name);
    if (!found) {
        found = make_branch(type_kind::unknown, {});
        found->name = intern(name);
        roots.emplace_back(found->name, found);
        root_places.emplace(*found->name, found);
    }
    return last_root_ = found;
}

void engine::touch(client_record& of) {
    if (of.is_touched) return;
    of.is_touched = true;
    of.state_before = of.state;
    now.touched.push_back(client_at(of.id));
}

void engine::mark_changed(branch* type) {
    if (type->is_changed) return;
    // What this transaction made, or what is gone, nobody has to look at.
    if (const auto* holder = type->holder) {
        const auto& by = record(holder->id.client);
        if (holder->deleted() || (by.is_touched && holder->id.clock >= by.state_before)) return;
    }
    type->is_changed = true;
    now.changed.push_back(type);
}

void engine::mark_deleted(const item* gone) {
    if (!now.deleted.empty()) {
        auto& last = now.deleted.back();
        if (last.first.client == gone->id.client && last.first.clock + last.length == gone->id.clock) {
            last.length += gone->length;
            return;
        }
    }
    now.deleted.push_back({gone->id, gone->length});
}

void engine::delete_item(item* first) {
    // A list of what is left to do instead of recursion: how deep types lie in each other is up to the peers.
    std::vector<item*> more;
    for (auto* each = first; each;) {
        if (!each->deleted()) {
            if (!each->has(item::is_entry))
                index.changed(*each->parent, each, -std::int64_t{each->visible()});
            each->flags |= item::is_deleted;
            mark_deleted(each);
            mark_changed(each->parent);
            if (each->kind == content_kind::type) {
                auto* type = each->type();
                const auto take = [&](item* child) {
                    const auto& by = record(child->id.client);
                    if (!child->deleted()) {
                        more.push_back(child);
                    } else if (!by.is_touched || child->id.clock < by.state_before) {
                        now.to_join.push_back(child->id);  // it will be collected, and can be joined then
                    }
                };
                for (auto* child = type->start; child; child = child->right) take(child);
                for (const auto& entry : type->entries.entries()) take(entry.current);
            }
        }
        each = more.empty() ? nullptr : more.back();
        if (each) more.pop_back();
    }
}

unit_ref engine::redone_as(const item* of) const noexcept {
    const auto found = redone.find(std::uint64_t{of->id.client} << 32 | of->id.clock);
    return found == redone.end() ? unit_ref() : found->second;
}

void engine::set_redone(item* of, unit_ref as) {
    of->flags |= item::is_redone;
    redone[std::uint64_t{of->id.client} << 32 | of->id.clock] = as;
}

item* engine::insert(item* left, item* right, branch* parent, const std::string* key, content_kind kind,
                     std::uint32_t length, std::string_view body, branch* type) {
    auto& own = record(self);
    auto* made = items.make();
    made->id = {self, own.state};
    made->length = length;
    made->kind = kind;
    made->left = left;
    made->right = right;
    if (left) made->origin = left->last();
    if (right) made->right_origin = right->id;
    made->parent = parent;
    if (key) {
        made->flags |= item::is_entry;
        made->key = key;
    }
    if (type) {
        made->hold(type);
    } else {
        made->body.append(body);
    }
    check(!link(made));  // our own edits stay far under the limits
    return made;
}

}  // namespace conf::crdt
