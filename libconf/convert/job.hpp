/// What the converter is asked for, and how it says how far it is: lines of JSON.
#pragma once

#include "libconf/documents/limits.hpp"
#include "libconf/documents/problem.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace conf::convert {

/// A line is no longer.
inline constexpr std::size_t job_bytes_max = 256 * 1024;

/// `{"job":"pages","in":FILE,"name":"talk.pptx","out":FOLDER,"limits":{…}}`: a file becomes
/// `document.pdf`, and of each page N `N.svg`, `N.png` (its thumbnail) and `N.txt`.
struct pages_job {
    std::string in;
    std::string name;  ///< as the uploader calls it
    std::string out;
    documents::limits within;
};

/// `{"job":"picture","in":PDF,"page":3,"width":1280,"out":FOLDER}`: one page as `picture.png`.
struct picture_job {
    std::string in;
    std::uint32_t page = 1;
    std::uint32_t width = 0;
    std::string out;
};

/// One page of an export: something drawn over a page of a PDF, either of which may be missing.
struct export_page {
    std::string drawing;   ///< an SVG file; its viewBox fits the page
    std::string document;  ///< a PDF file
    std::uint32_t page = 1;
    double width = 0;  ///< of a page without a PDF, in units of 1/96 inch
    double height = 0;
};
enum class export_format : std::uint8_t { pdf, png };

/// `{"job":"export","format":"pdf","pages":[{"drawing":SVG,"document":PDF,"page":3},…],"out":FOLDER}`:
/// `export.pdf`, where the pages of a PDF stay what they are and drawings lie over them as vectors; as png
/// `N.png` of each page, `width` pixels wide.
struct export_job {
    export_format format{};
    std::vector<export_page> pages;
    std::uint32_t width = documents::picture_width_px_max;
    std::string out;
};

/// `{"job":"text","in":HTML,"format":"docx","out":FOLDER}`: `export.docx`, by LibreOffice; also `odt`, `pdf`.
struct text_job {
    std::string in;
    std::string format;
    std::string out;
};

/// `{"job":"check"}`: what there is.
struct check_job {};

using any_job = std::variant<check_job, pages_job, picture_job, export_job, text_job>;

/// Nothing where the line is no job: a bug of who sent it.
[[nodiscard]] std::optional<any_job> read_job(std::string_view line);

// What happens, one line each.
struct kind_event {
    std::string_view kind;  ///< "office"
    std::string_view ending;
};
struct paper {
    double width = 0;  ///< in points, as it is seen: turned where the page says so
    double height = 0;
};
struct pages_event {
    std::vector<paper> papers;  ///< of all pages
};
struct page_event {
    std::uint32_t page = 0;
    bool picture = false;
    bool missing = false;
};
struct abilities_event {
    bool documents = false;
    bool office = false;
    bool overlay = false;
    std::vector<std::string> problems;
};
struct done_event {};
using any_event =
    std::variant<kind_event, pages_event, page_event, abilities_event, done_event, documents::problem>;

/// With its line feed.
[[nodiscard]] std::string write_event(const any_event& what);
/// Nothing where the line is none of these.
[[nodiscard]] std::optional<any_event> read_event(std::string_view line);

using event_sink = std::function<void(const any_event&)>;

}  // namespace conf::convert
