#include "libconf/crdt/state.hpp"

#include <algorithm>
#include <functional>

namespace conf::crdt {
namespace {

constexpr auto by_client = [](const state_vector::entry& a, client_id b) { return a.client > b; };

/// Descending clients, ascending clocks.
bool comes_before(const clock_range& a, const clock_range& b) noexcept {
    return a.client != b.client ? a.client > b.client : a.clock < b.clock;
}

conf::error failure(crdt_errc why) {
    return make_error_code(why);
}

}  // namespace

std::uint64_t state_vector::clock_of(client_id client) const noexcept {
    const auto found = std::lower_bound(entries_.begin(), entries_.end(), client, by_client);
    return found != entries_.end() && found->client == client ? found->clock : 0;
}

void state_vector::set(client_id client, std::uint64_t clock) {
    const auto found = std::lower_bound(entries_.begin(), entries_.end(), client, by_client);
    if (found != entries_.end() && found->client == client) {
        found->clock = clock;
    } else {
        entries_.insert(found, {client, clock});
    }
}

state_vector state_vector::from(std::vector<entry> entries) {
    state_vector made;
    made.entries_ = std::move(entries);
    // Of two entries of one client the higher one counts.
    std::ranges::sort(made.entries_, [](const entry& a, const entry& b) {
        return a.client != b.client ? a.client > b.client : a.clock > b.clock;
    });
    const auto repeated = std::ranges::unique(made.entries_, {}, &entry::client);
    made.entries_.erase(repeated.begin(), repeated.end());
    return made;
}

state_vector state_vector::read(wire_reader& from, const limits& within) {
    const auto count = from.var_uint();
    if (count > within.clients_max) from.fail(crdt_errc::too_many_clients);
    std::vector<entry> entries;
    for (std::uint64_t i = 0; i < count && from.ok(); ++i) {
        const auto client = from.var_uint();
        entries.push_back({client, from.var_uint()});
    }
    return state_vector::from(std::move(entries));
}

result<state_vector> state_vector::decode(bytes data, const limits& within) {
    wire_reader from(data);
    auto read_vector = read(from, within);
    if (!from.ok()) return failure(from.error());
    return read_vector;
}

void state_vector::write(wire_writer& to) const {
    to.var_uint(entries_.size());
    for (const auto& each : entries_) {
        to.var_uint(each.client);
        to.var_uint(each.clock);
    }
}

std::vector<std::byte> state_vector::encode() const {
    wire_writer to;
    write(to);
    return std::move(to).take();
}

delete_set::delete_set(std::vector<clock_range> ranges) : ranges_(std::move(ranges)) {
    if (!std::ranges::is_sorted(ranges_, comes_before)) std::ranges::sort(ranges_, comes_before);
    std::size_t kept = 0;
    for (const auto& each : ranges_) {
        if (each.length == 0) continue;
        if (kept > 0) {
            auto& last = ranges_[kept - 1];
            const auto end = last.clock + last.length;
            if (last.client == each.client && end >= each.clock) {
                last.length = std::max(end, each.clock + each.length) - last.clock;
                continue;
            }
        }
        ranges_[kept++] = each;
    }
    ranges_.resize(kept);
}

std::span<const clock_range> delete_set::of(client_id client) const noexcept {
    const auto [begin, end] = std::ranges::equal_range(ranges_, client, std::greater{}, &clock_range::client);
    return {begin, end};
}

bool delete_set::contains(const id& unit) const noexcept {
    const auto ranges = of(unit.client);
    const auto after = std::ranges::upper_bound(ranges, unit.clock, {}, &clock_range::clock);
    if (after == ranges.begin()) return false;
    const auto& range = *std::prev(after);
    return unit.clock < range.clock + range.length;
}

void delete_set::write(wire_writer& to) const {
    std::size_t clients = 0;
    for (std::size_t i = 0; i < ranges_.size(); ++i)
        clients += i == 0 || ranges_[i].client != ranges_[i - 1].client;
    to.var_uint(clients);
    for (std::size_t at = 0; at < ranges_.size();) {
        const auto client = ranges_[at].client;
        auto end = at;
        while (end < ranges_.size() && ranges_[end].client == client) ++end;
        to.var_uint(client);
        to.var_uint(end - at);
        for (; at < end; ++at) {
            to.var_uint(ranges_[at].clock);
            to.var_uint(ranges_[at].length);
        }
    }
}

std::vector<clock_range> delete_set::read(wire_reader& from, std::size_t ranges_max) {
    std::vector<clock_range> ranges;
    const auto clients = from.var_uint();
    for (std::uint64_t i = 0; i < clients && from.ok(); ++i) {
        const auto client = from.var_uint();
        const auto count = from.var_uint();
        for (std::uint64_t j = 0; j < count && from.ok(); ++j) {
            const auto clock = from.var_uint();
            const auto length = from.var_uint();
            if (clock + length > clock_end) from.fail(crdt_errc::bad_number);
            if (ranges.size() >= ranges_max) from.fail(crdt_errc::too_many_structs);
            if (from.ok() && length > 0) ranges.push_back({client, clock, length});
        }
    }
    return ranges;
}

result<snapshot> snapshot::decode(bytes data, const limits& within) {
    wire_reader from(data);
    snapshot read;
    read.deleted = delete_set(delete_set::read(from, within.update_structs_max));
    read.known = state_vector::read(from, within);
    if (!from.ok()) return failure(from.error());
    return read;
}

std::vector<std::byte> snapshot::encode() const {
    wire_writer to;
    deleted.write(to);
    known.write(to);
    return std::move(to).take();
}

}  // namespace conf::crdt
