#include "libconf/turn/source_limiter.hpp"

#include "libconf/turn/quota_book.hpp"

namespace conf::turn {

bool source_limiter::admits(const ip_address& source, std::uint32_t per_second, instant now) {
    if (per_second == 0 || source.is_loopback()) return true;
    if (table_.empty()) table_.resize(slots);
    const auto hash = hash_of(source_of(source), seed_);
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    const auto second = static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
    auto& entry = table_[hash % slots];
    if (entry.tag != tag || entry.second != second) entry = {tag, second, 0};
    if (entry.answers >= per_second) return false;
    ++entry.answers;
    return true;
}

}  // namespace conf::turn
