#include "tests/crdt/invariants.hpp"

#include "libconf/crdt/engine.hpp"

namespace crdt_test {
namespace {

using namespace conf::crdt;

/// Sums of a tree of the position index; items are counted in the list.
struct sums {
    std::uint64_t visible = 0;
    std::uint64_t formats = 0;
    std::uint64_t items = 0;
};

class inspector {
public:
    explicit inspector(const engine& in) : in_(in) {}

    std::string run() {
        clients();
        for (const auto* each : in_.branches) branch_of(*each);
        require(structs_ == in_.items.size(), "the pool has other items than the store");
        require(body_bytes_ == in_.content_bytes, "the bytes of content are counted wrong");
        require(pending_ == in_.pending_count, "pending structs are counted wrong");
        require((pending_ == 0 && ranges_ == 0) == (in_.pending_bytes == 0),
                "pending bytes are counted wrong");
        require(!in_.now.is_open && in_.now.touched.empty() && in_.now.changed.empty(),
                "a transaction is open");
        return broken_;
    }

private:
    void require(bool holds, const char* what) {
        if (!holds && broken_.empty()) broken_ = what;
    }

    void clients() {
        for (const auto& of : in_.clients) {
            require(!of->is_touched && of->block_in_update == 0, "marks of a transaction are left");
            pending_ += of->pending.size();
            ranges_ += of->pending_deletes.size();
            require(of->pending.empty() == !of->lacks, "what a client lacks is wrong");
            // What waits for edits of our own is looked at when the next update comes.
            if (!of->pending_deletes.empty() && of.get() != in_.clients[in_.self].get())
                require(of->pending_deletes.begin()->first >= of->state, "a pending deletion could be done");
            std::uint32_t clock = 0;
            if (!of->structs.empty()) {
                auto where = struct_list::first_place();
                do {
                    const auto* each = of->structs.at(where);
                    require(each->id.clock == clock && each->length > 0, "clocks have a gap");
                    require(of->structs.find(clock) == where, "a struct is not found by its clock");
                    clock = each->end();
                    ++structs_;
                    item_of(*each);
                } while (of->structs.next(where));
            }
            require(clock == of->state, "the state is not the end of the structs");
        }
    }

    void item_of(const item& each) {
        if (each.collected()) {
            require(!each.parent && !each.left && !each.right && each.body.size() == 0,
                    "collected, and yet linked");
            return;
        }
        if (each.kind != content_kind::type) body_bytes_ += each.body.size();
        require(each.parent && in_.branches.contains(each.parent), "an item lies in no type");
        require(!each.left || each.left->right == &each, "its left neighbour does not know it");
        require(!each.right || each.right->left == &each, "its right neighbour does not know it");
        require(!each.left || each.left->parent == each.parent, "neighbours lie in two types");
        require(each.left || each.has(item::is_entry) || each.parent->start == &each,
                "the first one is not the start");
        require(each.right || !each.has(item::is_entry) || each.parent->entries.find(each.key) == &each,
                "the last one is not the value");
        require(is_joinable(each.kind) || each.length == 1, "it cannot be that long");
        if (each.kind == content_kind::type)
            require(each.type()->holder == &each, "a type has another holder");
        if (each.kind == content_kind::deleted)
            require(each.deleted(), "deleted content that is not deleted");
    }

    void branch_of(const branch& of) {
        std::uint64_t visible = 0;
        std::uint64_t count = 0;
        for (const auto* each = of.start; each && broken_.empty(); each = each->right) {
            require(each->parent == &of && !each->has(item::is_entry), "an item lies in another list");
            require((each->leaf != nullptr) == (of.index != nullptr), "an item is not in the index");
            visible += each->visible();
            ++count;
        }
        require(visible == of.length, "the length is wrong");
        require(count == of.items, "items are counted wrong");
        require(!of.is_changed, "marks of a transaction are left");
        if (!of.index) return;
        const item* next = of.start;
        const auto found = node(static_cast<const index_node*>(of.index), of.index_height, next);
        require(!next && found.items == count && found.visible == visible,
                "the index has other items than the list");
    }

    sums node(const index_node* of, std::uint8_t height, const item*& next) {
        sums found;
        if (height == 0) {
            const auto* leaf = static_cast<const index_leaf*>(of);
            require(leaf->count > 0 && leaf->first == next, "a leaf begins elsewhere");
            for (std::uint16_t i = 0; i < leaf->count && next; ++i, next = next->right) {
                require(next->leaf == leaf, "an item names another leaf");
                found.visible += next->visible();
                found.formats += next->kind == content_kind::format ? 1 : 0;
                ++found.items;
            }
        } else {
            const auto* inner = static_cast<const index_inner*>(of);
            for (std::uint16_t i = 0; i < inner->count; ++i) {
                const auto* child = inner->children[i];
                require(child->parent == inner && child->slot == i, "a node has another parent or place");
                const auto part = node(child, static_cast<std::uint8_t>(height - 1), next);
                found.visible += part.visible;
                found.formats += part.formats;
                found.items += part.items;
            }
        }
        require(found.visible == of->visible && found.formats == of->formats, "sums of the index are wrong");
        return found;
    }

    const engine& in_;
    std::string broken_;
    std::size_t structs_ = 0;
    std::size_t body_bytes_ = 0;
    std::size_t pending_ = 0;
    std::size_t ranges_ = 0;
};

}  // namespace

std::string broken_promise(const document& of) {
    return inspector(of.inside()).run();
}

}  // namespace crdt_test
