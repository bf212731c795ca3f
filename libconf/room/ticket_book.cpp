#include "libconf/room/ticket_book.hpp"

#include "libconf/room/limits.hpp"
#include "libconf/room/record_format.hpp"

#include <algorithm>
#include <utility>

namespace conf::rooms {
namespace {

/// Never renumbered; 3 was used.
constexpr std::uint8_t tag_used = 1;
constexpr std::uint8_t tag_expires = 2;

}  // namespace

bool ticket_book::admits(const ticket& with, wall_time now) const {
    if (now >= with.expires) return false;
    const auto found = entries_.find(with.id);
    if (found != entries_.end()) {
        return with.uses_max == 0 || found->second.used < with.uses_max;
    }
    if (with.uses_max == 0 || entries_.size() < tickets_max) return true;
    return std::ranges::any_of(entries_, [&](const auto& one) { return one.second.expires <= now; });
}

void ticket_book::use(const ticket& with, wall_time now, std::vector<record>& out) {
    forget_expired(now, out);
    if (with.uses_max == 0) return;
    auto& entry = entries_[with.id];
    entry.expires = with.expires;
    ++entry.used;
    out.push_back(record_of(with.id, entry));
}

void ticket_book::forget_expired(wall_time now, std::vector<record>& out) {
    std::erase_if(entries_, [&](const auto& one) {
        if (one.second.expires > now) return false;
        out.push_back({record_kind::ticket, one.first, {}});
        return true;
    });
}

record ticket_book::record_of(const std::string& id, const written& what) {
    record_writer to;
    to.number(tag_used, what.used);
    to.number(tag_expires, static_cast<std::uint64_t>(std::max<std::int64_t>(what.expires.count(), 0)));
    return {record_kind::ticket, id, std::move(to).take()};
}

bool ticket_book::restore(std::string_view key, std::string_view value) {
    written made;
    record_reader from(value);
    while (from.next()) {
        if (from.tag() == tag_used) made.used = from.number();
        if (from.tag() == tag_expires) {
            made.expires = wall_time(static_cast<std::int64_t>(from.number() & INT64_MAX));
        }
    }
    if (!from.complete() || key.empty()) return false;
    entries_.insert_or_assign(std::string(key), made);
    return true;
}

}  // namespace conf::rooms
