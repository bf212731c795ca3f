/// Boards: the pages of a room that people see and draw on, for programs that draw, read and export.
#pragma once

#include <conf/export.hpp>
#include <conf/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::inline v0 {

/// Which page of which document of a room; numbers are never used again.
struct board_page {
    std::uint64_t document = 0;
    std::uint64_t page = 0;

    friend bool operator==(const board_page&, const board_page&) = default;
};

enum class board_kind : std::uint8_t {
    blank,     ///< pages of 1440 x 1080 units
    infinite,  ///< one page without an edge
};

/// A document of a room: an uploaded file, blank pages, or an infinite board.
struct board_document {
    std::uint64_t number = 0;
    std::string kind{};  ///< "file", "blank" or "infinite"
    std::string title{};
    std::string state{};  ///< "uploading", "converting", "ready" or "failed"
    std::vector<board_page> pages{};
};

/// In units: a page is 1440 of them wide, y goes down.
struct board_point {
    double x = 0;
    double y = 0;
    std::optional<int> pressure{};  ///< 0 to 255, of points 0, 4, 8, …, for the whole stroke or not at all
};

/// Something on a page. A field that does not belong to the type of shape is not looked at. The whole table,
/// with limits, is in section 8 of libconf/whiteboard/PROTOCOL.md; `board::change` takes all of it.
struct board_shape {
    std::uint64_t id = 0;  ///< 0: a new one
    std::string type{};    ///< "pen", "highlighter", "rectangle", "ellipse", "polygon", "line", "arrow",
                           ///< "text", "note", …
    double x = 0;
    double y = 0;
    double rotation = 0;  ///< radians, clockwise
    double width = 0;
    double height = 0;
    std::string colour = "#1d1d1f";
    double stroke_width = 4;
    std::string dash = "solid";  ///< "dashed", "dotted"
    std::string fill = "none";   ///< "half", "solid"
    std::string fill_colour = "#ffe58a";
    int opacity = 100;                  ///< per cent
    std::vector<board_point> points{};  ///< of strokes, lines and arrows, from (x, y)
    std::string text{};                 ///< of texts and notes
    double font_size = 32;
    std::string title{};       ///< what is read out
    std::uint64_t author = 0;  ///< a number of this room; 0: a program
    std::uint64_t version = 0;
};

/// The boards of one room, whether anybody is in it or not; a cheap copy, which may outlive the server.
///
/// Thread-safe. What changes something returns when it is kept, and everybody who looks is told of it. A
/// program has every right, and what it draws is by author 0. Errors of all: `media_errc::stopped`,
/// `media_errc::wrong_thread` on the thread that serves HTTP (where events are told), `board_errc`.
class CONF_EXPORT board {
public:
    struct impl;
    explicit board(std::shared_ptr<impl> state) noexcept;

    [[nodiscard]] result<std::vector<board_document>> documents() const;
    /// @return its first page. `full`: a room has at most 50 documents.
    result<board_page> add_document(board_kind kind, std::string_view title = {}) const;
    /// Everybody who does not look around sees that page.
    result<void> stage(const board_page& where) const;

    /// @return their ids. `bad_shape`: the message says which field; then nothing was drawn.
    result<std::vector<std::uint64_t>> draw(const board_page& where,
                                            const std::vector<board_shape>& shapes) const;
    /// Puts, patches and removes, as the body of the HTTP API: `{"ops": [{"op": "put", "type": "rectangle",
    /// …}]}`.
    result<std::vector<std::uint64_t>> change(const board_page& where, std::string_view ops_json) const;
    /// Of all shapes but locked ones. @return how many went.
    result<std::size_t> clear(const board_page& where) const;
    /// A file of Excalidraw. @return how many shapes it became. `bad_file`.
    result<std::size_t> import_excalidraw(const board_page& where, std::string_view file) const;

    /// In the order of painting.
    [[nodiscard]] result<std::vector<board_shape>> shapes(const board_page& where) const;
    [[nodiscard]] result<std::string> json(const board_page& where) const;
    [[nodiscard]] result<std::string> svg(const board_page& where) const;
    [[nodiscard]] result<std::string> excalidraw(const board_page& where) const;

private:
    std::shared_ptr<impl> impl_;
};

enum class board_errc {
    bad_room = 1,  ///< a name has 1 to 64 letters (A to Z), digits, "-", "_" or "."
    unknown_page,
    bad_shape,
    bad_file,
    full,
    not_saved,  ///< the store can not write now; it is drawn all the same, and kept when that works again
};
[[nodiscard]] CONF_EXPORT const std::error_category& board_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(board_errc code) noexcept {
    return {static_cast<int>(code), board_category()};
}

}  // namespace conf::inline v0

template <>
struct std::is_error_code_enum<conf::board_errc> : std::true_type {};
