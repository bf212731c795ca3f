/// How much one document, and the documents of one room, may take; each has a test at the limit and one
/// above.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace conf::documents {

/// What a configuration may change.
struct limits {
    std::uint64_t bytes_max = 30'000'000;        ///< of one uploaded file
    std::uint32_t pages_max = 200;               ///< of one document
    std::uint64_t pixels_max = 50'000'000;       ///< of one uploaded picture
    std::uint64_t room_bytes_max = 500'000'000;  ///< of all files of a room, as uploaded
    std::chrono::seconds job_time{300};          ///< for one conversion in all
};

inline constexpr std::size_t name_bytes_max = 255;
inline constexpr std::size_t documents_per_room_max = 50;
inline constexpr std::size_t id_characters_max = 64;

// Pictures on boards and in notes: as they are uploaded, none of them becomes a page.
inline constexpr std::uint64_t asset_bytes_max = 10'000'000;
inline constexpr std::size_t assets_per_room_max = 500;

// Archives, which office files are, before anything unpacks them (SEC-DOC-3).
inline constexpr std::size_t archive_entries_max = 2000;
inline constexpr std::uint64_t archive_unpacked_bytes_max = 300'000'000;
/// Unpacked to packed, for what unpacks to more than `archive_ratio_free_bytes`: short XML packs well.
inline constexpr std::uint64_t archive_ratio_max = 100;
inline constexpr std::uint64_t archive_ratio_free_bytes = 1'000'000;

// Pages.
inline constexpr std::uint32_t page_units_wide = 1440;              ///< of every page, whatever its paper
inline constexpr double page_aspect_max = 8;                        ///< the longer side to the shorter one
inline constexpr std::size_t page_svg_bytes_max = 2 * 1024 * 1024;  ///< above it the page becomes a picture
inline constexpr std::size_t page_image_tags_max = 800;
inline constexpr std::size_t page_use_tags_max = 800;                   ///< of anything but glyphs
inline constexpr std::size_t page_picture_bytes_max = 3 * 1024 * 1024;  ///< 4 MiB in base64
inline constexpr std::uint32_t page_picture_px = 2048;                  ///< its longer side
inline constexpr std::uint32_t thumbnail_px = 150;                      ///< its longer side
inline constexpr std::size_t page_text_bytes_max = 64 * 1024;

/// HTML that is to become a file of an office program, with the pictures in it.
inline constexpr std::size_t text_page_bytes_max = 80 * 1024 * 1024;

// Pictures of pages that somebody asks for, rounded up to a multiple, so that few of them are made.
inline constexpr std::uint32_t picture_width_px_min = 64;
inline constexpr std::uint32_t picture_width_px_max = 2048;
inline constexpr std::uint32_t picture_width_px_step = 320;

// One tool in the sandbox.
inline constexpr std::chrono::seconds step_time{60};
inline constexpr std::chrono::seconds fonts_time{3};  ///< for a look at the fonts, which may be left out
inline constexpr std::uint64_t office_memory_bytes = 1'500'000'000;
inline constexpr std::uint64_t tool_memory_bytes = 1'000'000'000;
inline constexpr std::uint64_t tool_file_bytes_max = 256'000'000;  ///< what a tool may write into one file
inline constexpr std::uint64_t tool_scratch_bytes = 256'000'000;   ///< its own /tmp
inline constexpr unsigned tool_processes_max = 64;
inline constexpr unsigned tool_descriptors_max = 256;

// Conversions of a whole server.
inline constexpr std::size_t jobs_at_once = 2;
inline constexpr std::size_t jobs_waiting_max = 100;

}  // namespace conf::documents
