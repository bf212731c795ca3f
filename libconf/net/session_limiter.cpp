#include "libconf/net/session_limiter.hpp"

#include "libconf/turn/quota_book.hpp"

namespace conf::net {

bool session_limiter::admits(const ip_address& client, instant now) {
    if (per_minute_ == 0) return true;
    if (table_.empty()) table_.resize(slots);
    const auto source = turn::source_of(client);
    auto& entry = table_[hash_of(source, seed_) % slots];
    if (entry.client != source) entry = {source, {}};
    // The bucket fills in a second; on a clock sixty times slower, that is a minute.
    return entry.bucket.take(1, per_minute_, instant(now.time_since_epoch() / 60));
}

}  // namespace conf::net
