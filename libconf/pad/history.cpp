#include "libconf/pad/history.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace conf::pads {

bool history::ends_before(const std::string& person, instant now) const {
    if (writers_.empty()) return false;
    if (now - last_ >= version_pause || now - began_ >= version_length) return true;
    return !writers_.contains(person) && now - began_ >= version_turn;
}

std::optional<instant> history::deadline() const {
    if (writers_.empty()) return std::nullopt;
    return last_ + version_pause;
}

void history::note(const std::string& person, const moment& at) {
    if (writers_.empty()) began_ = at.now;
    last_ = at.now;
    changed_ = at.wall;
    writers_.insert(person);
}

history::ended history::end(crdt::snapshot now) {
    ended made;
    if (writers_.empty()) return made;
    version fresh;
    fresh.number = next_++;
    fresh.at = changed_;
    fresh.authors.assign(writers_.begin(), writers_.end());
    fresh.state = std::move(now);
    writers_.clear();
    if (versions_.size() >= limits_.versions_max) {
        // The old past gets coarser, the new one stays.
        auto one = versions_.begin();
        for (auto left = versions_.size() / 4; left > 0; --left, ++one) {
            const auto gone = one++;
            // Its authors are the next one's, too.
            for (auto& each : gone->second.authors) {
                if (std::ranges::find(one->second.authors, each) == one->second.authors.end())
                    one->second.authors.push_back(std::move(each));
            }
            made.dropped.push_back(gone->first);
            versions_.erase(gone);
        }
    }
    made.made = &versions_.emplace(fresh.number, std::move(fresh)).first->second;
    return made;
}

const version* history::find(std::uint64_t number) const noexcept {
    const auto known = versions_.find(number);
    return known == versions_.end() ? nullptr : &known->second;
}

history::page history::list(std::uint64_t before, std::size_t count) const {
    page made;
    auto at = before == 0 ? versions_.end() : versions_.lower_bound(before);
    while (at != versions_.begin() && made.versions.size() < count) made.versions.push_back(&(--at)->second);
    made.more = at != versions_.begin();
    return made;
}

std::string history::encode(const version& one) {
    crdt::wire_writer made;
    made.var_uint(1);  // of this format
    made.var_uint(one.number);
    made.var_uint(static_cast<std::uint64_t>(one.at.count()));
    made.var_uint(one.authors.size());
    for (const auto& each : one.authors) made.var_string(each);
    made.var_bytes(one.state.encode());
    return std::string(as_text(made.written()));
}

bool history::restore(std::string_view kept) {
    crdt::wire_reader from(as_bytes(kept));
    if (from.var_uint() != 1) return false;
    version made;
    made.number = from.var_uint();
    made.at = wall_time(static_cast<std::int64_t>(from.var_uint()));
    const auto count = from.var_uint();
    for (std::uint64_t at = 0; at < count && from.ok(); ++at) made.authors.emplace_back(from.var_text());
    auto state = crdt::snapshot::decode(from.var_bytes());
    if (!from.ok() || from.left() != 0 || made.number == 0 || !state) return false;
    made.state = *std::move(state);
    next_ = std::max(next_, made.number + 1);
    changed_ = std::max(changed_, made.at);
    versions_.insert_or_assign(made.number, std::move(made));
    return true;
}

std::string history::key_of(std::uint64_t number) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string made(16, '0');
    for (auto at = made.rbegin(); number != 0; number >>= 4U) *at++ = digits[number & 0xF];
    return made;
}

}  // namespace conf::pads
