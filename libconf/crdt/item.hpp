/// What a document is made of: items in lists, and the shared types that own the lists.
#pragma once

#include "libconf/crdt/content.hpp"
#include "libconf/crdt/packed_bytes.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace conf::crdt {

struct branch;
struct item;
struct index_leaf;

/// An id with the place of the client in the document's table instead of the 53 bits.
struct unit_ref {
    static constexpr std::uint32_t none = 0xFFFF'FFFF;

    std::uint32_t client = none;
    std::uint32_t clock = 0;

    [[nodiscard]] explicit operator bool() const noexcept { return client != none; }
    friend bool operator==(const unit_ref&, const unit_ref&) = default;
};

/// A run of content of one client at consecutive clocks, in the list of its parent; or, of kind `collected`,
/// the mere fact that such content was there. Neighbours in a list are found by pointers, by id in the store.
struct item {
    static constexpr std::uint8_t is_deleted = 1;
    static constexpr std::uint8_t is_kept = 2;    ///< an undo step needs it: not collected
    static constexpr std::uint8_t is_entry = 4;   ///< under a key, not in the list
    static constexpr std::uint8_t is_redone = 8;  ///< the document knows the id that took its place

    unit_ref id;
    std::uint32_t length = 0;
    content_kind kind = content_kind::collected;
    std::uint8_t flags = 0;
    unit_ref origin;
    unit_ref right_origin;
    item* left = nullptr;
    item* right = nullptr;
    branch* parent = nullptr;
    union {
        index_leaf* leaf = nullptr;  ///< of a list item; null where the list is short
        const std::string* key;      ///< of an entry
    };
    packed_bytes body;

    [[nodiscard]] bool has(std::uint8_t flag) const noexcept { return (flags & flag) != 0; }
    [[nodiscard]] bool deleted() const noexcept { return has(is_deleted) || kind == content_kind::collected; }
    [[nodiscard]] bool collected() const noexcept { return kind == content_kind::collected; }
    [[nodiscard]] bool countable() const noexcept { return is_countable(kind); }
    [[nodiscard]] std::uint32_t end() const noexcept { return id.clock + length; }
    [[nodiscard]] unit_ref last() const noexcept { return {id.client, end() - 1}; }
    /// Units that it adds to the visible length of its list.
    [[nodiscard]] std::uint32_t visible() const noexcept { return countable() && !deleted() ? length : 0; }
    /// The type that it holds. Precondition: of kind `type`.
    [[nodiscard]] branch* type() const noexcept;
    void hold(branch* type);
};

static_assert(sizeof(item) == 80);

/// The entries of a type by key, in the order in which the keys came: the rightmost item of each key's list.
class entry_table {
public:
    struct entry {
        const std::string* key = nullptr;
        item* current = nullptr;
    };

    [[nodiscard]] item* find(const std::string* key) const noexcept;
    void set(const std::string* key, item* current);
    void clear() noexcept {
        entries_.clear();
        places_.reset();
    }
    void erase(const std::string* key);
    [[nodiscard]] const std::vector<entry>& entries() const noexcept { return entries_; }

private:
    static constexpr std::size_t searched_max = 12;  // more of them get a table
    [[nodiscard]] std::size_t place(const std::string* key) const noexcept;

    std::vector<entry> entries_;
    std::unique_ptr<std::unordered_map<const std::string*, std::size_t>> places_;
};

/// A shared type: a list of items and entries under keys. Which it is used as depends on its kind.
struct branch {
    item* start = nullptr;     ///< of the list
    item* holder = nullptr;    ///< the item whose content it is; null for a root
    void* index = nullptr;     ///< the top of its position index (list_index.hpp), once the list is long
    std::uint32_t length = 0;  ///< visible units
    std::uint32_t items = 0;   ///< in the list
    std::uint16_t depth = 0;   ///< types that it lies in
    std::uint8_t index_height = 0;
    type_kind kind = type_kind::unknown;
    bool has_formats = false;           ///< a format was ever in its list
    bool is_changed = false;            ///< by the running transaction
    const std::string* name = nullptr;  ///< of a root, an element or a hook
    entry_table entries;
};

inline branch* item::type() const noexcept {
    branch* held = nullptr;
    std::memcpy(&held, body.view().data(), sizeof held);
    return held;
}

inline void item::hold(branch* type) {
    char room[sizeof type];
    std::memcpy(room, &type, sizeof type);
    body.clear();
    body.append({room, sizeof room});
}

/// Items, many in one allocation. What is given back is used again.
class item_pool {
public:
    item_pool() = default;
    item_pool(const item_pool&) = delete;
    item_pool& operator=(const item_pool&) = delete;
    ~item_pool() = default;

    [[nodiscard]] item* make();
    void give_back(item* unused) noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return chunks_.size() * chunk_items * sizeof(item);
    }

private:
    static constexpr std::size_t chunk_items = 64;
    struct chunk {
        std::array<item, chunk_items> items;
    };

    std::vector<std::unique_ptr<chunk>> chunks_;
    item* free_ = nullptr;  // linked by `right`
    std::size_t size_ = 0;
};

}  // namespace conf::crdt
