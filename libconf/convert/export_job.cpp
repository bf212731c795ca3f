#include "libconf/convert/converter.hpp"
#include "libconf/convert/files.hpp"
#include "libconf/documents/page_image.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

namespace conf::convert {
namespace {

using documents::plain_problem;
using documents::problem;
using documents::problem_code;
namespace limit = documents;

using maybe_problem = std::optional<problem>;

/// Pages of PDF files below, drawings above, one PDF out of both.
class exporter {
public:
    exporter(const export_job& job, int cancel)
        : job_(job), clock_(limit::limits{}.job_time, cancel), work_(job.out) {}

    maybe_problem run();

private:
    maybe_problem make_below();
    maybe_problem make_drawings();
    maybe_problem overlay();
    maybe_problem make_pictures();
    maybe_problem flatten(const std::string& document, std::string& path);
    [[nodiscard]] maybe_problem run_tool(std::vector<std::pair<std::string, std::string>> inputs,
                                         const std::vector<std::string>& tool,
                                         std::string* printed = nullptr) const;
    [[nodiscard]] std::string at(std::string_view name) const {
        return fmt::format("{}/{}", work_.path(), name);
    }

    const export_job& job_;
    job_clock clock_;
    scratch_folder work_;
};

maybe_problem exporter::run() {
    if (!work_) return plain_problem(problem_code::disk_full);
    if (!qpdf.installed() || !rsvg_convert.installed()) return plain_problem(problem_code::tool_missing);
    if (auto why = make_below()) return why;
    if (auto why = make_drawings()) return why;
    if (auto why = overlay()) return why;
    if (job_.format == export_format::png) return make_pictures();
    std::error_code failed;
    if (file_bytes(at("whole.pdf"))) {
        std::filesystem::rename(at("whole.pdf"), job_.out + "/export.pdf", failed);
        if (!failed) return std::nullopt;
    }
    return plain_problem(problem_code::failed);
}

maybe_problem exporter::run_tool(std::vector<std::pair<std::string, std::string>> inputs,
                                 const std::vector<std::string>& tool, std::string* printed) const {
    auto end = run_in_sandbox({.inputs = std::move(inputs),
                               .out = work_.path(),
                               .memory_bytes = limit::tool_memory_bytes,
                               .time = clock_.time_for(limit::step_time),
                               .cancel = clock_.cancel()},
                              tool);
    if (auto why = problem_of(end)) return why;
    if (printed != nullptr) *printed = std::move(end.out);
    constexpr int qpdf_warned = 3;  // and did what was asked
    if (end.status == 0 || end.status == qpdf_warned) return std::nullopt;
    return plain_problem(problem_code::broken);
}

/// Whether what is seen of each page is not what qpdf takes for the page: it lays drawings into the trim box.
bool needs_flattening(std::string_view boxes) {
    std::map<std::string, std::string, std::less<>> of_page;
    while (!boxes.empty()) {
        const auto end = std::min(boxes.find('\n'), boxes.size());
        const auto line = boxes.substr(0, end);
        boxes.remove_prefix(std::min(end + 1, boxes.size()));
        const auto colon = line.find(':');
        if (!line.starts_with("Page") || colon == std::string_view::npos) continue;
        const auto name = line.substr(0, colon);
        const auto values = line.substr(colon + 1);
        if (name.ends_with("CropBox")) of_page["crop"] = values;
        if (name.ends_with("TrimBox") && of_page["crop"] != values) return true;
    }
    return false;
}

/// A document whose boxes agree: itself, or as poppler writes it anew.
maybe_problem exporter::flatten(const std::string& document, std::string& path) {
    std::string boxes;
    const auto last = fmt::to_string(limit::limits{}.pages_max);
    if (auto why = run_tool({{document, "document.pdf"}},
                            {std::string(pdfinfo.path), "-box", "-f", "1", "-l", last, "/in/document.pdf"},
                            &boxes)) {
        return why;
    }
    path = document;
    if (!needs_flattening(boxes)) return std::nullopt;
    path = at("flat.pdf");
    return run_tool({{document, "document.pdf"}}, {std::string(pdftocairo.path), "-q", "-pdf", "-noshrink",
                                                   "-nocenter", "/in/document.pdf", "/out/flat.pdf"});
}

/// The pages as they are, in the order of the export; empty ones where there is no document.
maybe_problem exporter::make_below() {
    std::map<std::string, std::string> inside;  // path of ours to the name in the sandbox
    std::vector<std::pair<std::string, std::string>> inputs;
    std::vector<std::string> pages;
    for (std::size_t i = 0; i < job_.pages.size(); ++i) {
        const auto& page = job_.pages[i];
        const auto key =
            page.document.empty() ? fmt::format("empty {} {}", page.width, page.height) : page.document;
        auto& name = inside[key];
        if (name.empty()) {
            name = fmt::format("{}.pdf", inside.size());
            std::string path;
            if (page.document.empty()) {
                const auto drawing = at("empty.svg");
                if (!write_file(drawing, documents::empty_page(page.width, page.height))) {
                    return plain_problem(problem_code::disk_full);
                }
                path = at("empty-" + name);
                if (auto why = run_drawings({drawing}, work_.path(), "empty-" + name, clock_)) return why;
            } else {
                if (auto why = flatten(page.document, path)) return why;
                if (path != page.document) {
                    std::error_code failed;
                    std::filesystem::rename(path, at("flat-" + name), failed);
                    path = at("flat-" + name);
                }
            }
            inputs.emplace_back(path, name);
        }
        pages.insert(pages.end(), {"/in/" + name, fmt::to_string(page.document.empty() ? 1U : page.page)});
    }
    std::vector<std::string> tool{std::string(qpdf.path), "--warning-exit-0", "--empty", "--pages"};
    tool.insert(tool.end(), pages.begin(), pages.end());
    tool.insert(tool.end(), {"--", "/out/below.pdf"});
    return run_tool(std::move(inputs), tool);
}

maybe_problem exporter::make_drawings() {
    std::vector<std::string> files;
    const auto nothing = at("nothing.svg");
    if (!write_file(nothing, R"(<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>)")) {
        return plain_problem(problem_code::disk_full);
    }
    for (const auto& page : job_.pages) files.push_back(page.drawing.empty() ? nothing : page.drawing);
    return run_drawings(files, work_.path(), "above.pdf", clock_);
}

maybe_problem exporter::overlay() {
    return run_tool({{at("below.pdf"), "below.pdf"}, {at("above.pdf"), "above.pdf"}},
                    {std::string(qpdf.path), "--warning-exit-0", "/in/below.pdf", "--overlay",
                     "/in/above.pdf", "--", "/out/whole.pdf"});
}

maybe_problem exporter::make_pictures() {
    if (auto why =
            run_tool({{at("whole.pdf"), "whole.pdf"}},
                     {std::string(pdftoppm.path), "-q", "-png", "-cropbox", "-scale-to-x",
                      fmt::to_string(job_.width), "-scale-to-y", "-1", "/in/whole.pdf", "/out/picture"})) {
        return why;
    }
    // picture-1.png, picture-01.png or picture-001.png, by how many there are.
    const auto digits = fmt::to_string(job_.pages.size()).size();
    for (std::size_t number = 1; number <= job_.pages.size(); ++number) {
        const auto from = at(fmt::format("picture-{:0{}}.png", number, digits));
        std::error_code failed;
        if (!file_bytes(from)) return plain_problem(problem_code::failed);
        std::filesystem::rename(from, fmt::format("{}/{}.png", job_.out, number), failed);
        if (failed) return plain_problem(problem_code::disk_full);
    }
    return std::nullopt;
}

}  // namespace

std::optional<problem> run(const export_job& job, const event_sink&, int cancel) {
    return exporter(job, cancel).run();
}

std::optional<problem> run(const text_job& job, const event_sink&, int cancel) {
    const job_clock clock(limit::step_time, cancel);
    const scratch_folder work(job.out);
    if (!work) return plain_problem(problem_code::disk_full);
    const auto filter = job.format == "docx"  ? "MS Word 2007 XML"
                        : job.format == "odt" ? "writer8"
                                              : "writer_pdf_Export";
    if (auto why = run_office({.file = job.in,
                               .ending = "html",
                               .target = job.format,
                               .filter = filter,
                               .input_filter = "HTML (StarWriter)"},
                              work.path(), clock)) {
        return why;
    }
    std::error_code failed;
    std::filesystem::rename(work.path() + "/source." + job.format, job.out + "/export." + job.format, failed);
    if (failed) return plain_problem(problem_code::failed);
    return std::nullopt;
}

}  // namespace conf::convert
