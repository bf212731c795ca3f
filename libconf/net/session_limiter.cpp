#include "libconf/net/session_limiter.hpp"

#include "libconf/turn/quota_book.hpp"

namespace conf::net {
namespace {

/// The bucket fills in a second; on a clock sixty times slower, that is a minute.
instant slowed(instant now) noexcept {
    return instant(now.time_since_epoch() / 60);
}

}  // namespace

std::size_t session_limiter::slot_of(const ip_address& source) const noexcept {
    return hash_of(source, seed_) % slots;
}

bool session_limiter::admits(const ip_address& client, instant now) {
    if (per_minute_ == 0) return true;
    if (table_.empty()) table_.resize(slots);
    const auto source = turn::source_of(client);
    auto& entry = table_[slot_of(source)];
    if (entry.client != source) entry = {source, {}};
    return entry.bucket.take(1, per_minute_, slowed(now));
}

bool session_limiter::would_admit(const ip_address& client, instant now) const {
    if (per_minute_ == 0 || table_.empty()) return true;
    const auto source = turn::source_of(client);
    const auto& entry = table_[slot_of(source)];
    auto copy = entry.bucket;
    return entry.client != source || copy.take(1, per_minute_, slowed(now));
}

}  // namespace conf::net
