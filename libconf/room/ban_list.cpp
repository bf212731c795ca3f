#include "libconf/room/ban_list.hpp"

#include "libconf/room/limits.hpp"
#include "libconf/room/record_format.hpp"

#include <algorithm>

namespace conf::rooms {
namespace {

constexpr std::uint8_t tag_external_id = 1;
constexpr std::uint8_t tag_key = 2;

}  // namespace

void ban_list::add(std::string_view external_id, std::span<const std::string> keys,
                   std::vector<record>& out) {
    if (external_id.empty() && keys.empty()) return;
    record_writer to;
    to.text(tag_external_id, external_id);
    for (const auto& key : keys) to.item(tag_key, key);
    out.push_back({record_kind::ban, key_of(next_), std::move(to).take()});
    bans_.emplace(next_++, ban{std::string(external_id), {keys.begin(), keys.end()}});
    if (bans_.size() > bans_max) {
        out.push_back({record_kind::ban, key_of(bans_.begin()->first), {}});
        bans_.erase(bans_.begin());
    }
}

bool ban_list::holds(std::string_view external_id, std::span<const std::string> keys) const {
    return std::ranges::any_of(bans_, [&](const auto& entry) {
        const auto& one = entry.second;
        if (!external_id.empty() && one.external_id == external_id) return true;
        return std::ranges::find_first_of(one.keys, keys) != one.keys.end();
    });
}

void ban_list::clear(std::vector<record>& out) {
    for (const auto& [number, one] : bans_) out.push_back({record_kind::ban, key_of(number), {}});
    bans_.clear();
}

bool ban_list::restore(std::string_view key, std::string_view value) {
    const auto number = number_in(key);
    if (!number) return false;
    ban made;
    record_reader from(value);
    while (from.next()) {
        if (from.tag() == tag_external_id) made.external_id = from.text();
        if (from.tag() == tag_key && made.keys.size() < ban_keys_per_person_max)
            made.keys.emplace_back(from.text());
    }
    if (!from.complete()) return false;
    bans_.insert_or_assign(*number, std::move(made));
    next_ = std::max(next_, *number + 1);
    return true;
}

}  // namespace conf::rooms
