#include "libconf/convert/job.hpp"

#include "libconf/documents/file_kind.hpp"
#include "libconf/signalling/json_reader.hpp"
#include "libconf/signalling/json_writer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace conf::convert {
namespace {

using json = nlohmann::json;

/// Fields of an object; what is missing or of another kind makes the whole bad.
class fields {
public:
    explicit fields(const json& of) : of_(of), good_(of.is_object()) {}

    [[nodiscard]] bool good() const noexcept { return good_; }

    std::string text(const char* name, bool needed = true) {
        const auto* const found = find(name, needed);
        if (found == nullptr) return {};
        if (found->is_string()) return found->get<std::string>();
        good_ = false;
        return {};
    }

    std::uint64_t number(const char* name, std::uint64_t otherwise) {
        const auto* const found = find(name, false);
        if (found == nullptr) return otherwise;
        if (found->is_number_unsigned()) return found->get<std::uint64_t>();
        good_ = false;
        return otherwise;
    }

    double real(const char* name) {
        const auto* const found = find(name, false);
        if (found == nullptr) return 0;
        if (found->is_number()) return found->get<double>();
        good_ = false;
        return 0;
    }

    bool flag(const char* name) {
        const auto* const found = find(name, false);
        if (found == nullptr) return false;
        if (found->is_boolean()) return found->get<bool>();
        good_ = false;
        return false;
    }

    const json* list(const char* name) {
        const auto* const found = find(name, true);
        if (found != nullptr && found->is_array()) return found;
        good_ = false;
        return nullptr;
    }

    const json* object(const char* name) {
        const auto* const found = find(name, false);
        if (found == nullptr || found->is_object()) return found;
        good_ = false;
        return nullptr;
    }

private:
    const json* find(const char* name, bool needed) {
        if (!good_) return nullptr;
        const auto found = of_.find(name);
        if (found != of_.end()) return &*found;
        if (needed) good_ = false;
        return nullptr;
    }

    const json& of_;
    bool good_;
};

documents::limits read_limits(const json* from, bool& good) {
    documents::limits made;
    if (from == nullptr) return made;
    fields of(*from);
    made.bytes_max = of.number("bytes", made.bytes_max);
    made.pages_max = static_cast<std::uint32_t>(of.number("pages", made.pages_max));
    made.pixels_max = of.number("pixels", made.pixels_max);
    made.job_time =
        std::chrono::seconds(of.number("seconds", static_cast<std::uint64_t>(made.job_time.count())));
    good = good && of.good();
    return made;
}

std::optional<export_job> read_export(fields& of) {
    export_job made;
    const auto format = of.text("format");
    made.format = format == "png" ? export_format::png : export_format::pdf;
    made.out = of.text("out");
    made.width = static_cast<std::uint32_t>(of.number("width", made.width));
    const auto* const pages = of.list("pages");
    if (!of.good() || pages->empty() || (format != "png" && format != "pdf")) return std::nullopt;
    for (const auto& one : *pages) {
        fields about(one);
        export_page page;
        page.drawing = about.text("drawing", false);
        page.document = about.text("document", false);
        page.page = static_cast<std::uint32_t>(about.number("page", 1));
        page.width = about.real("width");
        page.height = about.real("height");
        const auto size_known = !page.document.empty() || (page.width > 0 && page.height > 0);
        if (!about.good() || !size_known || page.page == 0) return std::nullopt;
        made.pages.push_back(std::move(page));
    }
    return made;
}

std::uint32_t small(std::uint64_t number) {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(number, UINT32_MAX));
}

}  // namespace

std::optional<any_job> read_job(std::string_view line) {
    const auto parsed = signalling::parse_json(line);
    const auto* const whole = std::get_if<json>(&parsed);
    if (whole == nullptr) return std::nullopt;
    fields of(*whole);
    const auto what = of.text("job");
    std::optional<any_job> made;
    if (what == "check") made = check_job{};
    if (what == "pages") {
        bool good = true;
        pages_job job{of.text("in"), of.text("name"), of.text("out"), read_limits(of.object("limits"), good)};
        if (good) made = std::move(job);
    }
    if (what == "picture") {
        picture_job job{of.text("in"), small(of.number("page", 1)), small(of.number("width", 0)),
                        of.text("out")};
        if (job.page > 0 && job.width > 0 && job.width <= documents::picture_width_px_max)
            made = std::move(job);
    }
    if (what == "export") {
        if (auto job = read_export(of)) made = std::move(*job);
    }
    if (what == "text") {
        text_job job{of.text("in"), of.text("format"), of.text("out")};
        if (job.format == "docx" || job.format == "odt" || job.format == "pdf") made = std::move(job);
    }
    if (!of.good()) return std::nullopt;
    return made;
}

namespace {

using signalling::json_writer;

/// Thousandths are enough of a point.
json_writer& write_points(json_writer& to, double points) {
    return to.value(static_cast<std::int64_t>(std::llround(points * 1000)));
}

void write(json_writer& to, const kind_event& what) {
    to.name("event").value("kind").name("kind").value(what.kind).name("ending").value(what.ending);
}

void write(json_writer& to, const pages_event& what) {
    to.name("event").value("pages").name("pages").value(what.papers.size()).name("papers").begin_array();
    for (const auto& one : what.papers) {
        write_points(write_points(to.begin_array(), one.width), one.height).end_array();
    }
    to.end_array();
}

void write(json_writer& to, const page_event& what) {
    to.name("event").value("page").name("page").value(what.page);
    if (what.picture) to.name("picture").value(true);
    if (what.missing) to.name("missing").value(true);
}

void write(json_writer& to, const abilities_event& what) {
    to.name("event").value("abilities").name("documents").value(what.documents);
    to.name("office").value(what.office).name("overlay").value(what.overlay).name("problems").begin_array();
    for (const auto& one : what.problems) to.value(one);
    to.end_array();
}

void write(json_writer& to, const done_event&) {
    to.name("event").value("done");
}

void write(json_writer& to, const documents::problem& what) {
    to.name("event").value("failed").name("code").value(documents::to_string(what.code));
    to.name("message").value(what.message);
    if (!what.limit.empty()) to.name("limit").value(what.limit);
    if (what.page > 0) to.name("page").value(what.page);
}

std::optional<any_event> read_failed(fields& of) {
    const auto code = documents::problem_code_from(of.text("code"));
    if (!code) return std::nullopt;
    documents::problem made{*code, of.text("message")};
    made.limit = documents::limit_from(of.text("limit", false));
    made.page = small(of.number("page", 0));
    return made;
}

/// In thousandths of a point, as they were written.
std::optional<any_event> read_pages(fields& of) {
    pages_event made;
    const auto* const papers = of.list("papers");
    if (papers == nullptr) return std::nullopt;
    for (const auto& one : *papers) {
        if (!one.is_array() || one.size() != 2 || !one[0].is_number() || !one[1].is_number())
            return std::nullopt;
        made.papers.push_back({one[0].get<double>() / 1000, one[1].get<double>() / 1000});
    }
    return made;
}

std::optional<any_event> read_abilities(fields& of) {
    abilities_event made{of.flag("documents"), of.flag("office"), of.flag("overlay"), {}};
    const auto* const problems = of.list("problems");
    if (problems == nullptr) return std::nullopt;
    for (const auto& one : *problems) {
        if (one.is_string()) made.problems.push_back(one.get<std::string>());
    }
    return made;
}

}  // namespace

std::string write_event(const any_event& what) {
    json_writer to;
    to.begin_object();
    std::visit([&](const auto& one) { write(to, one); }, what);
    to.end_object();
    return std::move(to).take() + "\n";
}

std::optional<any_event> read_event(std::string_view line) {
    const auto parsed = signalling::parse_json(line);
    const auto* const whole = std::get_if<json>(&parsed);
    if (whole == nullptr) return std::nullopt;
    fields of(*whole);
    const auto what = of.text("event");
    std::optional<any_event> made;
    if (what == "kind") {
        // Texts that live for ever.
        const auto ending = of.text("ending");
        made = kind_event{documents::family_from(of.text("kind")), documents::known_ending_from(ending)};
    }
    if (what == "pages") made = read_pages(of);
    if (what == "page")
        made = page_event{small(of.number("page", 0)), of.flag("picture"), of.flag("missing")};
    if (what == "abilities") made = read_abilities(of);
    if (what == "done") made = done_event{};
    if (what == "failed") made = read_failed(of);
    if (!of.good()) return std::nullopt;
    return made;
}

}  // namespace conf::convert
