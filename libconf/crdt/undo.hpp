/// Taking back what was done under certain origins, and doing it again.
#pragma once

#include "libconf/crdt/document.hpp"

#include <chrono>
#include <unordered_set>
#include <vector>

namespace conf::crdt {

struct item;
struct deleted_run;

struct undo_options {
    /// Transactions that follow each other faster are one step.
    std::chrono::milliseconds capture_time{500};
    /// Whose transactions are steps, by `edit_origin`.
    std::vector<edit_origin> origins = {0};
    /// Set values again that others have set since.
    bool over_others = false;
};

/// Steps of one person in some types of a document. It must not outlive the document, and while it lives what
/// its steps deleted is not collected. Undoing makes ordinary updates.
///
/// Belongs to the document's owner.
class undo_manager {
public:
    undo_manager(document& of, std::vector<shared_type> scope, undo_options options = {});
    undo_manager(const undo_manager&) = delete;
    undo_manager& operator=(const undo_manager&) = delete;
    ~undo_manager();

    /// The time at which the transactions that follow happen; it only counts against `capture_time`.
    void set_time(std::chrono::milliseconds now) noexcept { now_ = now; }
    /// The next transaction begins a step in any case.
    void stop_capturing() noexcept { last_change_.reset(); }

    /// Takes the last step that still changes something back. @return the update, empty if there was none.
    std::vector<std::byte> undo();
    std::vector<std::byte> redo();
    [[nodiscard]] bool can_undo() const noexcept { return !undo_.empty(); }
    [[nodiscard]] bool can_redo() const noexcept { return !redo_.empty(); }
    /// Forgets all steps, so that what they deleted can be collected.
    void clear();

    /// For the document: a transaction is about to be collected.
    void after_transaction();

private:
    struct step {
        delete_set inserted;
        delete_set deleted;
    };

    std::vector<std::byte> pop(std::vector<step>& from);
    bool take_back(const step& taken);
    item* redo_item(item* gone, const std::unordered_set<item*>& all, const step& taken);
    [[nodiscard]] item* follow_redone(item* from);
    [[nodiscard]] bool is_in_scope(const item* of) const;
    [[nodiscard]] bool is_deleted_by_steps(const id& unit) const;
    void release(const std::vector<step>& steps);
    template <class Visit>
    void each_item(const delete_set& in, Visit&& visit);

    engine& engine_;
    std::vector<shared_type> scope_;
    undo_options options_;
    std::vector<step> undo_;
    std::vector<step> redo_;
    std::chrono::milliseconds now_{0};
    std::optional<std::chrono::milliseconds> last_change_;
    bool is_undoing_ = false;
    bool is_redoing_ = false;
};

}  // namespace conf::crdt
