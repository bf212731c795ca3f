/// All structs of one client by clock, in blocks, so that neither a look-up nor a split in the middle walks.
#pragma once

#include "libconf/crdt/item.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace conf::crdt {

/// Contiguous from clock 0 on. A place in it holds until something is inserted or erased.
class struct_list {
public:
    struct place {
        std::uint32_t block = 0;
        std::uint32_t slot = 0;
        friend bool operator==(const place&, const place&) = default;
    };

    [[nodiscard]] bool empty() const noexcept { return blocks_.empty(); }
    [[nodiscard]] item* at(place where) const noexcept { return blocks_[where.block].items()[where.slot]; }
    [[nodiscard]] item* last() const noexcept { return blocks_.back().items()[blocks_.back().count - 1]; }
    [[nodiscard]] place last_place() const noexcept {
        return {static_cast<std::uint32_t>(blocks_.size() - 1), blocks_.back().count - 1};
    }
    [[nodiscard]] static place first_place() noexcept { return {}; }

    /// The struct that contains the clock. Precondition: there is one.
    [[nodiscard]] place find(std::uint32_t clock) const noexcept;

    /// Steps; false at the end, where the place stays as it is.
    [[nodiscard]] bool next(place& where) const noexcept {
        if (where.slot + 1 < blocks_[where.block].count) return ++where.slot, true;
        if (where.block + 1 == blocks_.size()) return false;
        where = {where.block + 1, 0};
        return true;
    }
    [[nodiscard]] bool previous(place& where) const noexcept {
        if (where.slot > 0) return --where.slot, true;
        if (where.block == 0) return false;
        where = {where.block - 1, blocks_[where.block - 1].count - 1};
        return true;
    }

    void push_back(item* added);
    /// @return where it is now.
    place insert_after(place where, item* added);
    /// @return where the struct before it is now; the first place where there is none.
    place erase(place where);

    [[nodiscard]] std::size_t memory_bytes() const noexcept;

private:
    static constexpr std::uint32_t block_max = 64;
    static constexpr std::uint32_t first_block = 4;  // most clients of an old document made little

    struct block {
        std::uint32_t first = 0;  ///< clock of the first item
        std::uint32_t count = 0;
        std::uint32_t capacity = 0;
        std::unique_ptr<std::byte[]> room;  ///< pointers to items, then their clocks

        explicit block(std::uint32_t capacity_);
        [[nodiscard]] item** items() const noexcept { return reinterpret_cast<item**>(room.get()); }
        [[nodiscard]] std::uint32_t* clocks() const noexcept {
            return reinterpret_cast<std::uint32_t*>(room.get() + capacity * sizeof(item*));
        }
        void put(std::uint32_t slot, item* added) noexcept;
        void grow();
    };

    std::vector<block> blocks_;
    mutable std::uint32_t hint_ = 0;  // the block of the last look-up
};

}  // namespace conf::crdt
