#include "libconf/documents/file_kind.hpp"

#include "libconf/documents/archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace conf::documents {
namespace {

struct known_ending {
    std::string_view ending;
    file_family family;
    std::string_view media_type;
};

constexpr std::array<known_ending, 25> endings{{
    {"pdf", file_family::pdf, "application/pdf"},
    {"pptx", file_family::office,
     "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"docx", file_family::office, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"xlsx", file_family::office, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"odp", file_family::office, "application/vnd.oasis.opendocument.presentation"},
    {"odt", file_family::office, "application/vnd.oasis.opendocument.text"},
    {"ods", file_family::office, "application/vnd.oasis.opendocument.spreadsheet"},
    {"odg", file_family::office, "application/vnd.oasis.opendocument.graphics"},
    {"otp", file_family::office, "application/vnd.oasis.opendocument.presentation-template"},
    {"ott", file_family::office, "application/vnd.oasis.opendocument.text-template"},
    {"ots", file_family::office, "application/vnd.oasis.opendocument.spreadsheet-template"},
    {"otg", file_family::office, "application/vnd.oasis.opendocument.graphics-template"},
    {"ppt", file_family::office, "application/vnd.ms-powerpoint"},
    {"doc", file_family::office, "application/msword"},
    {"xls", file_family::office, "application/vnd.ms-excel"},
    {"rtf", file_family::office, "application/rtf"},
    {"png", file_family::picture, "image/png"},
    {"jpg", file_family::picture, "image/jpeg"},
    {"gif", file_family::picture, "image/gif"},
    {"webp", file_family::picture, "image/webp"},
    {"svg", file_family::drawing, "image/svg+xml"},
    {"txt", file_family::text, "text/plain"},
    {"csv", file_family::text, "text/csv"},
    {"md", file_family::text, "text/markdown"},
    {"log", file_family::text, "text/plain"},
}};

const known_ending* find_ending(std::string_view ending) noexcept {
    const auto* const found = std::ranges::find(endings, ending, &known_ending::ending);
    return found == endings.end() ? nullptr : found;
}

file_kind kind_of(std::string_view ending) {
    const auto* const known = find_ending(ending);
    return {known->family, known->ending, known->media_type, {}};
}

std::string ending_of(std::string_view name) {
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return {};
    std::string made(name.substr(dot + 1));
    std::ranges::transform(made, made.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (made == "jpeg") return "jpg";
    return made;
}

/// Names inside old office files are UTF-16, little-endian.
bool has_wide_name(bytes file, std::string_view name) {
    std::string wide;
    for (const auto c : name) wide.append({c, '\0'});
    return as_text(file).find(wide) != std::string_view::npos;
}

problem macros() {
    return {problem_code::refused_kind,
            "The document has macros in it. Save it without them, or as PDF, and try again.",
            {},
            0};
}

std::variant<file_kind, problem> kind_of_compound(bytes file) {
    if (has_wide_name(file, "EncryptedPackage")) return plain_problem(problem_code::encrypted);
    if (has_wide_name(file, "_VBA_PROJECT")) return macros();
    if (has_wide_name(file, "PowerPoint Document")) return kind_of("ppt");
    if (has_wide_name(file, "WordDocument")) return kind_of("doc");
    if (has_wide_name(file, "Workbook") || has_wide_name(file, "Book")) return kind_of("xls");
    return plain_problem(problem_code::unknown_kind);
}

std::variant<file_kind, problem> kind_of_archive(bytes file) {
    auto read = read_archive(file);
    if (auto* const why = std::get_if<problem>(&read)) return std::move(*why);
    const auto& entries = std::get<std::vector<archive_entry>>(read);
    const auto has = [&](std::string_view name) {
        return std::ranges::find(entries, name, &archive_entry::name) != entries.end();
    };
    for (const auto& one : entries) {
        if (one.encrypted) return plain_problem(problem_code::encrypted);
        if (one.name.ends_with("vbaProject.bin")) return macros();
    }
    // Open Document, part 2, §3.3: the first entry says what it is, not packed.
    if (!entries.empty() && entries.front().name == "mimetype") {
        const auto says = as_text(entries.front().stored);
        const auto* const found = std::ranges::find(endings, says, &known_ending::media_type);
        if (found != endings.end() && found->family == file_family::office) return kind_of(found->ending);
        return plain_problem(problem_code::unknown_kind);
    }
    if (has("[Content_Types].xml")) {
        if (has("ppt/presentation.xml")) return kind_of("pptx");
        if (has("word/document.xml")) return kind_of("docx");
        if (has("xl/workbook.xml")) return kind_of("xlsx");
    }
    return plain_problem(problem_code::unknown_kind);
}

/// The first element is svg, behind a byte order mark, declarations and comments.
bool is_drawing(std::string_view text) noexcept {
    constexpr std::size_t looked_at = 4096;
    text = text.substr(0, looked_at);
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    for (;;) {
        const auto first = text.find_first_not_of(" \t\r\n");
        if (first == std::string_view::npos) return false;
        text.remove_prefix(first);
        if (text.starts_with("<svg") || text.starts_with("<svg:svg")) return true;
        const auto skip = text.starts_with("<!--")                           ? std::string_view("-->")
                          : text.starts_with("<?") || text.starts_with("<!") ? std::string_view(">")
                                                                             : std::string_view();
        if (skip.empty()) return false;
        const auto end = text.find(skip);
        if (end == std::string_view::npos) return false;
        text.remove_prefix(end + skip.size());
    }
}

std::variant<file_kind, problem> kind_by_content(bytes file, const limits& within) {
    const auto text = as_text(file);
    // ISO 32000-1, annex H, note 13: the header may stand within the first 1024 bytes.
    if (text.substr(0, 1024).find("%PDF-") != std::string_view::npos) return kind_of("pdf");
    if (looks_like_archive(file)) return kind_of_archive(file);
    if (text.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) return kind_of_compound(file);
    if (text.starts_with("{\\rtf")) return kind_of("rtf");
    if (text.starts_with("%!PS") || text.starts_with("\xC5\xD0\xD3\xC6")) {
        return problem{problem_code::refused_kind,
                       "PostScript is not taken. Save the document as PDF and try again.",
                       {},
                       0};
    }
    if (const auto found = read_picture(file)) {
        if (std::uint64_t{found->width} * found->height > within.pixels_max) {
            return problem{problem_code::too_many_pixels,
                           fmt::format("The picture has {} x {} pixels; at most {} million are taken.",
                                       found->width, found->height, within.pixels_max / 1'000'000),
                           limit_from("pixels"), 1};
        }
        constexpr std::array<std::string_view, 4> names{"png", "jpg", "gif", "webp"};
        auto made = kind_of(names[static_cast<std::size_t>(found->type)]);
        made.of_picture = found;
        return made;
    }
    if (is_plain_text(text)) return kind_of(is_drawing(text) ? "svg" : "txt");
    return plain_problem(problem_code::unknown_kind);
}

}  // namespace

std::variant<file_kind, problem> find_kind(std::string_view name, bytes file, const limits& within) {
    if (file.empty()) return plain_problem(problem_code::empty);
    if (file.size() > within.bytes_max) {
        return problem{problem_code::too_large,
                       fmt::format("The file has {:.1f} MB; at most {} are taken.",
                                   static_cast<double>(file.size()) / 1e6, within.bytes_max / 1'000'000),
                       limit_from("bytes"), 0};
    }
    auto made = kind_by_content(file, within);
    const auto ending = ending_of(name);
    const auto* const called = find_ending(ending);
    if (called == nullptr) return made;  // a name that promises nothing
    if (const auto* const why = std::get_if<problem>(&made)) {
        if (why->code != problem_code::unknown_kind) return made;
        // A picture or an archive that is cut off before it says what it is.
        return problem{problem_code::lying_name,
                       fmt::format("The file is called .{}, but it is none, or it is damaged.", ending),
                       {},
                       0};
    }
    const auto& found = std::get<file_kind>(made);
    const auto agrees = called->family == found.family &&
                        (found.family != file_family::office || called->ending == found.ending);
    if (agrees) return made;
    return problem{problem_code::lying_name,
                   fmt::format("The file is called .{}, but what is in it is .{}.", ending, found.ending),
                   {},
                   0};
}

bool is_document_name(std::string_view name) noexcept {
    if (name.empty() || name.size() > name_bytes_max) return false;
    if (name.find_first_not_of(" .") == std::string_view::npos) return false;
    return name.find_first_of("/\\\n\t\f\r") == std::string_view::npos && is_plain_text(name);
}

std::string_view media_type_of(std::string_view ending) noexcept {
    const auto* const known = find_ending(ending);
    return known == nullptr ? std::string_view("application/octet-stream") : known->media_type;
}

namespace {

constexpr std::array<std::string_view, 5> families{"pdf", "office", "picture", "drawing", "text"};

}  // namespace

std::string_view to_string(file_family family) noexcept {
    return families[static_cast<std::size_t>(family)];
}

std::string_view family_from(std::string_view name) noexcept {
    const auto* const found = std::ranges::find(families, name);
    return found == families.end() ? std::string_view() : *found;
}

std::string_view known_ending_from(std::string_view ending) noexcept {
    const auto* const known = find_ending(ending);
    return known == nullptr ? std::string_view() : known->ending;
}

bool is_plain_text(std::string_view text) noexcept {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    for (std::size_t i = 0; i < text.size();) {
        const auto c = at(i);
        if (c < 0x80) {
            if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f') || c == 0x7F) return false;
            ++i;
            continue;
        }
        // RFC 3629 §4.
        const std::size_t more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
        if (c < 0xC2 || c > 0xF4 || text.size() - i <= more) return false;
        const auto next = at(i + 1);
        if ((c == 0xE0 && next < 0xA0) || (c == 0xED && next > 0x9F) || (c == 0xF0 && next < 0x90) ||
            (c == 0xF4 && next > 0x8F) || (c == 0xC2 && next < 0xA0)) {
            return false;  // too long, a surrogate, beyond U+10FFFF, a C1 control
        }
        for (std::size_t k = 1; k <= more; ++k) {
            if ((at(i + k) & 0xC0U) != 0x80) return false;
        }
        i += more + 1;
    }
    return true;
}

}  // namespace conf::documents
