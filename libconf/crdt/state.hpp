/// What a replica knows: state vectors, ranges of deleted units, and snapshots made of both.
#pragma once

#include "libconf/crdt/wire.hpp"

#include <conf/result.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace conf::crdt {

/// A client id: random for each document instance, 53 bits on the wire.
using client_id = std::uint64_t;

/// One unit of content: the clock counts what its client made, from 0, without gaps.
struct id {
    client_id client = 0;
    std::uint64_t clock = 0;
    friend bool operator==(const id&, const id&) = default;
    friend auto operator<=>(const id&, const id&) = default;
};

/// Units `clock` to `clock + length - 1` of a client.
struct clock_range {
    client_id client = 0;
    std::uint64_t clock = 0;
    std::uint64_t length = 0;
    friend bool operator==(const clock_range&, const clock_range&) = default;
};

/// The next clock of each client; a client that is not in it is at 0. Written with descending ids.
class state_vector {
public:
    struct entry {
        client_id client = 0;
        std::uint64_t clock = 0;
        friend bool operator==(const entry&, const entry&) = default;
    };

    state_vector() = default;

    [[nodiscard]] std::uint64_t clock_of(client_id client) const noexcept;
    void set(client_id client, std::uint64_t clock);
    /// By descending client id.
    [[nodiscard]] std::span<const entry> entries() const noexcept { return entries_; }

    /// Errors: `truncated`, `bad_number`, `too_many_clients`.
    [[nodiscard]] static result<state_vector> decode(bytes data, const limits& within = {});
    [[nodiscard]] std::vector<std::byte> encode() const;
    void write(wire_writer& to) const;
    [[nodiscard]] static state_vector read(wire_reader& from, const limits& within);
    /// Entries in any order, each client once.
    [[nodiscard]] static state_vector from(std::vector<entry> entries);

    friend bool operator==(const state_vector&, const state_vector&) = default;

private:
    std::vector<entry> entries_;
};

/// Ranges of deleted units, by descending client and ascending clock, none touching the next.
class delete_set {
public:
    delete_set() = default;
    /// Sorts and joins.
    explicit delete_set(std::vector<clock_range> ranges);

    [[nodiscard]] std::span<const clock_range> ranges() const noexcept { return ranges_; }
    [[nodiscard]] bool empty() const noexcept { return ranges_.empty(); }
    [[nodiscard]] bool contains(const id& unit) const noexcept;
    /// The ranges of one client, ascending.
    [[nodiscard]] std::span<const clock_range> of(client_id client) const noexcept;

    void write(wire_writer& to) const;
    /// Reads what an update ends with: as it stands there, empty ranges left out, not yet joined.
    [[nodiscard]] static std::vector<clock_range> read(wire_reader& from, std::size_t ranges_max);

    friend bool operator==(const delete_set&, const delete_set&) = default;

private:
    std::vector<clock_range> ranges_;
};

/// A moment of a document: what was known, and what of it was deleted. It shows its moment as long as the
/// document collects nothing (`document_options::collect`).
struct snapshot {
    delete_set deleted;
    state_vector known;

    /// Errors: `truncated`, `bad_number`, `too_many_clients`, `too_many_structs`.
    [[nodiscard]] static result<snapshot> decode(bytes data, const limits& within = {});
    [[nodiscard]] std::vector<std::byte> encode() const;
    [[nodiscard]] bool shows(const id& unit) const noexcept {
        return unit.clock < known.clock_of(unit.client) && !deleted.contains(unit);
    }
    friend bool operator==(const snapshot&, const snapshot&) = default;
};

}  // namespace conf::crdt
