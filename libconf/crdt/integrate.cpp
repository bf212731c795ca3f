// Applying an update: what is ready goes into the document, the rest waits for what it refers to.
#include "libconf/base/check.hpp"
#include "libconf/crdt/engine.hpp"
#include "libconf/crdt/utf8.hpp"

#include <algorithm>

namespace conf::crdt {
namespace {

/// What a pending struct costs beside its bytes: the node, its place in the map and in a heap.
constexpr std::size_t pending_node_bytes = sizeof(pending_struct) + 64;

std::size_t cost_of(const parsed_struct& of) noexcept {
    return pending_node_bytes + of.root.size() + of.key.size() + of.body.size();
}

/// A unit with a client that may be new to the document.
unit_ref make_ref(engine& in, client_id client, std::uint32_t clock) {
    return {in.client_at(client), clock};
}

}  // namespace

/// One update on its way into a document.
class integrator {
public:
    integrator(engine& into, const update& from) : in_(into), from_(from), room_(into.room) {
        room_.cursors.assign(from.blocks().size(), {});
        room_.blocked.clear();
        room_.advanced.clear();
    }

    result<void> structs() {
        if (auto fits = check_limits(); !fits) return fits;
        const auto blocks = from_.blocks();
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            room_.cursors[i].next = blocks[i].begin;
            in_.record(in_.client_at(blocks[i].client)).block_in_update = static_cast<std::uint32_t>(i + 1);
        }
        std::optional<crdt_errc> why;
        for (std::size_t i = 0; i < blocks.size() && !why; ++i) why = run(i);
        for (const auto& block : blocks) in_.record(in_.client_at(block.client)).block_in_update = 0;
        if (!why) why = pending_over();
        if (why) return *why;
        return {};
    }

    /// What could not be integrated is kept, and what waited for what came is integrated.
    void settle() {
        for (const auto& [at, first] : room_.blocked) {
            const auto& block = from_.blocks()[at];
            for (auto i = first; i < block.end; ++i) keep(from_.structs()[i]);
            examine(in_.client_at(block.client));
        }
        deletes();
        in_.conflict_steps = 0;  // the update that brings the missing piece does not pay for what waited
        // Others may refer to what we have made since the last update, as after a restart from an old state.
        room_.advanced.push_back(in_.self);
        wake();
        for (std::size_t i = 0; i < in_.now.touched.size(); ++i) pending_deletes(in_.now.touched[i]);
        pending_deletes(in_.self);
    }

private:
    result<void> check_limits() {
        const auto& within = in_.options.within;
        if (in_.items.size() + in_.pending_count + from_.structs().size() > within.structs_max)
            return crdt_errc::too_many_structs;
        if (in_.content_bytes + from_.data().size() > within.content_bytes_max) return crdt_errc::too_large;
        if (!clients_fit()) return crdt_errc::too_many_clients;
        return {};
    }

    /// Only counted where it could be too many: as many clients as structs and ranges can name.
    bool clients_fit() {
        const auto max = in_.options.within.clients_max;
        const auto named = from_.structs().size() * 3 + from_.deleted().size();
        if (in_.clients.size() + named <= max) return true;
        std::vector<client_id> added;
        const auto name = [&](bool is_named, client_id client) {
            if (is_named && in_.find_client(client) == unit_ref::none) added.push_back(client);
        };
        for (const auto& each : from_.structs()) {
            name(true, each.client);
            name(each.has_origin, each.origin_client);
            name(each.has_right_origin || each.parent == parent_kind::item, each.right_client);
        }
        for (const auto& each : from_.deleted()) name(true, each.client);
        std::ranges::sort(added);
        const auto repeated = std::ranges::unique(added);
        return in_.clients.size() + added.size() - repeated.size() <= max;
    }

    std::optional<crdt_errc> pending_over() {
        std::size_t bytes = in_.pending_bytes;
        for (const auto& [at, first] : room_.blocked) {
            for (auto i = first; i < from_.blocks()[at].end; ++i) bytes += cost_of(from_.structs()[i]);
        }
        for (const auto& each : from_.deleted()) {
            const auto client = in_.find_client(each.client);
            if (client == unit_ref::none || each.clock + each.length > in_.record(client).state)
                bytes += pending_range_bytes;
        }
        if (bytes > in_.options.within.pending_bytes_max) return crdt_errc::too_much_pending;
        return std::nullopt;
    }

    /// Integrates a block; where it needs another one of this update, that one first.
    std::optional<crdt_errc> run(std::size_t first) {
        room_.stack.assign(1, first);
        while (!room_.stack.empty()) {
            const auto at = room_.stack.back();
            auto& cursor = room_.cursors[at];
            cursor.is_on_stack = true;
            if (cursor.is_done || cursor.next == from_.blocks()[at].end) {
                cursor.is_done = true;
                room_.stack.pop_back();
                continue;
            }
            const auto& next = from_.structs()[cursor.next];
            if (next.kind == content_kind::skip ||
                next.end() <= in_.record(in_.client_at(next.client)).state) {
                ++cursor.next;
                continue;
            }
            const auto lacks = missing(next);
            if (!lacks) {
                if (const auto why = integrate(next)) return why;
                ++cursor.next;
                continue;
            }
            const auto other = in_.record(lacks.client).block_in_update;
            if (other != 0 && !room_.cursors[other - 1].is_on_stack && !room_.cursors[other - 1].is_done) {
                room_.stack.push_back(other - 1);
                continue;
            }
            room_.blocked.emplace_back(at, cursor.next);
            cursor.is_done = true;
            room_.stack.pop_back();
        }
        return std::nullopt;
    }

    /// The first unit that it refers to and that is not there; none where it is ready.
    unit_ref missing(const parsed_struct& of) {
        const auto own = in_.client_at(of.client);
        if (of.clock > in_.record(own).state) return {own, of.clock - 1};
        if (of.has_origin && of.origin_client != of.client) {
            const auto origin = make_ref(in_, of.origin_client, of.origin_clock);
            if (!in_.is_known(origin)) return origin;
        }
        if ((of.has_right_origin || of.parent == parent_kind::item) && of.right_client != of.client) {
            const auto right = make_ref(in_, of.right_client, of.right_clock);
            if (!in_.is_known(right)) return right;
        }
        return {};
    }

    /// Typing on behind what one typed before is most of what happens: it makes the item longer, as joining
    /// would do at the end.
    bool extends_last(const parsed_struct& of, client_record& by) {
        if (of.kind != content_kind::text || !of.has_origin || of.origin_client != of.client ||
            of.origin_clock + 1 != of.clock || of.clock != by.state)
            return false;
        auto* last = by.structs.last();
        if (last->kind != content_kind::text || last->flags != 0) return false;
        if (of.has_right_origin != static_cast<bool>(last->right_origin)) return false;
        if (of.has_right_origin) {
            if (in_.record(last->right_origin.client).id != of.right_client ||
                last->right_origin.clock != of.right_clock || !last->right ||
                last->right->id != last->right_origin)
                return false;
        } else if (last->right) {
            return false;
        }
        const auto* holder = last->parent->holder;
        if (holder && holder->deleted()) return false;
        in_.touch(by);
        last->body.append(of.body);
        last->length += of.length;
        by.state += of.length;
        in_.content_bytes += of.body.size();
        in_.index.changed(*last->parent, last, of.length);
        in_.mark_changed(last->parent);
        return true;
    }

    std::optional<crdt_errc> integrate(const parsed_struct& of) {
        const auto own = in_.client_at(of.client);
        auto& by = in_.record(own);
        if (!extends_last(of, by)) {
            if (const auto why = integrate_item(of, own, by.state - of.clock)) return why;
        }
        if ((!by.waiting_here.empty() || by.lacks.client == own) &&
            (room_.advanced.empty() || room_.advanced.back() != own))
            room_.advanced.push_back(own);
        return std::nullopt;
    }

    std::optional<crdt_errc> integrate_item(const parsed_struct& of, std::uint32_t own,
                                            std::uint32_t offset) {
        auto* made = in_.items.make();
        made->id = {own, of.clock + offset};
        made->length = of.length - offset;
        made->kind = of.kind;
        if (!of.is_item() || !find_parent(of, *made, offset)) {
            made->kind = content_kind::collected;
            made->flags = 0;
            made->left = nullptr;
            made->right = nullptr;
            made->parent = nullptr;
            made->leaf = nullptr;
            made->origin = {};
            made->right_origin = {};
            in_.append(made);
            return std::nullopt;
        }
        if (of.kind == content_kind::type) {
            made->hold(in_.make_branch(of.type, of.body));
        } else {
            const auto cut = cut_content(of.kind, of.body, of.length, offset);
            if (cut.divides) made->body.append(replacement);
            made->body.append(of.body.substr(cut.right_begin));
        }
        const auto why = in_.link(made);
        if (!why) return std::nullopt;
        if (made->kind == content_kind::type) {
            in_.branches.erase(made->type());
            delete made->type();
        }
        in_.items.give_back(made);
        return why;
    }

    /// Finds its neighbours and the type that they lie in; false where that is collected.
    bool find_parent(const parsed_struct& of, item& made, std::uint32_t offset) {
        if (of.has_origin) {
            made.origin = make_ref(in_, of.origin_client, of.origin_clock);
            made.left = in_.clean_end(made.origin);
        }
        if (of.has_right_origin) {
            made.right_origin = make_ref(in_, of.right_client, of.right_clock);
            // In the order in which it was typed the one stands right behind the other.
            auto* const next = made.left ? made.left->right : nullptr;
            made.right = next && next->id == made.right_origin ? next : in_.clean_start(made.right_origin);
        }
        if (offset > 0) {
            made.origin = {made.id.client, made.id.clock - 1};
            made.left = in_.clean_end(made.origin);
        }
        if ((made.left && made.left->collected()) || (made.right && made.right->collected())) return false;
        const std::string* key = nullptr;
        if (const auto* beside = made.left ? made.left : made.right) {
            made.parent = beside->parent;
            if (beside->has(item::is_entry)) key = beside->key;
        } else if (of.parent == parent_kind::root) {
            made.parent = in_.root(of.root);
        } else {
            const auto* holder = in_.find(make_ref(in_, of.right_client, of.right_clock));
            if (holder->kind != content_kind::type) return false;
            made.parent = holder->type();
        }
        if (!made.left && !made.right && of.has_key) key = in_.intern(of.key);
        if (key) {
            made.flags |= item::is_entry;
            made.key = key;
        }
        return true;
    }

    // What waits.

    void keep(const parsed_struct& of) {
        if (of.kind == content_kind::skip) return;
        auto& by = in_.record(in_.client_at(of.client));
        auto found = by.pending.lower_bound(of.clock);
        if (found != by.pending.end() && found->first == of.clock) {
            if (found->second.of.length >= of.length) return;
            drop(by, found++);
        }
        const auto added = place(by, found, of.clock);
        auto& kept = added->second;
        kept.bytes.reserve(of.root.size() + of.key.size() + of.body.size());
        kept.bytes.assign(of.root).append(of.key).append(of.body);
        const std::string_view held(kept.bytes);
        kept.of = of;
        kept.of.root = held.substr(0, of.root.size());
        kept.of.key = held.substr(of.root.size(), of.key.size());
        kept.of.body = held.substr(of.root.size() + of.key.size());
        in_.pending_bytes += cost_of(of);
        ++in_.pending_count;
    }

    void drop(client_record& by, pending_structs::iterator gone) {
        in_.pending_bytes -= cost_of(gone->second.of);
        --in_.pending_count;
        if (room_.spare.size() < spare_max && gone->second.bytes.capacity() < spare_bytes_max) {
            room_.spare.push_back(by.pending.extract(gone));
        } else {
            by.pending.erase(gone);
        }
    }

    /// A node for the clock, of those that are left over if there are.
    pending_structs::iterator place(client_record& by, pending_structs::iterator hint, std::uint32_t clock) {
        if (room_.spare.empty()) return by.pending.emplace_hint(hint, clock, pending_struct());
        auto node = std::move(room_.spare.back());
        room_.spare.pop_back();
        node.key() = clock;
        return by.pending.insert(hint, std::move(node));
    }

    /// Integrates the client's pending structs as far as that goes, and notes what the next one lacks.
    void examine(std::uint32_t client) {
        auto& by = in_.record(client);
        while (!by.pending.empty()) {
            const auto first = by.pending.begin();
            const auto& of = first->second.of;
            if (of.end() > by.state) {
                const auto lacks = missing(of);
                if (lacks) {
                    if (lacks == by.lacks) return;
                    by.lacks = lacks;
                    if (lacks.client == client) return;  // a gap: looked at when its own structs come
                    auto& heap = in_.record(lacks.client).waiting_here;
                    heap.emplace_back(lacks.clock, client);
                    std::ranges::push_heap(heap, std::greater{});
                    return;
                }
                if (integrate(of)) {
                    // Over a limit: it and what follows is not kept. A peer that has it sends it again.
                    while (!by.pending.empty()) drop(by, by.pending.begin());
                    break;
                }
            }
            drop(by, first);
        }
        by.lacks = {};
    }

    void wake() {
        while (!room_.advanced.empty()) {
            auto& of = in_.record(room_.advanced.back());
            const auto client = room_.advanced.back();
            room_.advanced.pop_back();
            if (of.lacks.client == client && of.lacks.clock < of.state) {
                of.lacks = {};
                examine(client);
            }
            while (!of.waiting_here.empty() && of.waiting_here.front().first < of.state) {
                std::ranges::pop_heap(of.waiting_here, std::greater{});
                const auto [clock, waiting] = of.waiting_here.back();
                of.waiting_here.pop_back();
                auto& by = in_.record(waiting);
                if (by.lacks != unit_ref{client, clock}) continue;  // it lacks something else by now
                by.lacks = {};
                examine(waiting);
            }
        }
    }

    void deletes() {
        for (const auto& each : from_.deleted()) {
            auto& of = in_.record(in_.client_at(each.client));
            const auto begin = static_cast<std::uint32_t>(each.clock);
            const auto end = static_cast<std::uint32_t>(each.clock + each.length);
            if (begin < of.state) in_.delete_range(of, begin, std::min(end, of.state));
            if (end > of.state) keep_delete(of, std::max(begin, of.state), end);
        }
    }

    void keep_delete(client_record& of, std::uint32_t begin, std::uint32_t end) {
        auto after = of.pending_deletes.upper_bound(begin);
        if (after != of.pending_deletes.begin() && std::prev(after)->second >= begin) {
            --after;
            begin = after->first;
        }
        while (after != of.pending_deletes.end() && after->first <= end) {
            end = std::max(end, after->second);
            after = of.pending_deletes.erase(after);
            in_.pending_bytes -= pending_range_bytes;
        }
        of.pending_deletes.emplace_hint(after, begin, end);
        in_.pending_bytes += pending_range_bytes;
    }

    void pending_deletes(std::uint32_t client) {
        auto& of = in_.record(client);
        while (!of.pending_deletes.empty() && of.pending_deletes.begin()->first < of.state) {
            const auto [begin, end] = *of.pending_deletes.begin();
            of.pending_deletes.erase(of.pending_deletes.begin());
            in_.pending_bytes -= pending_range_bytes;
            in_.delete_range(of, begin, std::min(end, of.state));
            if (end > of.state) keep_delete(of, of.state, end);
        }
    }

    static constexpr std::size_t pending_range_bytes = 64;
    static constexpr std::size_t spare_max = 1024;
    static constexpr std::size_t spare_bytes_max = 64;

    engine& in_;
    const update& from_;
    integration_room& room_;
};

void engine::delete_range(client_record& of, std::uint32_t from, std::uint32_t to) {
    auto where = of.structs.find(from);
    auto* first = of.structs.at(where);
    if (!first->deleted() && first->id.clock < from) split(first, from - first->id.clock, where);
    do {
        auto* each = of.structs.at(where);
        if (each->id.clock >= to) return;
        if (each->deleted()) continue;
        if (to < each->end()) {
            auto right = where;
            split(each, to - each->id.clock, right);
            delete_item(each);
            return;
        }
        delete_item(each);
    } while (of.structs.next(where));
}

result<std::vector<std::byte>> engine::apply(const update& from, std::uint64_t origin, bool wants_update) {
    begin(origin, false);
    integrator run(*this, from);
    if (auto done = run.structs(); !done) {
        roll_back();
        return done.error();
    }
    run.settle();
    return commit(wants_update);
}

}  // namespace conf::crdt
