#include "libconf/crdt/item.hpp"

namespace conf::crdt {

item* item_pool::make() {
    if (!free_) {
        auto& made = *chunks_.emplace_back(std::make_unique<chunk>());
        for (auto each = made.items.rbegin(); each != made.items.rend(); ++each) {
            each->right = free_;
            free_ = &*each;
        }
    }
    auto* made = free_;
    free_ = made->right;
    made->right = nullptr;
    ++size_;
    return made;
}

void item_pool::give_back(item* unused) noexcept {
    *unused = item();
    unused->right = free_;
    free_ = unused;
    --size_;
}

std::size_t entry_table::place(const std::string* key) const noexcept {
    if (places_) {
        const auto found = places_->find(key);
        return found == places_->end() ? entries_.size() : found->second;
    }
    std::size_t at = 0;
    while (at < entries_.size() && entries_[at].key != key) ++at;
    return at;
}

item* entry_table::find(const std::string* key) const noexcept {
    const auto at = place(key);
    return at == entries_.size() ? nullptr : entries_[at].current;
}

void entry_table::set(const std::string* key, item* current) {
    const auto at = place(key);
    if (at < entries_.size()) {
        entries_[at].current = current;
        return;
    }
    entries_.push_back({key, current});
    if (places_) {
        places_->emplace(key, at);
    } else if (entries_.size() > searched_max) {
        places_ = std::make_unique<std::unordered_map<const std::string*, std::size_t>>();
        for (std::size_t i = 0; i < entries_.size(); ++i) places_->emplace(entries_[i].key, i);
    }
}

void entry_table::erase(const std::string* key) {
    const auto at = place(key);
    if (at == entries_.size()) return;
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(at));
    if (!places_) return;
    places_->clear();
    for (std::size_t i = 0; i < entries_.size(); ++i) places_->emplace(entries_[i].key, i);
}

}  // namespace conf::crdt
