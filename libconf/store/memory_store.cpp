#include "libconf/store/room_store.hpp"

namespace conf::store {

void memory_store::load(std::string room, loaded done) {
    std::vector<rooms::record> records;
    if (const auto found = rooms_.find(room); found != rooms_.end()) {
        for (const auto& [at, value] : found->second) records.push_back({at.first, at.second, value});
    }
    post_back_([done = std::move(done), records = std::move(records)] { done(records); });
}

void memory_store::save(std::string room, std::vector<rooms::record> records, saved done) {
    auto& kept = rooms_[room];
    for (auto& one : records) {
        if (one.value.empty()) {
            kept.erase({one.kind, one.key});
        } else {
            kept[{one.kind, std::move(one.key)}] = std::move(one.value);
        }
    }
    if (kept.empty()) rooms_.erase(room);
    post_back_([done = std::move(done)] { done({}); });
}

void memory_store::list(listed done) {
    std::vector<std::string> names;
    for (const auto& [name, records] : rooms_) names.push_back(name);
    post_back_([done = std::move(done), names = std::move(names)] { done(names); });
}

}  // namespace conf::store
