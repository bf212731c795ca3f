/// Where in a list an index is, and at which index an item: a tree over the items of long lists.
#pragma once

#include "libconf/crdt/item.hpp"

#include <cstdint>

namespace conf::crdt {

struct index_inner;

/// What leaves and inner nodes have in common.
struct index_node {
    index_inner* parent = nullptr;
    std::uint32_t visible = 0;  ///< units below it that are seen
    std::uint32_t formats = 0;  ///< items of kind `format` below it
    std::uint16_t slot = 0;     ///< among the parent's children
    std::uint16_t count = 0;    ///< items or children
};

/// Some consecutive items; they are linked anyway, so the first one is enough.
struct index_leaf : index_node {
    item* first = nullptr;
};

struct index_inner : index_node {
    static constexpr std::uint16_t children_max = 16;
    index_node* children[children_max] = {};
};

/// The item in which a position ends, and how many visible units of it stand before the position; no item
/// before the first visible unit.
struct list_position {
    item* left = nullptr;
    std::uint32_t within = 0;
};

/// Makes and keeps the trees of one document. A list gets one when it has more than `walked_max` items; each
/// change costs the height of the tree.
class list_index {
public:
    static constexpr std::uint32_t walked_max = 48;

    list_index() = default;
    list_index(const list_index&) = delete;
    list_index& operator=(const list_index&) = delete;
    ~list_index() = default;

    /// After a list item was linked to its neighbours.
    void inserted(branch& in, item* added);
    /// After the right part of an item was linked behind it and its length was cut: nothing is seen or
    /// hidden.
    void split(branch& in, item* right_part);
    /// Before an item that is joined to its left neighbour is unlinked and while it has its own length still;
    /// the left one has not grown yet.
    void joined(branch& in, item* right_part);
    /// Before an item is unlinked for good.
    void erased(branch& in, item* taken);
    /// `more` units of the item are seen or hidden, or were added to its end.
    void changed(branch& in, item* of, std::int64_t more);
    /// An item stopped being a format.
    void format_gone(branch& in, item* of);
    /// All items of a list are forgotten.
    void clear(branch& in);

    /// Precondition: `units` at most the length.
    [[nodiscard]] list_position find(const branch& in, std::uint32_t units) const;
    /// Visible units before the item.
    [[nodiscard]] std::uint32_t index_of(const branch& in, const item* of) const;

    /// Calls `visit(item)` for the formats from the beginning up to `last`, which is one of them when it is a
    /// format; steps over stretches without any.
    template <class Visit>
    void each_format(const branch& in, const item* last, Visit&& visit) const {
        if (!last) return;
        const auto* at = in.start;
        while (at) {
            if (at->leaf && at->leaf->formats == 0 && at->leaf != last->leaf) {
                at = next_leaf_with_formats(at->leaf, last->leaf)->first;
                continue;
            }
            if (at->kind == content_kind::format) visit(*at);
            if (at == last) return;
            at = at->right;
        }
    }

    [[nodiscard]] std::size_t memory_bytes() const noexcept { return bytes_; }

private:
    static constexpr std::uint16_t leaf_max = 48;

    void build(branch& in);
    void add(index_node* to, std::int64_t visible, std::int64_t formats) const noexcept;
    void split_leaf(branch& in, index_leaf* full);
    void insert_child(branch& in, index_inner* into, std::uint16_t slot, index_node* child);
    void remove_child(branch& in, index_node* child);
    void take(branch& in, item* taken);
    /// The leaf behind `after` that has formats, or `limit` if that comes first.
    [[nodiscard]] static const index_leaf* next_leaf_with_formats(const index_leaf* after,
                                                                  const index_leaf* limit);
    static void free_nodes(index_node* top, std::uint8_t height, std::size_t& bytes) noexcept;

    std::size_t bytes_ = 0;
};

}  // namespace conf::crdt
