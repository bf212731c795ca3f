/// What a file is, by its content; what it is called only has to agree.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/documents/limits.hpp"
#include "libconf/documents/picture.hpp"
#include "libconf/documents/problem.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace conf::documents {

/// How a file becomes pages.
enum class file_family : std::uint8_t {
    pdf,
    office,   ///< by LibreOffice
    picture,  ///< one page
    drawing,  ///< SVG: rasterised, one page
    text,
};

struct file_kind {
    file_family family{};
    /// What LibreOffice is to take it for: "pptx". For the others, what it would be called.
    std::string_view ending;
    std::string_view media_type;
    std::optional<picture> of_picture{};

    friend bool operator==(const file_kind&, const file_kind&) = default;
};

/// The kind of a file whose name is known, or why it is not taken: `empty`, `too_large`, `unknown_kind`,
/// `refused_kind`, `lying_name`, `encrypted` (as far as it can be seen from outside), `broken`,
/// `archive_too_large`, `too_many_pixels`.
[[nodiscard]] std::variant<file_kind, problem> find_kind(std::string_view name, bytes file,
                                                         const limits& within);

/// Whether people may call a document so: 1 to `name_bytes_max` bytes of UTF-8 that are more than spaces and
/// dots, without "/", "\" and control characters.
[[nodiscard]] bool is_document_name(std::string_view name) noexcept;

/// The media type to give a stored original back with; "application/octet-stream" for what is not ours.
[[nodiscard]] std::string_view media_type_of(std::string_view ending) noexcept;

/// "office"; back: the same text, which lives for ever; empty for another one.
[[nodiscard]] std::string_view to_string(file_family family) noexcept;
[[nodiscard]] std::string_view family_from(std::string_view name) noexcept;
[[nodiscard]] std::string_view known_ending_from(std::string_view ending) noexcept;

/// Well-formed UTF-8 without control characters but those of lines, tabs and pages.
[[nodiscard]] bool is_plain_text(std::string_view text) noexcept;

}  // namespace conf::documents
