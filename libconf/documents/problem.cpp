#include "libconf/documents/problem.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace conf::documents {
namespace {

struct entry {
    std::string_view name;
    std::string_view sentence;
};

// In the order of the codes, from 1.
constexpr std::array<entry, 23> entries{{
    {"bad_name",
     "A document needs a name of at most 255 bytes, without \"/\", \"\\\" and control characters."},
    {"empty", "The file is empty."},
    {"too_large", "The file is too large."},
    {"unknown_kind",
     "This is no document that can be shown here. PDF, pictures (PNG, JPEG, GIF, WebP, SVG), text, and the "
     "files of office programs can."},
    {"refused_kind", "Files of this kind are not taken. Save it as PDF and try again."},
    {"lying_name", "The end of the name and the content do not match."},
    {"encrypted", "The document is protected by a password. Save it without one and try again."},
    {"broken", "The document is damaged or incomplete."},
    {"archive_too_large", "The document unpacks to far more than it may."},
    {"too_many_pages", "The document has too many pages."},
    {"too_many_pixels", "The picture has too many pixels."},
    {"page_too_large", "A page is too large."},
    {"too_slow", "The document took too long to convert. Save it as PDF and try again."},
    {"office_missing",
     "This server shows PDF, pictures and text. For files of office programs its operator has to install "
     "Debian's packages libreoffice-impress-nogui, libreoffice-writer-nogui and libreoffice-calc-nogui. Save "
     "it as PDF and try again."},
    {"tool_missing", "A program is missing on the server; its operator can read which one in the log."},
    {"no_sandbox",
     "This server cannot convert documents safely, so it does not; its operator can read why in the log."},
    {"disk_full", "The server has no room left for documents."},
    {"room_full", "This room holds as many documents as it may. Remove one and try again."},
    {"queue_full", "Too many documents are being converted. Try again in a minute."},
    {"cancelled", "The document was removed while it was converted."},
    {"restarted", "The server went down while the document was converted. Upload it again."},
    {"failed", "The server failed to convert the document; its log may say why."},
    {"not_ready", "The document is still being prepared. Try again when all its pages are there."},
}};

constexpr std::array<std::string_view, 9> limit_names{"bytes",         "pages",     "pixels",
                                                      "room_bytes",    "documents", "aspect",
                                                      "archive_bytes", "seconds",   "archive_entries"};

}  // namespace

std::string_view to_string(problem_code code) noexcept {
    const auto at = static_cast<std::size_t>(code) - 1;
    return at < entries.size() ? entries[at].name : std::string_view("failed");
}

std::optional<problem_code> problem_code_from(std::string_view name) noexcept {
    const auto* const found = std::ranges::find(entries, name, &entry::name);
    if (found == entries.end()) return std::nullopt;
    return static_cast<problem_code>(found - entries.begin() + 1);
}

problem plain_problem(problem_code code) {
    const auto at = static_cast<std::size_t>(code) - 1;
    return {code, std::string(entries[at < entries.size() ? at : entries.size() - 1].sentence), {}, 0};
}

std::string_view limit_from(std::string_view name) noexcept {
    const auto* const found = std::ranges::find(limit_names, name);
    return found == limit_names.end() ? std::string_view() : *found;
}

}  // namespace conf::documents
