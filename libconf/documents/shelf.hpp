/// The files behind the documents of one room: how far each is converted, what is kept of it, and when it may
/// go.
#pragma once

#include "libconf/documents/limits.hpp"
#include "libconf/documents/stored_file.hpp"
#include "libconf/room/outputs.hpp"

#include <conf/result.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

namespace conf::documents {

enum class shelf_errc {
    bad_name = 1,
    too_large,  ///< `limits::bytes_max`
    room_full,  ///< `documents_per_room_max` or `limits::room_bytes_max`
};
[[nodiscard]] const std::error_category& shelf_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(shelf_errc code) noexcept {
    return {static_cast<int>(code), shelf_category()};
}

/// A file whose bytes are all there.
struct new_file {
    std::string name;
    std::string content;  ///< SHA-256 in hexadecimal digits
    std::uint64_t bytes = 0;
    std::string owner{};
};

/// A file has to become pages: the shell runs it, and reports by `handle`.
struct conversion_job {
    document_number document = 0;
    std::string content;
    std::string name;

    friend bool operator==(const conversion_job&, const conversion_job&) = default;
};

struct paper_size {
    double width = 0;  ///< in any unit
    double height = 0;

    friend bool operator==(const paper_size&, const paper_size&) = default;
};

// What the shell reports of a job.
struct kind_found {
    std::string ending;
};
struct pages_found {
    std::vector<paper_size> papers;
};
struct page_made {
    std::uint32_t number = 0;  ///< from 1
    bool picture = false;
    bool missing = false;

    friend bool operator==(const page_made&, const page_made&) = default;
};
struct conversion_done {};
struct conversion_failed {
    problem why;
};
/// The converter went away under it; it is tried once more.
struct conversion_lost {};
using conversion_news =
    std::variant<kind_found, pages_found, page_made, conversion_done, conversion_failed, conversion_lost>;

/// What a conversion of the same content made before.
struct known_pages {
    std::string ending;
    std::vector<paper_size> papers;
    std::vector<page_made> pages;

    friend bool operator==(const known_pages&, const known_pages&) = default;
};

/// What others are to be told of a file.
enum class shelf_event_kind : std::uint8_t {
    pages_known = 1,  ///< `stored_file::pages`, which are not made yet
    page_ready,
    ready,
    failed,
    restarted,  ///< no page of it can be shown any more, for now
};
struct shelf_event {
    shelf_event_kind what{};
    document_number document = 0;
    std::uint32_t page = 0;  ///< of `page_ready`, from 1

    friend bool operator==(const shelf_event&, const shelf_event&) = default;
};

/// A shelf only appends. Records first, as everywhere: what events tell is kept.
struct outputs {
    std::vector<rooms::record> records;
    std::vector<shelf_event> events;
    std::vector<conversion_job> jobs;
    std::vector<document_number> cancelled;  ///< jobs that nobody waits for
    std::vector<std::string> unused;         ///< contents that no document of this room has any more

    void clear() noexcept;
};

/// Belongs to its owner. What is refused changes nothing.
class shelf {
public:
    explicit shelf(const limits& within) : limits_(within) {}

    /// What was kept, in any order; conversions that were under way begin again, the second time they fail
    /// with `restarted`. @return the number of records that cannot be read.
    std::size_t restore(std::span<const rooms::record> kept, outputs& out);
    /// For files that come from now on.
    void change_limits(const limits& within) noexcept { limits_ = within; }

    /// Before the bytes come. `also_bytes`: of files that are on their way already.
    [[nodiscard]] result<void> admits(std::string_view name, std::uint64_t bytes,
                                      std::uint64_t also_bytes = 0) const;
    /// The document's file, instead of what it had. `known`: it is ready at once.
    [[nodiscard]] result<void> put(document_number of, const new_file& file,
                                   const std::optional<known_pages>& known, rooms::wall_time at,
                                   outputs& out);
    /// News of a job that nobody waits for any more do nothing.
    void handle(document_number of, const conversion_news& news, outputs& out);
    /// Nothing where it has no file.
    void remove(document_number which, outputs& out);
    /// The meeting is over and nothing of it is to be kept.
    void clear(outputs& out);

    [[nodiscard]] const std::map<document_number, stored_file>& all() const noexcept { return files_; }
    [[nodiscard]] const stored_file* find(document_number which) const noexcept;
    [[nodiscard]] bool uses(std::string_view content) const noexcept;
    [[nodiscard]] std::uint64_t bytes() const noexcept;

    static constexpr auto kept_as = rooms::record_kind::document;

private:
    static void keep(const stored_file& of, outputs& out);
    static void start(stored_file& of, outputs& out);
    void fail(stored_file& of, problem why, outputs& out);
    void leave(const std::string& content, outputs& out) const;

    limits limits_;
    std::map<document_number, stored_file> files_;
};

}  // namespace conf::documents

template <>
struct std::is_error_code_enum<conf::documents::shelf_errc> : std::true_type {};
