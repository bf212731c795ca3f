#include "libconf/crdt/list_index.hpp"

#include "libconf/base/check.hpp"

#include <algorithm>

namespace conf::crdt {
namespace {

std::uint32_t formats_of(const item* of) noexcept {
    return of->kind == content_kind::format ? 1 : 0;
}

}  // namespace

void list_index::add(index_node* to, std::int64_t visible, std::int64_t formats) const noexcept {
    for (; to; to = to->parent) {
        to->visible = static_cast<std::uint32_t>(to->visible + visible);
        to->formats = static_cast<std::uint32_t>(to->formats + formats);
    }
}

void list_index::inserted(branch& in, item* added) {
    in.length += added->visible();
    ++in.items;
    if (!in.index) {
        added->leaf = nullptr;
        if (in.items > walked_max) build(in);
        return;
    }
    auto* into = added->left ? added->left->leaf : added->right->leaf;
    if (!added->left) into->first = added;
    added->leaf = into;
    ++into->count;
    add(into, added->visible(), formats_of(added));
    if (into->count > leaf_max) split_leaf(in, into);
}

void list_index::split(branch& in, item* right_part) {
    ++in.items;
    auto* into = right_part->left->leaf;
    right_part->leaf = into;
    if (!in.index) {
        if (in.items > walked_max) build(in);
        return;
    }
    ++into->count;
    if (into->count > leaf_max) split_leaf(in, into);
}

void list_index::joined(branch& in, item* right_part) {
    if (in.index && right_part->leaf != right_part->left->leaf) {
        const std::int64_t moved = right_part->visible();
        add(right_part->left->leaf, moved, 0);
        add(right_part->leaf, -moved, 0);
    }
    take(in, right_part);
}

void list_index::erased(branch& in, item* taken) {
    in.length -= taken->visible();
    if (in.index) add(taken->leaf, -std::int64_t{taken->visible()}, -std::int64_t{formats_of(taken)});
    take(in, taken);
}

void list_index::take(branch& in, item* taken) {
    --in.items;
    auto* from = taken->leaf;
    if (!from) return;
    if (from->first == taken) from->first = taken->right;
    taken->leaf = nullptr;
    if (--from->count == 0) {
        remove_child(in, from);
        return;
    }
    // Leaves that have become small take in what follows, so that a list that shrinks loses its nodes, too.
    if (from->count > leaf_max / 4 || !from->parent || from->slot + 1 == from->parent->count) return;
    auto* after = static_cast<index_leaf*>(from->parent->children[from->slot + 1]);
    if (from->count + after->count > leaf_max / 2) return;
    auto* moved = after->first;
    for (std::uint16_t i = 0; i < after->count; ++i, moved = moved->right) moved->leaf = from;
    from->count = static_cast<std::uint16_t>(from->count + after->count);
    from->visible += after->visible;
    from->formats += after->formats;
    after->visible = 0;  // it is counted in the other now
    after->formats = 0;
    remove_child(in, after);
}

void list_index::changed(branch& in, item* of, std::int64_t more) {
    in.length = static_cast<std::uint32_t>(in.length + more);
    if (in.index) add(of->leaf, more, 0);
}

void list_index::format_gone(branch& in, item* of) {
    if (in.index) add(of->leaf, 0, -1);
}

void list_index::build(branch& in) {
    auto* leaf = new index_leaf;
    bytes_ += sizeof *leaf;
    leaf->first = in.start;
    for (auto* each = in.start; each; each = each->right) {
        each->leaf = leaf;
        ++leaf->count;
        leaf->visible += each->visible();
        leaf->formats += formats_of(each);
    }
    in.index = static_cast<index_node*>(leaf);
    in.index_height = 0;
    if (leaf->count > leaf_max) split_leaf(in, leaf);
}

void list_index::split_leaf(branch& in, index_leaf* full) {
    auto* upper = new index_leaf;
    bytes_ += sizeof *upper;
    auto* kept = full->first;
    const auto keep = static_cast<std::uint16_t>(full->count / 2);
    for (std::uint16_t i = 0; i < keep; ++i) kept = kept->right;
    upper->first = kept;
    upper->count = static_cast<std::uint16_t>(full->count - keep);
    for (std::uint16_t i = 0; i < upper->count; ++i, kept = kept->right) {
        kept->leaf = upper;
        upper->visible += kept->visible();
        upper->formats += formats_of(kept);
    }
    full->count = keep;
    full->visible -= upper->visible;
    full->formats -= upper->formats;
    if (!full->parent) {
        auto* top = new index_inner;
        bytes_ += sizeof *top;
        top->children[0] = full;
        top->count = 1;
        top->visible = full->visible;
        top->formats = full->formats;
        full->parent = top;
        full->slot = 0;
        in.index = static_cast<index_node*>(top);
        ++in.index_height;
    } else {
        add(full->parent, -std::int64_t{upper->visible}, -std::int64_t{upper->formats});
    }
    insert_child(in, full->parent, static_cast<std::uint16_t>(full->slot + 1), upper);
}

void list_index::insert_child(branch& in, index_inner* into, std::uint16_t slot, index_node* child) {
    if (into->count == index_inner::children_max) {
        auto* upper = new index_inner;
        bytes_ += sizeof *upper;
        constexpr auto kept = static_cast<std::uint16_t>(index_inner::children_max / 2);
        for (auto i = kept; i < index_inner::children_max; ++i) {
            auto* moved = into->children[i];
            moved->parent = upper;
            moved->slot = upper->count;
            upper->children[upper->count++] = moved;
            upper->visible += moved->visible;
            upper->formats += moved->formats;
        }
        into->count = kept;
        into->visible -= upper->visible;
        into->formats -= upper->formats;
        if (!into->parent) {
            auto* top = new index_inner;
            bytes_ += sizeof *top;
            top->children[0] = into;
            top->count = 1;
            top->visible = into->visible;
            top->formats = into->formats;
            into->parent = top;
            into->slot = 0;
            in.index = static_cast<index_node*>(top);
            ++in.index_height;
        } else {
            add(into->parent, -std::int64_t{upper->visible}, -std::int64_t{upper->formats});
        }
        insert_child(in, into->parent, static_cast<std::uint16_t>(into->slot + 1), upper);
        if (slot > kept) {
            into = upper;
            slot = static_cast<std::uint16_t>(slot - kept);
        }
    }
    for (auto i = into->count; i > slot; --i) {
        into->children[i] = into->children[i - 1];
        into->children[i]->slot = i;
    }
    into->children[slot] = child;
    child->slot = slot;
    child->parent = into;
    ++into->count;
    add(into, child->visible, child->formats);
}

void list_index::remove_child(branch& in, index_node* child) {
    std::uint8_t height = 0;
    for (;;) {
        auto* from = child->parent;
        auto at = child->slot;
        if (height == 0) {
            delete static_cast<index_leaf*>(child);
            bytes_ -= sizeof(index_leaf);
        } else {
            delete static_cast<index_inner*>(child);
            bytes_ -= sizeof(index_inner);
        }
        if (!from) {
            in.index = nullptr;
            in.index_height = 0;
            return;
        }
        --from->count;
        for (; at < from->count; ++at) {
            from->children[at] = from->children[at + 1];
            from->children[at]->slot = at;
        }
        if (from->count > 0) return;
        child = from;
        ++height;
    }
}

void list_index::clear(branch& in) {
    if (in.index) free_nodes(static_cast<index_node*>(in.index), in.index_height, bytes_);
    in.index = nullptr;
    in.index_height = 0;
    in.items = 0;
    in.length = 0;
}

void list_index::free_nodes(index_node* top, std::uint8_t height, std::size_t& bytes) noexcept {
    if (height == 0) {
        bytes -= sizeof(index_leaf);
        delete static_cast<index_leaf*>(top);
        return;
    }
    auto* inner = static_cast<index_inner*>(top);
    for (std::uint16_t i = 0; i < inner->count; ++i)
        free_nodes(inner->children[i], static_cast<std::uint8_t>(height - 1), bytes);
    bytes -= sizeof(index_inner);
    delete inner;
}

list_position list_index::find(const branch& in, std::uint32_t units) const {
    if (units == 0) return {};
    auto* at = in.start;
    if (in.index) {
        const auto* node = static_cast<const index_node*>(in.index);
        for (auto height = in.index_height; height > 0; --height) {
            const auto* inner = static_cast<const index_inner*>(node);
            std::uint16_t slot = 0;
            while (slot + 1 < inner->count && inner->children[slot]->visible < units)
                units -= inner->children[slot++]->visible;
            node = inner->children[slot];
        }
        at = static_cast<const index_leaf*>(node)->first;
    }
    for (; at; at = at->right) {
        const auto visible = at->visible();
        if (units <= visible) return {at, units};
        units -= visible;
    }
    check(false);  // the caller knows the length
    return {};
}

std::uint32_t list_index::index_of(const branch& in, const item* of) const {
    std::uint32_t index = 0;
    const auto* at = in.start;
    if (in.index) {
        at = of->leaf->first;
        for (const index_node* node = of->leaf; node->parent; node = node->parent) {
            for (std::uint16_t i = 0; i < node->slot; ++i) index += node->parent->children[i]->visible;
        }
    }
    for (; at != of; at = at->right) index += at->visible();
    return index;
}

const index_leaf* list_index::next_leaf_with_formats(const index_leaf* after, const index_leaf* limit) {
    const index_node* node = after;
    while (node->parent) {
        const auto* parent = node->parent;
        for (auto slot = static_cast<std::uint16_t>(node->slot + 1); slot < parent->count; ++slot) {
            const index_node* child = parent->children[slot];
            // Does the limit lie in it? Then nothing behind it counts.
            const index_node* up = limit;
            while (up && up != child) up = up->parent;
            if (child->formats == 0 && !up) continue;
            // Down to the first leaf in it that counts.
            std::uint8_t height = 0;
            for (const index_node* x = after; x != node; x = x->parent) ++height;
            for (; height > 0; --height) {
                const auto* inner = static_cast<const index_inner*>(child);
                for (std::uint16_t i = 0; i < inner->count; ++i) {
                    up = limit;
                    while (up && up != inner->children[i]) up = up->parent;
                    child = inner->children[i];
                    if (child->formats > 0 || up) break;
                }
            }
            return static_cast<const index_leaf*>(child);
        }
        node = parent;
    }
    return limit;
}

}  // namespace conf::crdt
