/// What each person can undo and redo: his own gestures, and nothing of anybody else's.
#pragma once

#include "libconf/whiteboard/page.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace conf::boards {

enum class undo_side : std::uint8_t { done, undone };

/// One gesture.
struct undo_entry {
    std::uint64_t serial = 0;  ///< later ones are larger; through the whole room
    std::uint64_t gesture = 0;
    std::vector<undo_item> items{};
    std::size_t weight = 0;

    [[nodiscard]] bool touches(const place& where) const noexcept;
};

/// Belongs to its whiteboard. Is fed by the reducer alone, so that the same changes make the same book.
class undo_book {
public:
    /// Of a change by a person, with what it did.
    void record(const committed& change, std::vector<undo_item> items);
    /// Nothing of it can be done: it goes.
    void drop(author_number whose, undo_side side, std::uint64_t serial);
    /// The newest entry that touches that page; null: none.
    [[nodiscard]] const undo_entry* newest(author_number whose, undo_side side, const place& where) const;
    /// The serial of the newest entry of all that was done.
    [[nodiscard]] std::optional<std::uint64_t> newest_serial(author_number whose) const;
    [[nodiscard]] std::size_t count(author_number whose, undo_side side) const;
    [[nodiscard]] std::size_t weight() const noexcept { return weight_; }

    // What is kept: a record for each entry.
    struct key {
        author_number whose = 0;
        undo_side side{};
        std::uint64_t serial = 0;

        friend auto operator<=>(const key&, const key&) = default;
    };
    [[nodiscard]] const std::set<key>& dirty() const noexcept { return dirty_; }
    void clear_dirty() noexcept { dirty_.clear(); }
    /// Empty: it is not there any more.
    [[nodiscard]] std::string encode(const key& which) const;
    [[nodiscard]] bool restore(const key& which, std::string_view value);
    /// All there are.
    [[nodiscard]] std::vector<key> keys() const;
    /// Changes in the log name entries by their serial: so it has to go on where it was.
    [[nodiscard]] std::uint64_t next_serial() const noexcept { return next_serial_; }
    void set_next_serial(std::uint64_t next) noexcept { next_serial_ = std::max(next_serial_, next); }

private:
    struct stacks {
        std::deque<undo_entry> done;
        std::deque<undo_entry> undone;
    };

    [[nodiscard]] static std::deque<undo_entry>& side_of(stacks& of, undo_side side) noexcept {
        return side == undo_side::done ? of.done : of.undone;
    }
    [[nodiscard]] const undo_entry* find(const key& which) const;
    void add(author_number whose, undo_side side, undo_entry entry);
    void erase(author_number whose, undo_side side, std::size_t at);
    void append(author_number whose, undo_side side, std::vector<undo_item> items);
    void clear(author_number whose, undo_side side);
    void revert(const committed& change, undo_side from, std::vector<undo_item> items);
    void keep_limits(author_number whose);

    std::map<author_number, stacks> people_;
    std::set<key> dirty_;
    std::uint64_t next_serial_ = 1;
    std::size_t weight_ = 0;
};

/// What takes that item back, as things are now: properties that have another value than it gave them stay,
/// and what is gone or back already is left alone. Nothing: there is nothing to do.
[[nodiscard]] std::optional<op> reverse(const undo_item& item, const page& on);

}  // namespace conf::boards
