#include "libconf/whiteboard/page.hpp"

#include <algorithm>

namespace conf::boards {

std::size_t undo_item::weight() const noexcept {
    auto sum = sizeof *this;
    for (const auto& one : values) sum += weight_of(one.before) + weight_of(one.after);
    if (whole) sum += weight_of(*whole);
    return sum;
}

const shape* page::find(shape_id which) const noexcept {
    const auto found = shapes_.find(which);
    return found == shapes_.end() ? nullptr : &found->second.what;
}

std::vector<const shape*> page::in_order() const {
    std::vector<const shape*> all;
    all.reserve(order_.size());
    for (const auto& [index, id] : order_) all.push_back(&shapes_.at(id).what);
    return all;
}

std::string_view page::top() const noexcept {
    return order_.empty() ? std::string_view() : std::string_view(order_.rbegin()->first);
}

std::optional<std::string_view> page::above(const std::string& index) const {
    const auto found = order_.upper_bound({index, ~shape_id{0}});
    return found == order_.end() ? std::nullopt : std::optional(std::string_view(found->first));
}

bool page::has_index(const std::string& index) const {
    const auto found = order_.lower_bound({index, 0});
    return found != order_.end() && found->first == index;
}

void page::put(shape what, std::uint64_t ordinal) {
    const auto id = what.id;
    order_.emplace(what.properties.bytes(property::index), id);
    const auto bucket = ordinal / shapes_per_bucket;
    buckets_[bucket].push_back(id);
    dirty_.insert(bucket);
    next_ordinal_ = std::max(next_ordinal_, ordinal + 1);
    removed_at_.erase(id);  // its line in `tombstones_` says nothing any more
    shapes_.emplace(id, held{std::move(what), ordinal});
}

void page::take_away(shape_id which, sequence at) {
    const auto found = shapes_.find(which);
    const auto bucket = found->second.ordinal / shapes_per_bucket;
    order_.erase({std::string(found->second.what.properties.bytes(property::index)), which});
    auto& mates = buckets_[bucket];
    std::erase(mates, which);
    if (mates.empty()) buckets_.erase(bucket);
    dirty_.insert(bucket);
    shapes_.erase(found);
    removed_at_[which] = at;
    tombstones_.emplace_back(at, which);
    if (tombstones_.size() > tombstones_per_page_max) forget_oldest_tombstone();
}

bool page::is_removed(shape_id which, sequence at) const noexcept {
    const auto found = removed_at_.find(which);
    return found != removed_at_.end() && found->second == at;
}

void page::forget_oldest_tombstone() {
    const auto& [at, id] = tombstones_.front();
    floor_ = std::max(floor_, at);
    if (is_removed(id, at)) removed_at_.erase(id);
    tombstones_.pop_front();
}

void page::patch(const committed& change, const op& what, std::vector<undo_item>* made) {
    const auto found = shapes_.find(what.id);
    if (found == shapes_.end()) return;
    auto& [target, ordinal] = found->second;
    undo_item item{where_, op_kind::patch, what.id, {}, {}};
    for (const auto& value : what.properties) {
        auto before = value_of(target.properties, value.which);
        if (before == value) continue;
        if (value.which == property::index) {
            order_.erase({before.bytes, what.id});
            order_.emplace(value.bytes, what.id);
        }
        target.properties.set(value);
        if (made != nullptr) item.values.push_back({std::move(before), value});
    }
    target.last_author = change.author;
    target.updated = std::max(change.at, target.created);
    target.version = change.number;
    dirty_.insert(ordinal / shapes_per_bucket);
    if (made != nullptr && !item.values.empty()) made->push_back(std::move(item));
}

void page::apply(const committed& change, std::vector<undo_item>* made) {
    version_ = std::max(version_, change.number);
    for (const auto& one : change.ops) {
        const bool there = shapes_.contains(one.id);
        switch (one.kind) {
            case op_kind::put:
            case op_kind::restore: {
                if (there) break;
                shape fresh;
                if (one.kind == op_kind::restore) {
                    fresh = *one.whole;
                } else {
                    fresh = {one.id, one.type, change.author, change.author, change.at, change.at, 0, {}};
                    for (const auto& value : one.properties) fresh.properties.set(value);
                }
                fresh.version = change.number;
                put(std::move(fresh), next_ordinal_);
                if (made != nullptr) made->push_back({where_, op_kind::put, one.id, {}, {}});
                break;
            }
            case op_kind::patch: patch(change, one, made); break;
            case op_kind::remove:
                if (!there) break;
                if (made != nullptr) {
                    made->push_back({where_, op_kind::remove, one.id, {}, shapes_.at(one.id).what});
                }
                take_away(one.id, change.number);
                break;
        }
    }
}

page::difference page::changes_since(std::optional<sequence> since) const {
    difference made;
    made.whole = !since || *since < floor_;
    for (const auto* one : in_order()) {
        if (made.whole || one->version > *since) made.changed.push_back(one);
    }
    if (made.whole) return made;
    for (auto at = tombstones_.rbegin(); at != tombstones_.rend() && at->first > *since; ++at) {
        if (is_removed(at->second, at->first)) made.removed.push_back(at->second);
    }
    return made;
}

std::uint64_t page::bucket_of(shape_id which) const {
    return shapes_.at(which).ordinal / shapes_per_bucket;
}

std::vector<std::uint64_t> page::buckets() const {
    std::vector<std::uint64_t> all;
    all.reserve(buckets_.size());
    for (const auto& [bucket, mates] : buckets_) all.push_back(bucket);
    return all;
}

std::string page::encode_bucket(std::uint64_t bucket) const {
    std::string to;
    const auto found = buckets_.find(bucket);
    if (found == buckets_.end()) return to;
    append_number(to, 1);  // the version of this form
    append_number(to, found->second.size());
    for (const auto id : found->second) {
        const auto& one = shapes_.at(id);
        append_number(to, one.ordinal % shapes_per_bucket);
        append_shape(to, one.what);
    }
    return to;
}

bool page::restore_bucket(std::uint64_t bucket, std::string_view value) {
    wire_reader from(value);
    if (from.number() != 1 || bucket > number_max / shapes_per_bucket) return false;
    std::vector<held> read;
    std::set<shape_id> ids;
    const auto count = from.number_to(shapes_per_bucket);
    for (std::uint64_t at = 0; at < count && from.sound(); ++at) {
        held one;
        one.ordinal = bucket * shapes_per_bucket + from.number_to(shapes_per_bucket - 1);
        one.what = read_shape(from);
        if (shapes_.contains(one.what.id) || !ids.insert(one.what.id).second) return false;
        read.push_back(std::move(one));
    }
    if (!from.complete()) return false;
    for (auto& one : read) {
        version_ = std::max(version_, one.what.version);
        put(std::move(one.what), one.ordinal);
    }
    return true;
}

void page::set_floor(sequence at) noexcept {
    floor_ = at;
    version_ = std::max(version_, at);
    dirty_.clear();
}

}  // namespace conf::boards
