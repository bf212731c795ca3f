/// What one document may cost: every count that a peer can drive has a name here.
#pragma once

#include <cstddef>
#include <cstdint>

namespace conf::crdt {

/// The largest clock and the largest client id on the wire: JavaScript's largest safe integer.
inline constexpr std::uint64_t wire_integer_max = (std::uint64_t{1} << 53) - 1;

/// The first clock that a client cannot reach. A client id lives as long as one page; four thousand million
/// units of typing are out of reach, and half the bytes of an id are saved.
inline constexpr std::uint64_t clock_end = 0xFFFF'FFFF;

/// The longest run that one deleted, collected or skipped struct may claim: it costs its sender five bytes.
inline constexpr std::uint64_t run_length_max = std::uint64_t{1} << 31;

/// Lists in lists, in typed values and in JSON.
inline constexpr std::size_t value_depth_max = 64;

/// Limits that whoever holds the document may choose. What is over one is refused whole, with `too_large`,
/// `too_many_structs`, `too_many_clients`, `too_much_pending` or `too_deep`.
struct limits {
    std::size_t update_bytes_max = std::size_t{64} << 20;    ///< of one update
    std::size_t update_structs_max = 4'000'000;              ///< structs and deleted ranges of one update
    std::size_t structs_max = 16'000'000;                    ///< of the document, a hundred bytes each
    std::size_t content_bytes_max = std::size_t{256} << 20;  ///< what all updates brought, as it came
    std::size_t clients_max = 100'000;                       ///< client ids; a page load makes one
    std::size_t pending_bytes_max = std::size_t{16} << 20;   ///< kept until what it refers to arrives
    std::size_t type_depth_max = 256;                        ///< types in types: lists in tables in quotes
    /// Steps past concurrent insertions at the place of others that one update may cost: they are quadratic
    /// in the number of insertions at one place. Ten thousand insertions at one place take fifty millions.
    std::uint64_t conflict_steps_max = 100'000'000;
};

}  // namespace conf::crdt
