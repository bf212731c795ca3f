/// What a room's turns say, held back until the store has what they changed.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace conf::host {

/// Belongs to its room. `Saying` is whatever a turn tells.
template <class Saying>
class turn_line {
public:
    struct turn {
        std::uint64_t number = 0;
        bool kept = true;
        bool failed = false;  ///< what it changed could not be saved
        Saying what;
    };

    /// One that changed nothing: it is told when those before it are.
    void add(Saying what) { turns_.push_back({.number = next_++, .what = std::move(what)}); }
    /// One whose changes are being saved. @return its number, for `settle`.
    std::uint64_t add_unkept(Saying what) {
        turns_.push_back({.number = next_++, .kept = false, .what = std::move(what)});
        return turns_.back().number;
    }

    /// A turn that had nothing to keep, as a chat message that is sent again, leans on the ones before it:
    /// saves are answered in their order, so behind a failed one such turns are those that are called kept.
    void settle(std::uint64_t number, bool saved) {
        bool behind = false;
        for (auto& one : turns_) {
            if (one.number == number) {
                one.kept = true;
                one.failed = behind = !saved;
            } else if (behind) {
                if (!one.kept) break;
                one.failed = true;
            }
        }
    }

    /// The next one that may be told, in the order in which they happened.
    [[nodiscard]] std::optional<turn> take() {
        if (turns_.empty() || !turns_.front().kept) return std::nullopt;
        auto made = std::move(turns_.front());
        turns_.pop_front();
        return made;
    }
    /// What was not told, where none of it will be.
    [[nodiscard]] std::vector<Saying> take_all() {
        std::vector<Saying> made;
        for (auto& one : turns_) made.push_back(std::move(one.what));
        turns_.clear();
        return made;
    }
    [[nodiscard]] bool empty() const noexcept { return turns_.empty(); }

private:
    std::deque<turn> turns_;
    std::uint64_t next_ = 1;
};

}  // namespace conf::host
