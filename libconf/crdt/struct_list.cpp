#include "libconf/crdt/struct_list.hpp"

#include <algorithm>
#include <cstring>

namespace conf::crdt {
namespace {

/// Which is the last of `count` ascending clocks that is not above the wanted one. Precondition: the first is
/// not. Halves without a branch: which half it is cannot be foretold, and a wrong guess costs more than the
/// step.
template <class ClockAt>
std::uint32_t last_not_above(std::uint32_t count, std::uint32_t wanted, ClockAt&& clock_at) noexcept {
    std::uint32_t base = 0;
    while (count > 1) {
        const auto half = count / 2;
        base += clock_at(base + half) <= wanted ? half : 0;
        count -= half;
    }
    return base;
}

}  // namespace

struct_list::block::block(std::uint32_t capacity_)
    : capacity(capacity_),
      room(std::make_unique_for_overwrite<std::byte[]>(capacity_ * (sizeof(item*) + sizeof(std::uint32_t)))) {
}

void struct_list::block::grow() {
    block larger(std::min(capacity * 4, block_max));
    std::memcpy(larger.items(), items(), count * sizeof(item*));
    std::memcpy(larger.clocks(), clocks(), count * sizeof(std::uint32_t));
    larger.first = first;
    larger.count = count;
    *this = std::move(larger);
}

void struct_list::block::put(std::uint32_t slot, item* added) noexcept {
    auto* to = items() + slot;
    auto* clock = clocks() + slot;
    std::memmove(to + 1, to, (count - slot) * sizeof *to);
    std::memmove(clock + 1, clock, (count - slot) * sizeof *clock);
    *to = added;
    *clock = added->id.clock;
    ++count;
    first = clocks()[0];
}

struct_list::place struct_list::find(std::uint32_t clock) const noexcept {
    const auto holds = [&](std::uint32_t at) {
        return blocks_[at].first <= clock && (at + 1 == blocks_.size() || clock < blocks_[at + 1].first);
    };
    auto at = hint_;
    if (at >= blocks_.size() || !holds(at)) {
        at = static_cast<std::uint32_t>(blocks_.size() - 1);
        if (blocks_[at].first > clock) {
            at = last_not_above(at, clock, [&](std::uint32_t i) { return blocks_[i].first; });
        }
    }
    hint_ = at;
    const auto& in = blocks_[at];
    const auto* clocks = in.clocks();
    // Most look-ups are for what came last.
    if (clocks[in.count - 1] <= clock) return {at, in.count - 1};
    return {at, last_not_above(in.count, clock, [&](std::uint32_t i) { return clocks[i]; })};
}

void struct_list::push_back(item* added) {
    if (blocks_.empty()) {
        blocks_.emplace_back(first_block);
    } else if (blocks_.back().count == block_max) {
        blocks_.emplace_back(block_max);
    } else if (blocks_.back().count == blocks_.back().capacity) {
        blocks_.back().grow();
    }
    blocks_.back().put(blocks_.back().count, added);
}

struct_list::place struct_list::insert_after(place where, item* added) {
    auto* in = &blocks_[where.block];
    auto slot = where.slot + 1;
    if (in->count == in->capacity && in->capacity < block_max) in->grow();
    if (in->count == block_max) {
        block upper(block_max);
        const auto kept = block_max / 2;
        upper.count = block_max - kept;
        std::memcpy(upper.items(), in->items() + kept, upper.count * sizeof(item*));
        std::memcpy(upper.clocks(), in->clocks() + kept, upper.count * sizeof(std::uint32_t));
        upper.first = upper.clocks()[0];
        in->count = kept;
        blocks_.insert(blocks_.begin() + where.block + 1, std::move(upper));
        if (slot > kept) {
            ++where.block;
            slot -= kept;
        }
        in = &blocks_[where.block];
    }
    in->put(slot, added);
    return {where.block, slot};
}

struct_list::place struct_list::erase(place where) {
    auto before_it = where;
    static_cast<void>(previous(before_it));
    auto& in = blocks_[where.block];
    auto* from = in.items() + where.slot;
    auto* clock = in.clocks() + where.slot;
    std::memmove(from, from + 1, (in.count - where.slot - 1) * sizeof *from);
    std::memmove(clock, clock + 1, (in.count - where.slot - 1) * sizeof *clock);
    --in.count;
    if (in.count == 0) {
        blocks_.erase(blocks_.begin() + where.block);
        return before_it;
    }
    in.first = in.clocks()[0];
    // Blocks that have become small join the one before.
    if (in.count > block_max / 4 || where.block == 0) return before_it;
    auto& before = blocks_[where.block - 1];
    if (before.count + in.count > block_max * 3 / 4 || before.capacity < before.count + in.count)
        return before_it;
    std::memcpy(before.items() + before.count, in.items(), in.count * sizeof(item*));
    std::memcpy(before.clocks() + before.count, in.clocks(), in.count * sizeof(std::uint32_t));
    if (before_it.block == where.block) before_it = {where.block - 1, before.count + before_it.slot};
    before.count += in.count;
    blocks_.erase(blocks_.begin() + where.block);
    return before_it;
}

std::size_t struct_list::memory_bytes() const noexcept {
    std::size_t total = blocks_.capacity() * sizeof(block);
    for (const auto& each : blocks_) total += each.capacity * (sizeof(item*) + sizeof(std::uint32_t));
    return total;
}

}  // namespace conf::crdt
