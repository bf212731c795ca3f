#include "libconf/signalling/decode_board.hpp"

#include "libconf/room/limits.hpp"
#include "libconf/signalling/codec.hpp"
#include "libconf/whiteboard/limits.hpp"
#include "libconf/whiteboard/permissions.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace conf::signalling {
namespace {

constexpr text_rule person_text{1, rooms::id_characters_max};
constexpr text_rule title_text{1, rooms::name_bytes_max, text_rule::unit::bytes};
constexpr text_rule word_text{1, 16};
constexpr text_rule file_text{1, boards::import_bytes_max, text_rule::unit::bytes,
                              text_rule::content::anything};

template <class Request>
using for_board = std::type_identity<Request>;

std::uint64_t document_in(fields& from) {
    return from.number("document", 1, number_max);
}
boards::place place_in(fields& from) {
    const auto document = document_in(from);
    return {document, from.number("page", 1, number_max)};
}
std::optional<std::uint64_t> before_in(fields& from) {
    return from.number_if("before", 1, number_max);
}

/// A word of a list.
template <class Enum>
Enum word_in(fields& from, std::string_view name, std::optional<Enum> (*named)(std::string_view) noexcept,
             std::string_view wanted) {
    const auto found = named(from.text(name, word_text));
    if (!found) from.refuse(name, std::string(wanted) + " is wanted");
    return found.value_or(Enum{});
}

// One for each request, in the order of the protocol.
boards::board_open read_board(fields&, for_board<boards::board_open>) {
    return {};
}
boards::board_close read_board(fields&, for_board<boards::board_close>) {
    return {};
}
boards::board_look read_board(fields& from, for_board<boards::board_look>) {
    return {place_in(from), from.number_if("since", 0, number_max)};
}
boards::board_stage read_board(fields& from, for_board<boards::board_stage>) {
    return {place_in(from)};
}
boards::board_rules read_board(fields& from, for_board<boards::board_rules>) {
    boards::board_rules made;
    if (const auto mode = from.text_if("mode", word_text)) {
        made.mode = boards::draw_mode_named(*mode);
        if (!made.mode) from.refuse("mode", "presenter, writers or everybody is wanted");
    }
    made.cursors = from.flag_if("cursors");
    return made;
}
boards::board_writer read_board(fields& from, for_board<boards::board_writer>) {
    return {from.text("participant", person_text), from.flag("on")};
}
boards::board_lock read_board(fields& from, for_board<boards::board_lock>) {
    return {place_in(from), from.flag("on")};
}
boards::board_clear read_board(fields& from, for_board<boards::board_clear>) {
    boards::board_clear made;
    made.what = word_in(from, "what", boards::clear_what_named, "own, user, page or all");
    made.where.document = document_in(from);
    if (made.what != boards::clear_what::all) made.where.page = from.number("page", 1, number_max);
    if (made.what == boards::clear_what::user) made.participant = from.text("participant", person_text);
    return made;
}
boards::board_undo read_board(fields& from, for_board<boards::board_undo>) {
    return {place_in(from)};
}
boards::board_redo read_board(fields& from, for_board<boards::board_redo>) {
    return {place_in(from)};
}
boards::board_import read_board(fields& from, for_board<boards::board_import>) {
    return {place_in(from), from.text("excalidraw", file_text)};
}
boards::page_add read_board(fields& from, for_board<boards::page_add>) {
    return {document_in(from), before_in(from)};
}
boards::page_remove read_board(fields& from, for_board<boards::page_remove>) {
    return {place_in(from)};
}
boards::page_move read_board(fields& from, for_board<boards::page_move>) {
    return {place_in(from), before_in(from)};
}
boards::document_add read_board(fields& from, for_board<boards::document_add>) {
    const auto kind = word_in(from, "kind", boards::document_kind_named, "blank or infinite");
    if (kind == boards::document_kind::file) from.refuse("kind", "files are uploaded");
    return {kind, from.text_if("title", title_text)};
}
boards::document_upload read_board(fields& from, for_board<boards::document_upload>) {
    return {from.text("name", title_text), from.number("bytes", 1, number_max)};
}
boards::document_cancel read_board(fields& from, for_board<boards::document_cancel>) {
    return {document_in(from)};
}
boards::document_title read_board(fields& from, for_board<boards::document_title>) {
    return {document_in(from), from.text("title", title_text)};
}
boards::document_downloadable read_board(fields& from, for_board<boards::document_downloadable>) {
    return {document_in(from), from.flag("on")};
}
boards::document_move read_board(fields& from, for_board<boards::document_move>) {
    return {document_in(from), before_in(from)};
}
boards::document_remove read_board(fields& from, for_board<boards::document_remove>) {
    return {document_in(from)};
}
boards::document_export read_board(fields& from, for_board<boards::document_export>) {
    boards::document_export made;
    made.document = document_in(from);
    made.page = from.number_if("page", 1, number_max);
    made.format =
        word_in(from, "format", boards::export_format_named, "pdf, png, svg, excalidraw or original");
    made.annotations = from.flag_or("annotations", true);
    made.own = from.flag_or("own", false);
    return made;
}

using board_reader = boards::request_body (*)(fields&);

template <std::size_t... Index>
constexpr std::array<board_reader, sizeof...(Index)> make_board_readers(std::index_sequence<Index...>) {
    return {[](fields& from) {
        return boards::request_body(
            read_board(from, for_board<std::variant_alternative_t<Index, boards::any_request>>{}));
    }...};
}

/// In the order of the table of requests, which has the names.
constexpr auto board_readers = make_board_readers(std::make_index_sequence<boards::request_count>{});

}  // namespace

std::optional<boards::request_body> read_board_request(std::string_view type, fields& from) {
    const auto known = boards::request_rules();
    const auto row = std::ranges::find(known, type, &boards::request_rule::type);
    if (row == known.end()) return std::nullopt;
    return board_readers[static_cast<std::size_t>(row - known.begin())](from);
}

}  // namespace conf::signalling
