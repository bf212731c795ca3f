/// The programs that convert, and how each is called. All of them run in the sandbox.
#pragma once

#include "libconf/convert/job.hpp"
#include "libconf/convert/sandbox.hpp"
#include "libconf/documents/problem.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace conf::convert {

/// A program and the Debian package that brings it.
struct tool {
    std::string_view path;
    std::string_view package;

    [[nodiscard]] bool installed() const noexcept;
};
inline constexpr tool pdfinfo{"/usr/bin/pdfinfo", "poppler-utils"};
inline constexpr tool pdffonts{"/usr/bin/pdffonts", "poppler-utils"};
inline constexpr tool pdftocairo{"/usr/bin/pdftocairo", "poppler-utils"};
inline constexpr tool pdftoppm{"/usr/bin/pdftoppm", "poppler-utils"};
inline constexpr tool pdftotext{"/usr/bin/pdftotext", "poppler-utils"};
inline constexpr tool rsvg_convert{"/usr/bin/rsvg-convert", "librsvg2-bin"};
inline constexpr tool qpdf{"/usr/bin/qpdf", "qpdf"};
inline constexpr tool soffice{
    "/usr/bin/soffice", "libreoffice-impress-nogui, libreoffice-writer-nogui and libreoffice-calc-nogui"};

struct pdf_info {
    std::uint32_t pages = 0;
    std::vector<paper> papers;  ///< of the first pages, as many as were asked for
};

/// From what `pdfinfo -f 1 -l N` prints.
[[nodiscard]] std::optional<pdf_info> read_pdfinfo(std::string_view printed);
/// Whether the list of `pdffonts` has one of Type 3, whose glyphs are drawings of any size.
[[nodiscard]] bool has_type3_font(std::string_view printed);

/// What a job has left of its time, and how it is cancelled.
class job_clock {
public:
    job_clock(std::chrono::milliseconds time, int cancel)
        : end_(std::chrono::steady_clock::now() + time), cancel_(cancel) {}

    /// At most `wanted`.
    [[nodiscard]] std::chrono::milliseconds time_for(std::chrono::milliseconds wanted) const;
    [[nodiscard]] int cancel() const noexcept { return cancel_; }

private:
    std::chrono::steady_clock::time_point end_;
    int cancel_;
};

/// What is wrong where a tool did not end well by itself: `too_slow`, `cancelled`, `failed`; nothing where it
/// ended.
[[nodiscard]] std::optional<documents::problem> problem_of(const child_end& end);

}  // namespace conf::convert
