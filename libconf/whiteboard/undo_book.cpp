#include "libconf/whiteboard/undo_book.hpp"

#include <algorithm>

namespace conf::boards {
namespace {

/// Of an entry in the records.
constexpr std::uint64_t entry_version = 1;

bool same_shape(const undo_item& a, const undo_item& b) noexcept {
    return a.id == b.id && a.where == b.where;
}

/// Into a patch of the same shape and gesture: what was before stays, what is now becomes newer.
void merge_values(undo_item& into, std::vector<property_change> values) {
    for (auto& value : values) {
        const auto same = std::ranges::find(into.values, value.after.which,
                                            [](const property_change& one) { return one.after.which; });
        if (same == into.values.end()) {
            into.values.push_back(std::move(value));
        } else {
            same->after = std::move(value.after);
        }
    }
}

/// A drag names its shapes in the same order again and again: so each is found where the one before was, plus
/// one.
class item_finder {
public:
    explicit item_finder(std::vector<undo_item>& items) : items_(items), old_(items.size()) {}

    /// Where that shape was patched or made before; null: nowhere, or it went since.
    undo_item* find(const undo_item& what) {
        for (std::size_t tried = 0; tried < old_; ++tried) {
            auto& one = items_[at_];
            at_ = (at_ + 1) % old_;
            if (same_shape(one, what)) return one.did == op_kind::remove ? nullptr : &one;
        }
        return nullptr;
    }

private:
    std::vector<undo_item>& items_;
    std::size_t old_;
    std::size_t at_ = 0;
};

void append_value(std::string& to, const property_value& value) {
    append_properties(to, {value});
}
property_value read_value(wire_reader& from) {
    auto read = read_properties(from, true);
    if (read.size() != 1) from.fail();
    return read.empty() ? property_value{} : std::move(read.front());
}

}  // namespace

bool undo_entry::touches(const place& where) const noexcept {
    return std::ranges::any_of(items, [&](const auto& one) { return one.where == where; });
}

void undo_book::add(author_number whose, undo_side side, undo_entry entry) {
    weight_ += entry.weight;
    dirty_.insert({whose, side, entry.serial});
    auto& all = side_of(people_[whose], side);
    const auto at = std::ranges::upper_bound(all, entry.serial, {}, &undo_entry::serial);
    all.insert(at, std::move(entry));
}

void undo_book::erase(author_number whose, undo_side side, std::size_t at) {
    auto& all = side_of(people_[whose], side);
    weight_ -= all[at].weight;
    dirty_.insert({whose, side, all[at].serial});
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(at));
}

void undo_book::clear(author_number whose, undo_side side) {
    while (count(whose, side) > 0) erase(whose, side, count(whose, side) - 1);
}

/// To the newest entry of that side.
void undo_book::append(author_number whose, undo_side side, std::vector<undo_item> items) {
    auto& entry = side_of(people_[whose], side).back();
    weight_ -= entry.weight;
    item_finder finder(entry.items);
    for (auto& item : items) {
        auto* const same = item.did == op_kind::patch ? finder.find(item) : nullptr;
        if (same == nullptr) {
            entry.items.push_back(std::move(item));
        } else if (same->did == op_kind::patch) {
            merge_values(*same, std::move(item.values));
        }  // else the gesture made the shape: taking that back takes all of it
    }
    entry.weight = sizeof entry;
    for (const auto& one : entry.items) entry.weight += one.weight();
    weight_ += entry.weight;
    dirty_.insert({whose, side, entry.serial});
}

void undo_book::record(const committed& change, std::vector<undo_item> items) {
    if (change.author == 0 || change.why == cause::server || items.empty()) return;
    if (change.why != cause::change) {
        return revert(change, change.why == cause::undo ? undo_side::done : undo_side::undone,
                      std::move(items));
    }
    clear(change.author, undo_side::undone);
    const auto& done = people_[change.author].done;
    const bool goes_on =
        !done.empty() && (change.entry != 0 ? done.back().serial == change.entry
                                            : change.gesture != 0 && done.back().gesture == change.gesture);
    if (!goes_on) add(change.author, undo_side::done, {next_serial_++, change.gesture, {}, 0});
    append(change.author, undo_side::done, std::move(items));
    keep_limits(change.author);
}

/// An entry moves to the other side, as what takes back what took it back. Its pages come one by one.
void undo_book::revert(const committed& change, undo_side from, std::vector<undo_item> items) {
    const auto to = from == undo_side::done ? undo_side::undone : undo_side::done;
    const auto whose = change.author;
    auto& source = side_of(people_[whose], from);
    const auto at = std::ranges::find(source, change.entry, &undo_entry::serial);
    if (at != source.end()) erase(whose, from, static_cast<std::size_t>(at - source.begin()));
    // Where it was made of entries that had been passed over, it is the newest of its side all the same: the
    // side is in the order of serials, and so are undoing (falling) and redoing (rising).
    auto& target = side_of(people_[whose], to);
    const auto there = std::ranges::find(target, change.entry, &undo_entry::serial);
    if (there == target.end()) {
        undo_entry made{change.entry, 0, std::move(items), 0};
        made.weight = sizeof made;
        for (const auto& one : made.items) made.weight += one.weight();
        add(whose, to, std::move(made));
    } else {
        weight_ -= there->weight;
        for (auto& item : items) {
            there->weight += item.weight();
            there->items.push_back(std::move(item));
        }
        weight_ += there->weight;
        dirty_.insert({whose, to, there->serial});
    }
    keep_limits(whose);
}

void undo_book::keep_limits(author_number whose) {
    while (count(whose, undo_side::done) > undo_entries_max) erase(whose, undo_side::done, 0);
    while (weight_ > undo_bytes_max) {
        // The oldest of all, but nobody's newest.
        auto oldest = people_.end();
        for (auto one = people_.begin(); one != people_.end(); ++one) {
            if (one->second.done.size() < 2) continue;
            const bool older = oldest == people_.end() ||
                               one->second.done.front().serial < oldest->second.done.front().serial;
            if (older) oldest = one;
        }
        if (oldest == people_.end()) return;
        erase(oldest->first, undo_side::done, 0);
    }
}

void undo_book::drop(author_number whose, undo_side side, std::uint64_t serial) {
    const auto& all = side_of(people_[whose], side);
    const auto at = std::ranges::find(all, serial, &undo_entry::serial);
    if (at != all.end()) erase(whose, side, static_cast<std::size_t>(at - all.begin()));
}

const undo_entry* undo_book::newest(author_number whose, undo_side side, const place& where) const {
    const auto found = people_.find(whose);
    if (found == people_.end()) return nullptr;
    // Undone ones are redone in the opposite order: the oldest first.
    const auto touches = [&](const undo_entry& one) { return one.touches(where); };
    if (side == undo_side::undone) {
        const auto& all = found->second.undone;
        const auto at = std::ranges::find_if(all, touches);
        return at == all.end() ? nullptr : &*at;
    }
    const auto& all = found->second.done;
    const auto at = std::find_if(all.rbegin(), all.rend(), touches);
    return at == all.rend() ? nullptr : &*at;
}

std::optional<std::uint64_t> undo_book::newest_serial(author_number whose) const {
    const auto found = people_.find(whose);
    if (found == people_.end() || found->second.done.empty()) return std::nullopt;
    return found->second.done.back().serial;
}

std::size_t undo_book::count(author_number whose, undo_side side) const {
    const auto found = people_.find(whose);
    if (found == people_.end()) return 0;
    return side == undo_side::done ? found->second.done.size() : found->second.undone.size();
}

const undo_entry* undo_book::find(const key& which) const {
    const auto found = people_.find(which.whose);
    if (found == people_.end()) return nullptr;
    const auto& all = which.side == undo_side::done ? found->second.done : found->second.undone;
    const auto at = std::ranges::find(all, which.serial, &undo_entry::serial);
    return at == all.end() ? nullptr : &*at;
}

std::string undo_book::encode(const key& which) const {
    std::string to;
    const auto* const entry = find(which);
    if (entry == nullptr) return to;
    append_number(to, entry_version);
    append_number(to, entry->gesture);
    append_number(to, entry->items.size());
    for (const auto& item : entry->items) {
        append_number(to, static_cast<std::uint64_t>(item.did));
        append_number(to, item.where.document);
        append_number(to, item.where.page);
        append_id(to, item.id);
        if (item.did == op_kind::remove) append_shape(to, *item.whole);
        if (item.did != op_kind::patch) continue;
        append_number(to, item.values.size());
        for (const auto& value : item.values) {
            append_value(to, value.before);
            append_value(to, value.after);
        }
    }
    return to;
}

bool undo_book::restore(const key& which, std::string_view value) {
    wire_reader from(value);
    if (from.number() != entry_version || which.whose == 0 || find(which) != nullptr) return false;
    undo_entry made{which.serial, from.number(), {}, sizeof(undo_entry)};
    const auto count = from.number_to(from.left());
    for (std::uint64_t at = 0; at < count && from.sound(); ++at) {
        undo_item item;
        const auto did = from.number_to(static_cast<std::uint64_t>(op_kind::remove));
        if (did == 0) from.fail();
        item.did = static_cast<op_kind>(did);
        item.where.document = from.number();
        item.where.page = from.number();
        item.id = from.id();
        if (item.did == op_kind::remove) item.whole = read_shape(from);
        const auto values = item.did == op_kind::patch ? from.number_to(property_count) : 0;
        for (std::uint64_t one = 0; one < values && from.sound(); ++one) {
            item.values.push_back({read_value(from), {}});
            item.values.back().after = read_value(from);
        }
        made.weight += item.weight();
        made.items.push_back(std::move(item));
    }
    if (!from.complete()) return false;
    next_serial_ = std::max(next_serial_, which.serial + 1);
    add(which.whose, which.side, std::move(made));
    return true;
}

std::vector<undo_book::key> undo_book::keys() const {
    std::vector<key> all;
    for (const auto& [whose, both] : people_) {
        for (const auto& one : both.done) all.push_back({whose, undo_side::done, one.serial});
        for (const auto& one : both.undone) all.push_back({whose, undo_side::undone, one.serial});
    }
    return all;
}

std::optional<op> reverse(const undo_item& item, const page& on) {
    const auto* const now = on.find(item.id);
    op made{op_kind::patch, item.id, {}, {}, {}};
    switch (item.did) {
        case op_kind::put:
        case op_kind::restore:
            if (now == nullptr) return std::nullopt;
            made.kind = op_kind::remove;
            return made;
        case op_kind::remove:
            if (now != nullptr) return std::nullopt;
            made.kind = op_kind::restore;
            made.whole = item.whole;
            return made;
        case op_kind::patch: break;
    }
    if (now == nullptr) return std::nullopt;
    for (const auto& value : item.values) {
        if (value_of(now->properties, value.after.which) == value.after)
            made.properties.push_back(value.before);
    }
    if (made.properties.empty()) return std::nullopt;
    std::ranges::sort(made.properties, {}, &property_value::which);
    return made;
}

}  // namespace conf::boards
