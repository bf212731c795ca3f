/// The file behind a document of a room, and the pages that it became, as plain data.
#pragma once

#include "libconf/documents/problem.hpp"
#include "libconf/room/types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::documents {

/// The number of the document in its room, as whoever keeps their order gave it: see `libconf/whiteboard`.
using document_number = std::uint64_t;

enum class file_state : std::uint8_t { waiting = 1, converting, ready, failed };

struct page {
    double width = 0;  ///< in units: `page_units_wide`
    double height = 0;
    bool made = false;     ///< can be shown
    bool picture = false;  ///< not vectors
    bool missing = false;  ///< could not be converted, shown empty

    friend bool operator==(const page&, const page&) = default;
};

struct stored_file {
    document_number number = 0;
    std::string name{};
    file_state state = file_state::waiting;
    std::string content{};  ///< SHA-256 of the file in hexadecimal digits; empty: nothing is left of it
    std::string ending{};   ///< of the file, by its content once that is known: "pptx"
    std::uint64_t bytes = 0;
    std::vector<page> pages{};  ///< all, once their number is known
    std::string owner{};        ///< id of who brought it; empty: the program
    rooms::wall_time added{};
    std::uint32_t attempts = 0;
    std::optional<problem> why{};  ///< of `failed`

    friend bool operator==(const stored_file&, const stored_file&) = default;
};

[[nodiscard]] std::string_view to_string(file_state state) noexcept;

/// What is kept of it; the pages only when it is ready. The key is the number.
[[nodiscard]] std::string write_record(const stored_file& of);
/// Nothing where the record is none of ours.
[[nodiscard]] std::optional<stored_file> read_record(std::string_view key, std::string_view value);

/// In units: `page_units_wide`, and 4:3 where nothing is said.
struct page_size {
    double width = 1440;
    double height = 1080;

    friend bool operator==(const page_size&, const page_size&) = default;
};
/// For paper whose size is in any unit, and may be a lie: the longer side is at most `page_aspect_max` times
/// the shorter one.
[[nodiscard]] page_size fit_page(double paper_width, double paper_height) noexcept;

}  // namespace conf::documents
