/// Why a document is refused, as a value that a person can read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace conf::documents {

enum class problem_code : std::uint8_t {
    bad_name = 1,       ///< no name, a path, or too long
    empty,              ///< no bytes
    too_large,          ///< `limits::bytes_max`
    unknown_kind,       ///< nothing that we can show
    refused_kind,       ///< PostScript, macros: known, and not wanted (SEC-DOC-2)
    lying_name,         ///< called one thing, and another inside
    encrypted,          ///< needs a password
    broken,             ///< cut off, or no tool can read it
    archive_too_large,  ///< unpacks to too much
    too_many_pages,
    too_many_pixels,
    page_too_large,  ///< one page is too long, or no picture of it is small enough
    too_slow,        ///< took longer than it may
    office_missing,  ///< LibreOffice is not installed
    tool_missing,    ///< another program is not installed
    no_sandbox,      ///< the system does not allow one, and nothing runs without
    disk_full,
    room_full,   ///< `limits::room_bytes_max` or `documents_per_room_max`
    queue_full,  ///< `jobs_waiting_max`
    cancelled,
    restarted,  ///< the server went down twice while it was converted
    failed,     ///< ours
    not_ready,  ///< asked for as a file before all its pages were made
};

/// As it stands in messages: "too_many_pages".
[[nodiscard]] std::string_view to_string(problem_code code) noexcept;
[[nodiscard]] std::optional<problem_code> problem_code_from(std::string_view name) noexcept;

struct problem {
    problem_code code{};
    std::string message{};     ///< an English sentence: what, and what to do
    std::string_view limit{};  ///< the name of the limit that was hit; empty: none
    std::uint32_t page = 0;    ///< from 1; 0: not about one page

    friend bool operator==(const problem&, const problem&) = default;
};

/// The sentence that goes with a code where nothing more is known.
[[nodiscard]] problem plain_problem(problem_code code);

/// One of the names that `problem::limit` may have; empty for another text.
[[nodiscard]] std::string_view limit_from(std::string_view name) noexcept;

}  // namespace conf::documents
