#include "libconf/pad/awareness.hpp"

#include "libconf/crdt/json.hpp"
#include "libconf/crdt/wire.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace conf::pads {
namespace {

/// Of the pages' hues (OKLCH, lightness 0.62), so that stock clients show the same colours.
constexpr std::array<std::string_view, hue_count> colours{
    "#cf5582", "#d55948", "#c46d01", "#a38207", "#7c9209", "#20a04e",
    "#0f9b89", "#0e97a9", "#0a8fd1", "#617de6", "#966cd7", "#ba5db3",
};

/// Entries of an update that are not for one connection to write: a state costs at least three bytes.
constexpr std::size_t entries_max = 64;

void put(crdt::any::object& into, std::string_view key, crdt::any value) {
    const auto at = std::ranges::find(into, key, &crdt::any::member::first);
    if (at == into.end()) {
        into.emplace_back(std::string(key), std::move(value));
    } else {
        at->second = std::move(value);
    }
}

/// The state with the server's words in it, or nothing where it is no object.
std::optional<std::string> stamped(std::string_view json, const stamp& with) {
    auto state = crdt::parse_json(json);
    auto* const members = state ? std::get_if<crdt::any::object>(&state->value()) : nullptr;
    if (members == nullptr) return std::nullopt;
    if (with.name.empty() && !with.hue) return crdt::to_json(*state);
    crdt::any::object user;
    if (const auto* const said = state->find("user"); said != nullptr && said->members() != nullptr)
        user = *said->members();
    if (!with.name.empty()) put(user, "name", with.name);
    if (with.hue) {
        put(user, "hue", static_cast<double>(*with.hue));
        put(user, "color", std::string(colour_of(*with.hue)));
        put(user, "colorLight", std::string(colour_of(*with.hue)) + "33");
    }
    put(*members, "user", std::move(user));
    return crdt::to_json(*state);
}

}  // namespace

std::string_view colour_of(std::uint8_t hue) noexcept {
    return colours[hue % hue_count];
}

std::optional<std::vector<awareness::entry>> awareness::read(bytes update, const stamp& with,
                                                             outcome& why) const {
    crdt::wire_reader from(update);
    const auto count = from.var_uint();
    std::vector<entry> made;
    why = outcome::malformed;
    for (std::uint64_t at = 0; at < count && from.ok(); ++at) {
        if (made.size() == entries_max) {
            why = outcome::limit;
            return std::nullopt;
        }
        auto& one = made.emplace_back();
        one.client = from.var_uint();
        one.clock = from.var_uint();
        const auto json = from.var_text();
        if (!from.ok()) return std::nullopt;
        if (json == "null") continue;
        if (json.size() > limits_.awareness_bytes_max) {
            why = outcome::limit;
            return std::nullopt;
        }
        auto state = stamped(json, with);
        if (!state) return std::nullopt;
        one.state = *std::move(state);
    }
    if (!from.ok()) return std::nullopt;
    return made;
}

awareness::outcome awareness::apply(connection_id from, bytes update, const stamp& with, instant now) {
    auto why = outcome::malformed;
    auto entries = read(update, with, why);
    if (!entries) return why;

    auto own = static_cast<std::size_t>(
        std::ranges::count_if(clients_, [&](const auto& one) { return one.second.owner == from; }));
    for (const auto& one : *entries) {
        const auto known = clients_.find(one.client);
        if (known != clients_.end() && known->second.person != with.person) {
            // Stock clients send on what they know of others, and say that silent ones are gone.
            if (one.clock <= known->second.clock || one.state.empty()) continue;
            return outcome::foreign;
        }
        if (known == clients_.end() && !one.state.empty() && ++own > limits_.awareness_clients_max)
            return outcome::limit;
    }
    for (auto& one : *entries) {
        const auto known = clients_.find(one.client);
        if (known == clients_.end()) {
            if (one.state.empty()) continue;
            clients_.emplace(one.client, client{from, with.person, one.clock, std::move(one.state), now});
            gone_.erase(one.client);
            changed_.insert(one.client);
            continue;
        }
        if (known->second.person != with.person) continue;
        const bool newer = one.clock > known->second.clock;
        if (!newer && !(one.clock == known->second.clock && one.state.empty())) continue;
        known->second.clock = one.clock;
        known->second.renewed = now;
        known->second.owner = from;  // one that comes back is still here when its old connection ends
        if (one.state.empty()) {
            erase(known);
        } else {
            // A renewal is passed on, too: others would think that it is gone.
            known->second.state = std::move(one.state);
            changed_.insert(one.client);
        }
    }
    return outcome::taken;
}

void awareness::erase(std::map<std::uint64_t, client>::iterator which) {
    gone_[which->first] = which->second.clock;
    changed_.insert(which->first);
    clients_.erase(which);
}

void awareness::remove(connection_id from) {
    for (auto at = clients_.begin(); at != clients_.end();) {
        const auto one = at++;
        if (one->second.owner == from) erase(one);
    }
}

void awareness::expire(instant now) {
    for (auto at = clients_.begin(); at != clients_.end();) {
        const auto one = at++;
        if (one->second.renewed + awareness_life <= now) erase(one);
    }
}

std::optional<instant> awareness::deadline() const {
    std::optional<instant> first;
    for (const auto& [id, one] : clients_) {
        const auto ends = one.renewed + awareness_life;
        if (!first || ends < *first) first = ends;
    }
    return first;
}

std::vector<std::byte> awareness::encode(const std::set<std::uint64_t>& which) const {
    crdt::wire_writer made;
    made.var_uint(which.size());
    for (const auto id : which) {
        made.var_uint(id);
        const auto known = clients_.find(id);
        if (known != clients_.end()) {
            made.var_uint(known->second.clock);
            made.var_string(known->second.state);
        } else {
            // One more, so that it counts also for who has it under the last clock.
            const auto left = gone_.find(id);
            made.var_uint(left == gone_.end() ? 0 : left->second + 1);
            made.var_string("null");
        }
    }
    return std::move(made).take();
}

std::vector<std::byte> awareness::take_changes() {
    if (changed_.empty()) return {};
    auto made = encode(changed_);
    changed_.clear();
    gone_.clear();
    return made;
}

std::vector<std::byte> awareness::everything() const {
    if (clients_.empty()) return {};
    std::set<std::uint64_t> all;
    for (const auto& [id, one] : clients_) all.insert(id);
    return encode(all);
}

}  // namespace conf::pads
