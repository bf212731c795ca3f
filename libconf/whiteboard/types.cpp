#include "libconf/whiteboard/types.hpp"

#include <algorithm>
#include <array>

namespace conf::boards {
namespace {

constexpr std::array<std::string_view, shape_type_count> shape_types{
    "pen",  "highlighter", "rectangle", "ellipse", "polygon", "line", "arrow",
    "text", "note",        "stamp",     "image",   "group",   "frame"};
constexpr std::array<std::string_view, 3> draw_modes{"presenter", "writers", "everybody"};
constexpr std::array<std::string_view, 3> document_kinds{"file", "blank", "infinite"};
constexpr std::array<std::string_view, 4> document_states{"uploading", "converting", "ready", "failed"};
constexpr std::array<std::string_view, 4> clear_whats{"own", "user", "page", "all"};
constexpr std::array<std::string_view, 5> export_formats{"pdf", "png", "svg", "excalidraw", "original"};

template <class Enum, std::size_t Count>
std::optional<Enum> named_in(const std::array<std::string_view, Count>& names, std::string_view name) {
    const auto* const found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view name_of(shape_type which) noexcept {
    return shape_types[static_cast<std::size_t>(which) - 1];
}
std::string_view name_of(draw_mode which) noexcept {
    return draw_modes[static_cast<std::size_t>(which)];
}
std::string_view name_of(document_kind which) noexcept {
    return document_kinds[static_cast<std::size_t>(which)];
}
std::string_view name_of(document_state which) noexcept {
    return document_states[static_cast<std::size_t>(which)];
}
std::string_view name_of(clear_what which) noexcept {
    return clear_whats[static_cast<std::size_t>(which)];
}
std::string_view name_of(export_format which) noexcept {
    return export_formats[static_cast<std::size_t>(which)];
}

std::optional<draw_mode> draw_mode_named(std::string_view name) noexcept {
    return named_in<draw_mode>(draw_modes, name);
}
std::optional<document_kind> document_kind_named(std::string_view name) noexcept {
    return named_in<document_kind>(document_kinds, name);
}
std::optional<clear_what> clear_what_named(std::string_view name) noexcept {
    return named_in<clear_what>(clear_whats, name);
}
std::optional<export_format> export_format_named(std::string_view name) noexcept {
    return named_in<export_format>(export_formats, name);
}

std::string text_of(shape_id id) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(16, '0');
    for (auto at = text.size(); at-- > 0; id >>= 4) text[at] = digits[id & 0xF];
    return text;
}

}  // namespace conf::boards
