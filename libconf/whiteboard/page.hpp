/// What lies on one page, and the one way in which it changes.
#pragma once

#include "libconf/whiteboard/change.hpp"
#include "libconf/whiteboard/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace conf::boards {

/// How a property was before and after; for undo.
struct property_change {
    property_value before{};
    property_value after{};
};

/// What a change did to one shape, and what takes it back.
struct undo_item {
    place where{};
    op_kind did{};  ///< a restore counts as a put
    shape_id id = 0;
    std::vector<property_change> values{};  ///< of a patch
    std::optional<shape> whole{};           ///< of a remove

    [[nodiscard]] std::size_t weight() const noexcept;
};

/// Belongs to its whiteboard.
class page {
public:
    /// A shape's place in the order of painting.
    using order_key = std::pair<std::string, shape_id>;

    explicit page(place where) : where_(where) {}
    page(const page&) = delete;
    page& operator=(const page&) = delete;

    [[nodiscard]] const place& where() const noexcept { return where_; }
    [[nodiscard]] const shape* find(shape_id which) const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return shapes_.size(); }
    [[nodiscard]] sequence version() const noexcept { return version_; }
    /// Was there and is not; as far back as it is known.
    [[nodiscard]] bool was_removed(shape_id which) const noexcept { return removed_at_.contains(which); }
    /// By index, then id.
    [[nodiscard]] const std::set<order_key>& order() const noexcept { return order_; }
    [[nodiscard]] std::vector<const shape*> in_order() const;
    /// The key of the topmost shape; empty: there is none.
    [[nodiscard]] std::string_view top() const noexcept;
    /// The smallest key above that one.
    [[nodiscard]] std::optional<std::string_view> above(const std::string& index) const;
    [[nodiscard]] bool has_index(const std::string& index) const;

    /// The reducer: what is already decided is done; ops on shapes that are not there are left out. Appends
    /// to `made` what takes it back, unless null.
    void apply(const committed& change, std::vector<undo_item>* made);

    /// What a client needs who knows the page as of `since`; nothing: everything, from an empty page.
    struct difference {
        std::vector<const shape*> changed;
        std::vector<shape_id> removed;
        bool whole = true;
    };
    [[nodiscard]] difference changes_since(std::optional<sequence> since) const;

    // What is kept: shapes in buckets, in the order in which they were made.
    [[nodiscard]] std::uint64_t bucket_of(shape_id which) const;
    [[nodiscard]] const std::set<std::uint64_t>& dirty_buckets() const noexcept { return dirty_; }
    void clear_dirty() noexcept { dirty_.clear(); }
    /// Empty: nothing is in it any more.
    [[nodiscard]] std::string encode_bucket(std::uint64_t bucket) const;
    /// False: it could not be read, and nothing of it was taken.
    [[nodiscard]] bool restore_bucket(std::uint64_t bucket, std::string_view value);
    /// Of all that was restored: what was removed before is not known.
    void set_floor(sequence at) noexcept;
    /// All of them that have something in them.
    [[nodiscard]] std::vector<std::uint64_t> buckets() const;

private:
    struct held {
        shape what;
        std::uint64_t ordinal = 0;
    };

    void put(shape what, std::uint64_t ordinal);
    void take_away(shape_id which, sequence at);
    void patch(const committed& change, const op& what, std::vector<undo_item>* made);
    /// By that change, and has not come back.
    [[nodiscard]] bool is_removed(shape_id which, sequence at) const noexcept;
    void forget_oldest_tombstone();

    place where_;
    std::unordered_map<shape_id, held> shapes_;
    std::set<order_key> order_;
    std::map<std::uint64_t, std::vector<shape_id>> buckets_;
    std::set<std::uint64_t> dirty_;
    std::uint64_t next_ordinal_ = 0;
    std::unordered_map<shape_id, sequence> removed_at_;
    std::deque<std::pair<sequence, shape_id>> tombstones_;
    sequence version_ = 0;
    sequence floor_ = 0;  ///< tombstones of changes after it are known
};

}  // namespace conf::boards
