/// How much is drawn, how fast, and how large; each has a test at the limit and one above it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace conf::boards {

// One page and what lies on it.
inline constexpr std::size_t shapes_per_page_max = 10'000;
inline constexpr std::size_t pages_per_document_max = 500;
inline constexpr std::size_t documents_max = 50;
inline constexpr std::size_t points_per_stroke_max = 4096;
inline constexpr std::size_t points_per_line_max = 100;
inline constexpr std::size_t text_characters_max = 10'000;
inline constexpr std::size_t note_characters_max = 2000;
inline constexpr std::size_t title_characters_max = 256;
inline constexpr std::size_t asset_characters_max = 64;
inline constexpr std::size_t meta_bytes_max = 1024;
inline constexpr std::size_t parents_max = 8;  ///< groups in groups

// One change.
inline constexpr std::size_t change_bytes_max = 50'000;  // SEC-COL-4
inline constexpr std::size_t ops_per_change_max = 1000;
/// Of a client's fractional index. The server gives a page new ones when one grows beyond `index_bytes_kept`.
inline constexpr std::size_t index_bytes_max = 128;
inline constexpr std::size_t index_bytes_kept = 64;
inline constexpr std::size_t import_bytes_max = 900'000;

// People.
inline constexpr std::size_t authors_max = 2000;
inline constexpr std::size_t writers_max = 100;
inline constexpr std::size_t live_strokes_per_person_max = 8;
inline constexpr std::size_t undo_entries_max = 100;
/// Of all people's together: then the oldest entries of all go, but nobody's newest.
inline constexpr std::size_t undo_bytes_max = 64 << 20;
inline constexpr std::size_t tombstones_per_page_max = 5000;

// Rates of one connection; a burst is what may come at once.
inline constexpr std::size_t changes_per_second = 60;
inline constexpr std::size_t changes_burst = 240;
inline constexpr std::size_t live_per_second = 60;
inline constexpr std::size_t live_burst = 240;
inline constexpr std::size_t pointers_per_second = 30;
inline constexpr std::size_t pointers_burst = 60;

// Sending.
/// So many pens on a page are sent at once; from one more on they are collected for a tick.
inline constexpr std::size_t pens_at_once = 2;
inline constexpr std::chrono::milliseconds pen_tick{20};
inline constexpr std::chrono::milliseconds pointer_tick{50};
/// Of one frame of a page's state; a client's message limit is far above it.
inline constexpr std::size_t state_bytes_max = 60'000;

// Keeping.
/// So many bytes of changes are kept one by one; then what they changed is kept whole, and they go.
inline constexpr std::size_t log_bytes_max = 1 << 20;
inline constexpr std::size_t log_records_max = 4000;
/// Shapes of a page that are kept together, in the order in which they were made.
inline constexpr std::uint64_t shapes_per_bucket = 128;

}  // namespace conf::boards
