/// A hash table for the packet path: one allocation, no node for each entry, hash given by the caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace conf {

/// Maps `Key` to `Value` by open addressing with linear probing and backward-shift deletion.
///
/// The caller passes the hash with each call, because it often has it already. At most three quarters are
/// filled, so a search always ends. Belongs to its owner; no thread safety.
template <class Key, class Value>
class flat_map {
public:
    [[nodiscard]] Value* find(std::uint64_t hash, const Key& key) noexcept {
        const auto at = position(hash, key);
        return at ? &slots_[*at].value : nullptr;
    }

    /// Precondition: `key` is absent.
    void insert(std::uint64_t hash, Key key, Value value) {
        if ((size_ + 1) * 4 > slots_.size() * 3) grow();
        place({hash, std::move(key), std::move(value), true});
        ++size_;
    }

    bool erase(std::uint64_t hash, const Key& key) noexcept {
        const auto found = position(hash, key);
        if (!found) return false;
        auto hole = *found;
        for (auto next = (hole + 1) & mask(); slots_[next].used; next = (next + 1) & mask()) {
            const auto home = slots_[next].hash & mask();
            // An entry may move into the hole only if its home is not between the hole and itself.
            if (((next - home) & mask()) >= ((next - hole) & mask())) {
                slots_[hole] = std::move(slots_[next]);
                hole = next;
            }
        }
        slots_[hole] = {};
        --size_;
        return true;
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    template <class Visitor>
    void for_each(Visitor&& visit) {
        for (auto& entry : slots_) {
            if (entry.used) visit(entry.key, entry.value);
        }
    }

private:
    struct slot {
        std::uint64_t hash = 0;
        Key key{};
        Value value{};
        bool used = false;
    };

    [[nodiscard]] std::size_t mask() const noexcept { return slots_.size() - 1; }

    [[nodiscard]] std::optional<std::size_t> position(std::uint64_t hash, const Key& key) const noexcept {
        if (slots_.empty()) return std::nullopt;
        for (auto at = hash & mask(); slots_[at].used; at = (at + 1) & mask()) {
            if (slots_[at].hash == hash && slots_[at].key == key) return at;
        }
        return std::nullopt;
    }

    void place(slot&& entry) {
        auto at = entry.hash & mask();
        while (slots_[at].used) at = (at + 1) & mask();
        slots_[at] = std::move(entry);
    }

    void grow() {
        auto old = std::exchange(slots_, std::vector<slot>(slots_.empty() ? 16 : slots_.size() * 2));
        for (auto& entry : old) {
            if (entry.used) place(std::move(entry));
        }
    }

    std::vector<slot> slots_;  // always a power of two, or empty
    std::size_t size_ = 0;
};

}  // namespace conf
