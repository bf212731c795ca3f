/// What a client may ask of boards and documents by JSON: one struct for each request.
#pragma once

#include "libconf/base/big_variant.hpp"
#include "libconf/whiteboard/types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace conf::boards {

struct board_open {
    friend bool operator==(const board_open&, const board_open&) = default;
};
struct board_close {
    friend bool operator==(const board_close&, const board_close&) = default;
};
struct board_look {
    place where{};
    std::optional<sequence> since{};

    friend bool operator==(const board_look&, const board_look&) = default;
};
struct board_stage {
    place where{};

    friend bool operator==(const board_stage&, const board_stage&) = default;
};
struct board_rules {
    std::optional<draw_mode> mode{};
    std::optional<bool> cursors{};

    friend bool operator==(const board_rules&, const board_rules&) = default;
};
struct board_writer {
    participant_id participant{};
    bool on = false;

    friend bool operator==(const board_writer&, const board_writer&) = default;
};
struct board_lock {
    place where{};
    bool on = false;

    friend bool operator==(const board_lock&, const board_lock&) = default;
};
struct board_clear {
    place where{};  ///< page 0 with `all`
    clear_what what = clear_what::own;
    std::optional<participant_id> participant{};  ///< with `user`

    friend bool operator==(const board_clear&, const board_clear&) = default;
};
struct board_undo {
    place where{};

    friend bool operator==(const board_undo&, const board_undo&) = default;
};
struct board_redo {
    place where{};

    friend bool operator==(const board_redo&, const board_redo&) = default;
};
struct board_import {
    place where{};
    std::string excalidraw{};

    friend bool operator==(const board_import&, const board_import&) = default;
};
struct page_add {
    document_number document = 0;
    std::optional<page_number> before{};

    friend bool operator==(const page_add&, const page_add&) = default;
};
struct page_remove {
    place where{};

    friend bool operator==(const page_remove&, const page_remove&) = default;
};
struct page_move {
    place where{};
    std::optional<page_number> before{};

    friend bool operator==(const page_move&, const page_move&) = default;
};
struct document_add {
    document_kind kind = document_kind::blank;  ///< not `file`
    std::optional<std::string> title{};

    friend bool operator==(const document_add&, const document_add&) = default;
};
struct document_upload {
    std::string name{};
    std::uint64_t bytes = 0;

    friend bool operator==(const document_upload&, const document_upload&) = default;
};
struct document_cancel {
    document_number document = 0;

    friend bool operator==(const document_cancel&, const document_cancel&) = default;
};
struct document_title {
    document_number document = 0;
    std::string title{};

    friend bool operator==(const document_title&, const document_title&) = default;
};
struct document_downloadable {
    document_number document = 0;
    bool on = false;

    friend bool operator==(const document_downloadable&, const document_downloadable&) = default;
};
struct document_move {
    document_number document = 0;
    std::optional<document_number> before{};

    friend bool operator==(const document_move&, const document_move&) = default;
};
struct document_remove {
    document_number document = 0;

    friend bool operator==(const document_remove&, const document_remove&) = default;
};
struct document_export {
    document_number document = 0;
    std::optional<page_number> page{};
    export_format format = export_format::pdf;
    bool annotations = true;
    bool own = false;

    friend bool operator==(const document_export&, const document_export&) = default;
};

/// The order is the one of the table of requests in permissions.hpp.
using any_request =
    std::variant<board_open, board_close, board_look, board_stage, board_rules, board_writer, board_lock,
                 board_clear, board_undo, board_redo, board_import, page_add, page_remove, page_move,
                 document_add, document_upload, document_cancel, document_title, document_downloadable,
                 document_move, document_remove, document_export>;
using request_body = big_variant<any_request>;
inline constexpr std::size_t request_count = std::variant_size_v<any_request>;

struct request {
    std::uint64_t id = 0;
    request_body what;

    friend bool operator==(const request&, const request&) = default;
};

}  // namespace conf::boards

extern template class conf::big_variant<conf::boards::any_request>;
