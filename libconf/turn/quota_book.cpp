#include "libconf/turn/quota_book.hpp"

#include "libconf/base/check.hpp"

#include <algorithm>
#include <array>

namespace conf::turn {
namespace {

template <class Counts, class Key>
std::uint32_t count_of(const Counts& counts, const Key& key) {
    const auto found = counts.find(key);
    return found == counts.end() ? 0 : found->second;
}

template <class Counts, class Key>
void count_down(Counts& counts, const Key& key) {
    const auto found = counts.find(key);
    check(found != counts.end());
    if (--found->second == 0) counts.erase(found);
}

constexpr bool reached(std::uint64_t count, std::uint64_t limit) noexcept {
    return limit != 0 && count >= limit;
}

}  // namespace

ip_address source_of(const ip_address& ip) noexcept {
    if (ip.is_v4()) return ip;
    std::array<std::byte, 16> half{};
    std::ranges::copy(ip.raw().first(8), half.begin());
    return ip_address::from_bytes(half);
}

quota_book::verdict plain_quota_book::enter(std::string_view user, user_kind kind, const ip_address& client,
                                            const turn_limits& limits) {
    const auto user_limit =
        kind == user_kind::time_limited ? limits.allocations_per_credential : limits.allocations_per_user;
    const auto source = source_of(client);
    if (reached(total_, limits.allocations_total)) return verdict::server_is_full;
    if (reached(count_of(by_user_, user), user_limit)) return verdict::user_has_too_many;
    if (reached(count_of(by_source_, source), limits.allocations_per_address))
        return verdict::user_has_too_many;
    ++total_;
    ++by_source_[source];
    if (const auto known = by_user_.find(user); known != by_user_.end()) {
        ++known->second;
    } else {
        by_user_.emplace(user, 1);
    }
    return verdict::admitted;
}

void plain_quota_book::leave(std::string_view user, const ip_address& client) {
    check(total_ > 0);
    --total_;
    count_down(by_user_, user);
    count_down(by_source_, source_of(client));
}

}  // namespace conf::turn
