/// The text of a pad as a tree: what is read from a document, written into files, and read from them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace conf::pads {

/// The nodes of schema 1, which the editor has too (`bindings/js/src/pad/types.ts`).
enum class node_kind : std::uint8_t {
    document,
    // blocks
    paragraph,
    heading,
    blockquote,
    code_block,
    horizontal_rule,
    bullet_list,
    ordered_list,
    task_list,
    table,
    // what stands in lists and tables alone
    list_item,
    task_item,
    table_row,
    table_header,
    table_cell,
    // inline
    text,
    image,
    hard_break,
};

[[nodiscard]] constexpr bool is_inline(node_kind kind) noexcept {
    return kind >= node_kind::text;
}
/// Holds inline nodes and nothing else.
[[nodiscard]] constexpr bool is_text_block(node_kind kind) noexcept {
    return kind == node_kind::paragraph || kind == node_kind::heading || kind == node_kind::code_block;
}
[[nodiscard]] constexpr bool is_list(node_kind kind) noexcept {
    return kind == node_kind::bullet_list || kind == node_kind::ordered_list || kind == node_kind::task_list;
}
[[nodiscard]] constexpr bool is_item(node_kind kind) noexcept {
    return kind == node_kind::list_item || kind == node_kind::task_item;
}
[[nodiscard]] constexpr bool is_cell(node_kind kind) noexcept {
    return kind == node_kind::table_header || kind == node_kind::table_cell;
}

/// How a piece of text looks.
struct marks {
    bool strong = false;
    bool em = false;
    bool underline = false;
    bool strike = false;
    bool code = false;
    std::string link{};  ///< `is_safe_link`, or empty: none

    friend bool operator==(const marks&, const marks&) = default;
};

struct node {
    node_kind kind = node_kind::paragraph;
    std::string text;          ///< of text; the language of a code block; the path of an image
    std::string alt;           ///< of an image
    marks style;               ///< of text
    std::uint32_t number = 1;  ///< level of a heading (1 to 3), first number of a list, columns of a cell
    std::uint32_t rows = 1;    ///< of a cell
    bool checked = false;      ///< of a task
    std::vector<node> children{};

    friend bool operator==(const node&, const node&) = default;
};

// Nesting and sizes of what is read from files or from strangers' documents; deeper nodes give their text
// alone.
inline constexpr std::size_t tree_depth_max = 64;
inline constexpr std::uint32_t cell_columns_max = 50;
inline constexpr std::uint32_t cell_rows_max = 500;
inline constexpr std::uint32_t list_number_max = 1'000'000;

/// The schemes http, https, mailto and tel, without white space and control characters, at most 2048 bytes.
[[nodiscard]] bool is_safe_link(std::string_view href) noexcept;
/// A path on this server: it begins with one "/".
[[nodiscard]] bool is_own_path(std::string_view source) noexcept;

/// Makes any tree one that the editor's schema allows, without losing text: what stands in the wrong place is
/// wrapped (text in paragraphs, blocks in items and cells), neighbours of the same style are joined, links
/// and images that are not safe become their text, and a document has a paragraph at least.
void normalise(node& document);

/// Convenience of readers and tests.
[[nodiscard]] node make_text(std::string text, marks style = {});
[[nodiscard]] node make_block(node_kind kind, std::vector<node> children = {});

}  // namespace conf::pads
