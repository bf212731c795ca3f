#include "libconf/pad/authors.hpp"

#include "libconf/base/check.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace conf::pads {

author_book::verdict author_book::judge(std::string_view person,
                                        std::span<const crdt::client_id> clients) const {
    std::size_t fresh = 0;
    for (const auto id : clients) {
        const auto owner = owners_.find(id);
        if (owner == owners_.end()) {
            ++fresh;
        } else if (authors_[owner->second].person != person) {
            return verdict::foreign;
        }
    }
    if (fresh == 0) return verdict::good;
    const auto* const known = find(person);
    const auto has = known == nullptr ? 0 : known->clients.size();
    const bool is_full = (known == nullptr && authors_.size() >= limits_.authors_max) ||
                         has + fresh > limits_.clients_per_author_max;
    return is_full ? verdict::full : verdict::good;
}

const author* author_book::bind(std::string_view person, std::string_view name,
                                std::span<const crdt::client_id> clients) {
    bool is_new = find(person) == nullptr;
    if (is_new && clients.empty()) return nullptr;
    auto& one = place_of(person);
    if (!name.empty() && one.name != name) {
        one.name = name;
        is_new = true;
    }
    for (const auto id : clients) {
        const auto [at, fresh] = owners_.emplace(id, places_.find(person)->second);
        check(authors_[at->second].person == person);
        if (!fresh) continue;
        one.clients.push_back(id);
        is_new = true;
    }
    return is_new ? &one : nullptr;
}

/// The hue that fewest have, the first of those.
std::uint8_t author_book::hue_of(std::string_view person) const {
    if (const auto* const known = find(person)) return known->hue;
    std::array<std::size_t, hue_count> uses{};
    for (const auto& one : authors_) ++uses[one.hue % hue_count];
    // Neighbours in the list look alike, so that the step is long.
    std::uint8_t best = 0;
    for (std::uint8_t step = 1; step < hue_count; ++step) {
        const auto hue = static_cast<std::uint8_t>(step * 5 % hue_count);
        if (uses[hue] < uses[best]) best = hue;
    }
    return best;
}

author& author_book::place_of(std::string_view person) {
    const auto known = places_.find(person);
    if (known != places_.end()) return authors_[known->second];
    author made;
    made.person = person;
    made.hue = hue_of(person);
    places_.emplace(made.person, authors_.size());
    return authors_.emplace_back(std::move(made));
}

const author* author_book::find(std::string_view person) const noexcept {
    const auto known = places_.find(person);
    return known == places_.end() ? nullptr : &authors_[known->second];
}

std::vector<author> author_book::all() const {
    return authors_;
}

std::size_t author_book::place_in_order(const author& one) const noexcept {
    return static_cast<std::size_t>(&one - authors_.data()) + 1;
}

std::string author_book::encode(const author& one) {
    crdt::wire_writer made;
    made.var_uint(1);  // of this format
    made.var_string(one.person);
    made.var_string(one.name);
    made.u8(one.hue);
    made.var_uint(one.clients.size());
    for (const auto id : one.clients) made.var_uint(id);
    return std::string(as_text(made.written()));
}

bool author_book::restore(std::string_view kept) {
    crdt::wire_reader from(as_bytes(kept));
    if (from.var_uint() != 1) return false;
    author made;
    made.person = from.var_text();
    made.name = from.var_text();
    made.hue = from.u8() % hue_count;
    const auto count = from.var_uint();
    for (std::uint64_t at = 0; at < count && from.ok(); ++at) made.clients.push_back(from.var_uint());
    if (!from.ok() || from.left() != 0 || places_.contains(made.person)) return false;
    for (const auto id : made.clients) owners_.emplace(id, authors_.size());
    places_.emplace(made.person, authors_.size());
    authors_.push_back(std::move(made));
    return true;
}

}  // namespace conf::pads
