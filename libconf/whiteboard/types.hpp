/// The words of boards: numbers and ids, types of shapes, and what documents and pages are.
#pragma once

#include "libconf/room/types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The plural, because `conf::board` is the public class.
namespace conf::boards {

using rooms::connection_id;
using rooms::participant_id;
using rooms::wall_time;

/// Never used again in a room; 0 is none.
using document_number = std::uint64_t;
/// Never used again in a document; 0 is none.
using page_number = std::uint64_t;
/// A person who has drawn or pointed; 0 is the server.
using author_number = std::uint64_t;
/// Of a committed change, through the whole room; 0 is before the first.
using sequence = std::uint64_t;
/// Random, from whoever makes the shape; its 8 bytes in network byte order. 0 is none.
using shape_id = std::uint64_t;

/// 2^53 - 1: what a browser's numbers can hold.
inline constexpr std::uint64_t number_max = (std::uint64_t{1} << 53) - 1;
/// Lengths are in 1/16 of a unit.
inline constexpr std::int64_t per_unit = 16;
inline constexpr std::int64_t page_width_units = 1440;

enum class shape_type : std::uint8_t {
    pen = 1,
    highlighter,
    rectangle,
    ellipse,
    polygon,
    line,
    arrow,
    text,
    note,
    stamp,
    image,
    group,
    frame,
};
inline constexpr std::size_t shape_type_count = 13;

enum class draw_mode : std::uint8_t { presenter, writers, everybody };
enum class document_kind : std::uint8_t { file, blank, infinite };
enum class document_state : std::uint8_t { uploading, converting, ready, failed };
enum class clear_what : std::uint8_t { own, user, page, all };
enum class export_format : std::uint8_t { pdf, png, svg, excalidraw, original };
enum class pointer_kind : std::uint8_t { gone, cursor, laser };

/// As they stand in messages.
[[nodiscard]] std::string_view name_of(shape_type which) noexcept;
[[nodiscard]] std::string_view name_of(draw_mode which) noexcept;
[[nodiscard]] std::string_view name_of(document_kind which) noexcept;
[[nodiscard]] std::string_view name_of(document_state which) noexcept;
[[nodiscard]] std::string_view name_of(clear_what which) noexcept;
[[nodiscard]] std::string_view name_of(export_format which) noexcept;
[[nodiscard]] std::optional<draw_mode> draw_mode_named(std::string_view name) noexcept;
[[nodiscard]] std::optional<document_kind> document_kind_named(std::string_view name) noexcept;
[[nodiscard]] std::optional<clear_what> clear_what_named(std::string_view name) noexcept;
[[nodiscard]] std::optional<export_format> export_format_named(std::string_view name) noexcept;

/// 16 hexadecimal digits.
[[nodiscard]] std::string text_of(shape_id id);

/// Which page of which document.
struct place {
    document_number document = 0;
    page_number page = 0;

    friend auto operator<=>(const place&, const place&) = default;
};

/// What somebody sees of a page, in 1/16 of a unit.
struct rectangle_seen {
    std::int64_t x = 0;
    std::int64_t y = 0;
    std::int64_t width = 0;
    std::int64_t height = 0;

    friend bool operator==(const rectangle_seen&, const rectangle_seen&) = default;
};

/// STAGE of the protocol. Page 0: nothing is staged.
struct stage_info {
    place where{};
    std::optional<participant_id> leader{};
    std::optional<rectangle_seen> view{};

    friend bool operator==(const stage_info&, const stage_info&) = default;
};

/// RULES of the protocol.
struct rules_info {
    draw_mode mode = draw_mode::presenter;
    std::vector<participant_id> writers{};
    bool cursors = true;  ///< viewers' cursors are shown

    friend bool operator==(const rules_info&, const rules_info&) = default;
};

/// AUTHOR of the protocol.
struct author_info {
    author_number number = 0;
    participant_id id{};
    std::string name{};

    friend bool operator==(const author_info&, const author_info&) = default;
};

/// PAGE of the protocol. Paths are the host's: the core keeps and tells them.
struct page_info {
    page_number number = 0;
    std::uint32_t width = 1440;   ///< units
    std::uint32_t height = 1080;  ///< 0: infinite
    bool locked = false;
    bool ready = true;
    std::string background{};
    std::string thumbnail{};
    std::string text{};

    friend bool operator==(const page_info&, const page_info&) = default;
};

struct progress {
    std::uint32_t done = 0;
    std::uint32_t of = 0;

    friend bool operator==(const progress&, const progress&) = default;
};

/// Why an upload or a conversion failed, in a sentence for the uploader.
struct document_error {
    std::string code{};
    std::string text{};
    std::optional<std::uint32_t> page{};  ///< of the file, from 1

    friend bool operator==(const document_error&, const document_error&) = default;
};

/// DOCUMENT of the protocol.
struct document_info {
    document_number number = 0;
    document_kind kind = document_kind::blank;
    std::string title{};
    std::optional<participant_id> owner{};
    bool downloadable = false;
    document_state state = document_state::ready;
    std::optional<progress> done{};
    std::optional<document_error> error{};
    std::vector<page_info> pages{};

    friend bool operator==(const document_info&, const document_info&) = default;
};

}  // namespace conf::boards
