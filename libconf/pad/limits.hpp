/// What one pad, and everybody who has it open, may cost.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace conf::pads {

/// Chosen by whoever runs the pads. What is over one is refused whole.
struct limits {
    /// One update: a WebSocket message, so that a long offline merge fits (SEC-COL-4).
    std::size_t update_bytes_max = std::size_t{1} << 20;
    std::size_t text_bytes_max = std::size_t{1} << 20;  ///< visible text, UTF-8
    /// All that was ever written, deleted text too: what history keeps, and what a start reads.
    std::size_t archive_bytes_max = std::size_t{64} << 20;
    std::size_t connections_max = 500;       ///< of one pad, at once
    std::size_t awareness_bytes_max = 4096;  ///< one client's state as JSON
    std::size_t awareness_clients_max = 4;  ///< of one connection: a page has one, a reload may leave another
    std::size_t authors_max = 10'000;       ///< people whom a pad remembers
    std::size_t clients_per_author_max = 10'000;  ///< page loads, each with an id of its own
    std::size_t versions_max = 500;               ///< then every other one of the older half goes
    std::uint32_t refusals_max = 20;  ///< messages of one connection that were refused; one more ends it
};

inline constexpr std::size_t pads_per_room_max = 100;
inline constexpr std::size_t title_bytes_max = 256;
/// People of one pad who may not write although their token says so.
inline constexpr std::size_t barred_max = 1000;
inline constexpr std::size_t reason_bytes_max = 200;  ///< of what a client is told

/// Edits gather so long before they are kept and passed on as one update, since stock clients read one
/// message a frame. The first edit after a pause does not wait.
inline constexpr std::chrono::milliseconds gather_time{20};
/// The same for carets.
inline constexpr std::chrono::milliseconds awareness_time{50};
/// A client whose state was not renewed for so long is gone (y-protocols).
inline constexpr std::chrono::seconds awareness_life{30};

/// A version ends where nobody wrote for so long,
inline constexpr std::chrono::seconds version_pause{60};
/// where writing went on for so long,
inline constexpr std::chrono::seconds version_length{600};
/// or where somebody else begins after the first has had so long.
inline constexpr std::chrono::seconds version_turn{15};

/// Updates are kept one by one until there are so many, or so much of them, that one whole state takes their
/// place: what a start has to read.
inline constexpr std::size_t log_updates_max = 500;
inline constexpr std::size_t log_bytes_max = std::size_t{1} << 20;

}  // namespace conf::pads
