#include "libconf/convert/converter.hpp"
#include "libconf/convert/files.hpp"
#include "libconf/documents/file_kind.hpp"
#include "libconf/documents/page_image.hpp"
#include "libconf/documents/text_pages.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

namespace conf::convert {
namespace {

using documents::file_family;
using documents::problem;
using documents::problem_code;
namespace limit = documents;

using maybe_problem = std::optional<problem>;

problem missing(const tool& what) {
    auto made = plain_problem(problem_code::tool_missing);
    made.message = fmt::format("The server lacks {}: its operator has to install Debian's package {}.",
                               what.path, what.package);
    return made;
}

bool move_file(const std::string& from, const std::string& to) {
    if (!file_bytes(from)) return false;  // no file, or something else that only looks like one
    std::error_code failed;
    std::filesystem::rename(from, to, failed);
    return !failed;
}

bool put_file(const std::string& path, std::string_view content) {
    return write_file(path, content);
}

/// Cuts at a character.
std::string_view head_of(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    auto end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
    return text.substr(0, end);
}

/// Everything about one job that its steps share.
class page_maker {
public:
    page_maker(const pages_job& job, const event_sink& sink, int cancel)
        : job_(job), sink_(sink), clock_(job.within.job_time, cancel), work_(job.out) {}

    maybe_problem run();

private:
    maybe_problem find_kind();
    maybe_problem make_pdf();
    maybe_problem make_pdf_of_picture(std::string_view data);
    maybe_problem make_pdf_of_drawing();
    maybe_problem make_pdf_of_text(std::string_view text);
    maybe_problem read_pages();
    void read_fonts();
    maybe_problem make_page(std::uint32_t number);
    maybe_problem make_picture(std::uint32_t number, const paper& size, std::string& svg);
    child_end run_tool(std::vector<std::string> tool, std::chrono::milliseconds time) const;

    const pages_job& job_;
    const event_sink& sink_;
    job_clock clock_;
    scratch_folder work_;
    documents::file_kind kind_;
    std::string content_;  // while it is needed
    pdf_info info_;
    bool type3_fonts_ = false;
};

[[nodiscard]] std::string pdf_of(const pages_job& job) {
    return job.out + "/document.pdf";
}

maybe_problem page_maker::run() {
    if (!work_) return plain_problem(problem_code::disk_full);
    if (auto why = find_kind()) return why;
    sink_(kind_event{to_string(kind_.family), kind_.ending});
    if (auto why = make_pdf()) return why;
    content_.clear();
    if (auto why = read_pages()) return why;
    sink_(pages_event{info_.papers});
    read_fonts();
    for (std::uint32_t number = 1; number <= info_.pages; ++number) {
        if (auto why = make_page(number)) {
            why->page = number;
            return why;
        }
    }
    return std::nullopt;
}

maybe_problem page_maker::find_kind() {
    const auto size = file_bytes(job_.in);
    if (!size) return plain_problem(problem_code::failed);
    if (*size > job_.within.bytes_max) {
        auto why = plain_problem(problem_code::too_large);
        why.message = fmt::format("The file has {:.1f} MB; at most {} are taken.",
                                  static_cast<double>(*size) / 1e6, job_.within.bytes_max / 1'000'000);
        why.limit = documents::limit_from("bytes");
        return why;
    }
    auto content = read_file(job_.in, job_.within.bytes_max);
    if (!content) return plain_problem(problem_code::failed);
    content_ = std::move(*content);
    auto found = documents::find_kind(job_.name, as_bytes(content_), job_.within);
    if (auto* const why = std::get_if<problem>(&found)) return std::move(*why);
    kind_ = std::get<documents::file_kind>(found);
    return std::nullopt;
}

maybe_problem page_maker::make_pdf() {
    for (const auto& needed : {pdfinfo, pdftocairo, pdftoppm, pdftotext, rsvg_convert}) {
        if (!needed.installed()) return missing(needed);
    }
    switch (kind_.family) {
        case file_family::pdf: {
            std::error_code failed;
            std::filesystem::create_hard_link(job_.in, pdf_of(job_), failed);
            if (failed && !put_file(pdf_of(job_), content_)) return plain_problem(problem_code::disk_full);
            return std::nullopt;
        }
        case file_family::office: {
            const auto ending = std::string(kind_.ending);
            if (auto why =
                    run_office({.file = job_.in, .ending = ending, .target = "pdf"}, work_.path(), clock_)) {
                return why;
            }
            if (move_file(work_.path() + "/source.pdf", pdf_of(job_))) return std::nullopt;
            return plain_problem(problem_code::failed);
        }
        case file_family::picture: return make_pdf_of_picture(content_);
        case file_family::drawing: return make_pdf_of_drawing();
        case file_family::text: return make_pdf_of_text(content_);
    }
    return plain_problem(problem_code::failed);
}

maybe_problem page_maker::make_pdf_of_picture(std::string_view data) {
    const auto picture = kind_.of_picture ? kind_.of_picture : documents::read_picture(as_bytes(data));
    if (!picture) return plain_problem(problem_code::broken);
    const auto plain = picture->type == documents::picture_type::jpeg
                           ? documents::without_metadata(as_bytes(data))
                           : std::string(data);
    if (!put_file(work_.path() + "/1.svg", documents::picture_page(*picture, as_bytes(plain)))) {
        return plain_problem(problem_code::disk_full);
    }
    if (auto why = run_drawings({work_.path() + "/1.svg"}, work_.path(), "made.pdf", clock_)) return why;
    if (move_file(work_.path() + "/made.pdf", pdf_of(job_))) return std::nullopt;
    return plain_problem(problem_code::broken);
}

/// What a drawing of a stranger refers to, runs or hides ends here: only its picture goes on (SEC-DOC-2).
maybe_problem page_maker::make_pdf_of_drawing() {
    const auto px = fmt::to_string(limit::page_picture_px);
    const auto end = run_in_sandbox(
        {.inputs = {{job_.in, "source.svg"}},
         .out = work_.path(),
         .memory_bytes = limit::tool_memory_bytes,
         .time = clock_.time_for(limit::step_time),
         .cancel = clock_.cancel()},
        {std::string(rsvg_convert.path), "--format=png", "--keep-aspect-ratio", "--width", px, "--height", px,
         "--background-color=white", "--output", "/out/drawing.png", "/in/source.svg"});
    if (auto why = problem_of(end)) return why;
    const auto drawn = read_file(work_.path() + "/drawing.png", limit::tool_file_bytes_max);
    if (!drawn) return plain_problem(problem_code::broken);
    return make_pdf_of_picture(*drawn);
}

maybe_problem page_maker::make_pdf_of_text(std::string_view text) {
    const auto pages = documents::text_pages(text, job_.within.pages_max);
    if (pages.size() > job_.within.pages_max) {
        return problem{
            problem_code::too_many_pages,
            fmt::format("The text fills more than the {} pages that are taken.", job_.within.pages_max),
            documents::limit_from("pages"), job_.within.pages_max + 1};
    }
    std::vector<std::string> files;
    for (const auto& page : pages) {
        files.push_back(fmt::format("{}/{}.svg", work_.path(), files.size() + 1));
        if (!put_file(files.back(), page)) return plain_problem(problem_code::disk_full);
    }
    if (auto why = run_drawings(files, work_.path(), "made.pdf", clock_)) return why;
    if (move_file(work_.path() + "/made.pdf", pdf_of(job_))) return std::nullopt;
    return plain_problem(problem_code::failed);
}

child_end page_maker::run_tool(std::vector<std::string> tool, std::chrono::milliseconds time) const {
    return run_in_sandbox({.inputs = {{pdf_of(job_), "document.pdf"}},
                           .out = work_.path(),
                           .memory_bytes = limit::tool_memory_bytes,
                           .time = clock_.time_for(time),
                           .cancel = clock_.cancel()},
                          tool);
}

maybe_problem page_maker::read_pages() {
    const auto last = fmt::to_string(job_.within.pages_max);
    const auto end =
        run_tool({std::string(pdfinfo.path), "-f", "1", "-l", last, "/in/document.pdf"}, limit::step_time);
    if (auto why = problem_of(end)) return why;
    if (end.error.find("Incorrect password") != std::string::npos)
        return plain_problem(problem_code::encrypted);
    const auto read = read_pdfinfo(end.out);
    if (end.status != 0 || !read || read->papers.empty()) {
        // An office program that could not read a file tells so by making nothing of it.
        return plain_problem(problem_code::broken);
    }
    info_ = *read;
    if (info_.pages > job_.within.pages_max) {
        return problem{problem_code::too_many_pages,
                       fmt::format("The document has {} pages; at most {} are taken.", info_.pages,
                                   job_.within.pages_max),
                       documents::limit_from("pages"), job_.within.pages_max + 1};
    }
    info_.papers.resize(info_.pages, info_.papers.back());
    return std::nullopt;
}

void page_maker::read_fonts() {
    if (!pdffonts.installed()) return;
    const auto end = run_tool({std::string(pdffonts.path), "/in/document.pdf"}, limit::fonts_time);
    type3_fonts_ = end.how == child_end::kind::ended && has_type3_font(end.out);
}

maybe_problem page_maker::make_page(std::uint32_t number) {
    // One start of the sandbox for what every page needs. $1: the page. The vectors are last: what takes long
    // or fails with them takes nothing else away.
    constexpr const char* script =
        "pdftotext -q -enc UTF-8 -f $1 -l $1 /in/document.pdf /out/page.txt\n"
        "pdftoppm -q -png -cropbox -singlefile -scale-to $2 -f $1 -l $1 /in/document.pdf /out/small\n"
        "exec pdftocairo -q -svg -noshrink -nocenter -f $1 -l $1 /in/document.pdf /out/page.svg\n";
    work_.clear();
    const auto size = info_.papers[number - 1];
    page_event made{number};
    const auto one = fmt::to_string(number);

    const auto end = run_tool({"/usr/bin/sh", "-c", script, "sh", one, fmt::to_string(limit::thumbnail_px)},
                              limit::step_time);
    if (end.how == child_end::kind::cancelled || end.how == child_end::kind::not_started)
        return problem_of(end);
    if (clock_.time_for(limit::step_time) <= std::chrono::milliseconds(0)) {
        auto why = plain_problem(problem_code::too_slow);
        why.limit = documents::limit_from("seconds");
        return why;
    }
    auto svg = read_file(work_.path() + "/page.svg", limit::page_svg_bytes_max).value_or(std::string());
    bool vectors = end.how == child_end::kind::ended && documents::is_good_drawing(svg);
    if (vectors && type3_fonts_) {
        const auto fonts = run_tool({std::string(pdffonts.path), "-f", one, "-l", one, "/in/document.pdf"},
                                    limit::fonts_time);
        vectors = !has_type3_font(fonts.out);
    }
    if (!vectors) {
        svg.clear();
        if (auto why = make_picture(number, size, svg)) return why;
        made.picture = true;
        made.missing = svg.empty();
        if (made.missing) svg = documents::empty_page(size.width, size.height);
    }

    const auto text =
        read_file(work_.path() + "/page.txt", limit::tool_file_bytes_max).value_or(std::string());
    const auto to = fmt::format("{}/{}", job_.out, number);
    bool kept =
        put_file(to + ".svg", svg) && put_file(to + ".txt", head_of(text, limit::page_text_bytes_max));
    if (!move_file(work_.path() + "/small.png", to + ".png")) {
        // No thumbnail is better than no page.
        kept = kept && put_file(to + ".png", {});
    }
    if (!kept) return plain_problem(problem_code::disk_full);
    sink_(made);
    return std::nullopt;
}

/// The page as one picture, as good as it may be; `svg` stays empty where there is none.
maybe_problem page_maker::make_picture(std::uint32_t number, const paper& size, std::string& svg) {
    struct quality {
        std::vector<std::string> flags;
        std::uint32_t px;
        const char* ending;
        const char* media_type;
    };
    const std::array<quality, 3> tries{
        {{{"-png"}, limit::page_picture_px, ".png", "image/png"},
         {{"-jpeg", "-jpegopt", "quality=85"}, limit::page_picture_px, ".jpg", "image/jpeg"},
         {{"-jpeg", "-jpegopt", "quality=70"}, limit::page_picture_px / 2, ".jpg", "image/jpeg"}}};
    const auto one = fmt::to_string(number);
    for (const auto& as : tries) {
        std::vector<std::string> tool{
            std::string(pdftoppm.path), "-q", "-cropbox", "-singlefile", "-scale-to",
            fmt::to_string(as.px),      "-f", one,        "-l",          one};
        tool.insert(tool.end(), as.flags.begin(), as.flags.end());
        tool.insert(tool.end(), {"/in/document.pdf", "/out/picture"});
        const auto end = run_tool(tool, limit::step_time);
        if (end.how == child_end::kind::cancelled || end.how == child_end::kind::not_started)
            return problem_of(end);
        if (end.how != child_end::kind::ended) return std::nullopt;  // smaller would take as long
        const auto data = read_file(work_.path() + "/picture" + as.ending, limit::page_picture_bytes_max);
        if (!data || data->empty()) continue;
        svg = documents::wrap_picture(as.media_type, as_bytes(*data), size.width, size.height);
        return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

std::optional<problem> run(const pages_job& job, const event_sink& sink, int cancel) {
    return page_maker(job, sink, cancel).run();
}

std::optional<problem> run_office(const office_step& step, const std::string& out, const job_clock& clock) {
    if (!soffice.installed()) return plain_problem(problem_code::office_missing);
    std::vector<std::string> tool{std::string(soffice.path), "--headless", "--norestore", "--nologo",
                                  "--nodefault", "--nolockcheck",
                                  // A profile of its own for each job, else two would be one.
                                  "-env:UserInstallation=file:///tmp/profile"};
    if (!step.input_filter.empty()) tool.push_back("--infilter=" + step.input_filter);
    tool.insert(tool.end(),
                {"--convert-to", step.filter.empty() ? step.target : step.target + ":" + step.filter,
                 "--outdir", "/out", "/in/source." + step.ending});
    const auto end = run_in_sandbox({.inputs = {{step.file, "source." + step.ending}},
                                     .out = out,
                                     .memory_bytes = limit::office_memory_bytes,
                                     .time = clock.time_for(limit::step_time),
                                     .cancel = clock.cancel()},
                                    tool);
    if (auto why = problem_of(end)) return why;
    // Its exit status is 0 whatever happens; only a result counts.
    if (file_bytes(out + "/source." + step.target).value_or(0) > 0) return std::nullopt;
    auto why = plain_problem(problem_code::broken);
    why.message =
        "LibreOffice cannot read the document: it is damaged, too complex, or protected by a password.";
    return why;
}

std::optional<problem> run_drawings(const std::vector<std::string>& files, const std::string& out,
                                    const std::string& name, const job_clock& clock) {
    sandbox_rules rules{.out = out,
                        .memory_bytes = limit::tool_memory_bytes,
                        .time = clock.time_for(limit::step_time),
                        .cancel = clock.cancel()};
    // --unlimited: pictures inside may be larger than the 10 MB that libxml2 takes for one attribute.
    std::vector<std::string> tool{std::string(rsvg_convert.path), "--format=pdf", "--unlimited", "--output",
                                  "/out/" + name};
    for (const auto& file : files) {
        const auto inside = fmt::format("{}.svg", rules.inputs.size() + 1);
        rules.inputs.emplace_back(file, inside);
        tool.push_back("/in/" + inside);
    }
    const auto end = run_in_sandbox(rules, tool);
    if (auto why = problem_of(end)) return why;
    if (end.status == 0) return std::nullopt;
    return plain_problem(problem_code::broken);
}

std::optional<problem> run(const picture_job& job, const event_sink&, int cancel) {
    if (!pdftoppm.installed()) return missing(pdftoppm);
    const job_clock clock(limit::step_time, cancel);
    const scratch_folder work(job.out);
    if (!work) return plain_problem(problem_code::disk_full);
    const auto one = fmt::to_string(job.page);
    const auto end = run_in_sandbox({.inputs = {{job.in, "document.pdf"}},
                                     .out = work.path(),
                                     .memory_bytes = limit::tool_memory_bytes,
                                     .time = clock.time_for(limit::step_time),
                                     .cancel = cancel},
                                    {std::string(pdftoppm.path), "-q", "-png", "-cropbox", "-singlefile",
                                     "-scale-to-x", fmt::to_string(job.width), "-scale-to-y", "-1", "-f", one,
                                     "-l", one, "/in/document.pdf", "/out/picture"});
    if (auto why = problem_of(end)) return why;
    if (end.status != 0 || !move_file(work.path() + "/picture.png", job.out + "/picture.png")) {
        auto why = plain_problem(problem_code::broken);
        why.page = job.page;
        return why;
    }
    return std::nullopt;
}

}  // namespace conf::convert
