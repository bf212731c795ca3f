#include "libconf/pad/rich_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace conf::pads {
namespace {

constexpr std::size_t link_bytes_max = 2048;

bool is_clean(std::string_view text) noexcept {
    return std::ranges::none_of(text, [](char one) {
        const auto byte = static_cast<unsigned char>(one);
        return byte <= 0x20 || byte == 0x7F || byte == '\\' || byte == '<' || byte == '>' || byte == '"';
    });
}

bool starts_without_case(std::string_view text, std::string_view begin) noexcept {
    return text.size() >= begin.size() &&
           std::ranges::equal(text.substr(0, begin.size()), begin, [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
           });
}

/// What may stand in a block of that kind.
enum class place : std::uint8_t { inlines, plain_text, blocks, items, tasks, rows, cells, nothing };

place place_of(node_kind kind) noexcept {
    switch (kind) {
        case node_kind::paragraph:
        case node_kind::heading: return place::inlines;
        case node_kind::code_block: return place::plain_text;
        case node_kind::bullet_list:
        case node_kind::ordered_list: return place::items;
        case node_kind::task_list: return place::tasks;
        case node_kind::table: return place::rows;
        case node_kind::table_row: return place::cells;
        case node_kind::document:
        case node_kind::blockquote:
        case node_kind::list_item:
        case node_kind::task_item:
        case node_kind::table_header:
        case node_kind::table_cell: return place::blocks;
        case node_kind::horizontal_rule:
        case node_kind::text:
        case node_kind::image:
        case node_kind::hard_break: return place::nothing;
    }
    return place::nothing;
}

bool fits(node_kind child, place into) noexcept {
    switch (into) {
        case place::inlines: return is_inline(child);
        case place::plain_text: return child == node_kind::text;
        case place::blocks:
            return !is_inline(child) && child != node_kind::document && !is_item(child) && !is_cell(child) &&
                   child != node_kind::table_row;
        case place::items: return child == node_kind::list_item;
        case place::tasks: return child == node_kind::task_item;
        case place::rows: return child == node_kind::table_row;
        case place::cells: return is_cell(child);
        case place::nothing: return false;
    }
    return false;
}

/// The kind that takes what does not stand in `into` by itself.
node_kind wrapper_of(place into) noexcept {
    switch (into) {
        case place::items: return node_kind::list_item;
        case place::tasks: return node_kind::task_item;
        case place::rows: return node_kind::table_row;
        case place::cells: return node_kind::table_cell;
        default: return node_kind::paragraph;
    }
}

void append_text_of(const node& from, std::string& to) {
    if (from.kind == node_kind::text) to += from.text;
    if (from.kind == node_kind::image) to += from.alt;
    if (from.kind == node_kind::hard_break) to += '\n';
    for (const auto& child : from.children) append_text_of(child, to);
}

void arrange(node& at, std::size_t depth);

/// Children of a text block: inline nodes as they are, of anything else its text.
std::vector<node> inlines_of(std::vector<node> children, bool plain) {
    std::vector<node> made;
    const auto add = [&](node one) {
        if (one.kind == node_kind::text && one.text.empty()) return;
        if (one.kind == node_kind::text && !made.empty() && made.back().kind == node_kind::text &&
            made.back().style == one.style) {
            made.back().text += one.text;
        } else {
            made.push_back(std::move(one));
        }
    };
    for (auto& one : children) {
        if (one.kind == node_kind::text) {
            if (plain) one.style = {};
            if (!one.style.link.empty() && !is_safe_link(one.style.link)) one.style.link.clear();
            // The editor's code excludes the other looks.
            if (one.style.code)
                one.style.strong = one.style.em = one.style.underline = one.style.strike = false;
            one.children.clear();
            add(std::move(one));
        } else if (one.kind == node_kind::image && !plain && is_own_path(one.text)) {
            one.children.clear();
            add(std::move(one));
        } else if (one.kind == node_kind::hard_break && !plain) {
            add(std::move(one));
        } else {
            std::string text;
            append_text_of(one, text);
            add(make_text(std::move(text)));
        }
    }
    return made;
}

/// Children in their right place, with what stands wrongly put into wrappers, neighbours into one.
std::vector<node> placed(std::vector<node> children, place into, std::size_t depth) {
    std::vector<node> made;
    bool open = false;  // the last of `made` is a wrapper that still takes more
    for (auto& one : children) {
        if (fits(one.kind, into)) {
            open = false;
            made.push_back(std::move(one));
            continue;
        }
        // Items without a list, cells without a row and so on: what is in them counts.
        if (into == place::blocks && (is_item(one.kind) || is_cell(one.kind) ||
                                      one.kind == node_kind::table_row || one.kind == node_kind::document)) {
            auto inner = placed(std::move(one.children), into, depth);
            std::ranges::move(inner, std::back_inserter(made));
            open = false;
            continue;
        }
        if (is_item(one.kind) && (into == place::items || into == place::tasks)) {
            one.kind = wrapper_of(into);
            made.push_back(std::move(one));
            open = false;
            continue;
        }
        if (!open) made.push_back(make_block(wrapper_of(into)));
        open = true;
        made.back().children.push_back(std::move(one));
    }
    for (auto& one : made) arrange(one, depth + 1);
    return made;
}

void arrange(node& at, std::size_t depth) {
    if (at.kind == node_kind::heading) at.number = std::clamp(at.number, 1U, 3U);
    if (is_cell(at.kind)) {
        at.number = std::clamp(at.number, 1U, cell_columns_max);
        at.rows = std::clamp(at.rows, 1U, cell_rows_max);
    }
    if (at.kind == node_kind::ordered_list) at.number = std::min(at.number, list_number_max);
    const auto into = place_of(at.kind);
    if (into == place::nothing) {
        at.children.clear();
        return;
    }
    if (into == place::inlines || into == place::plain_text) {
        at.children = inlines_of(std::move(at.children), into == place::plain_text);
        return;
    }
    if (depth >= tree_depth_max) {
        // Too deep for an editor: one paragraph with all that is said there.
        std::string text;
        append_text_of(at, text);
        at.kind = node_kind::paragraph;
        at.children.clear();
        if (!text.empty()) at.children.push_back(make_text(std::move(text)));
        return;
    }
    at.children = placed(std::move(at.children), into, depth);
    if (at.children.empty() && into != place::blocks) at.children.push_back(make_block(wrapper_of(into)));
    if (into == place::rows || into == place::cells || into == place::items || into == place::tasks) {
        for (auto& one : at.children) {
            if (one.children.empty()) arrange(one, depth + 1);
        }
    }
    // An item begins with a paragraph; a cell, a quote and a document have a block at least.
    const bool wants_paragraph =
        is_item(at.kind) && (at.children.empty() || at.children.front().kind != node_kind::paragraph);
    if (wants_paragraph || (into == place::blocks && at.children.empty()))
        at.children.insert(at.children.begin(), make_block(node_kind::paragraph));
}

}  // namespace

bool is_safe_link(std::string_view href) noexcept {
    constexpr std::array<std::string_view, 4> schemes{"http://", "https://", "mailto:", "tel:"};
    return href.size() <= link_bytes_max && is_clean(href) &&
           std::ranges::any_of(schemes, [&](std::string_view one) {
               return href.size() > one.size() && starts_without_case(href, one);
           });
}

bool is_own_path(std::string_view source) noexcept {
    return source.size() > 1 && source.size() <= link_bytes_max && source[0] == '/' && source[1] != '/' &&
           is_clean(source);
}

void normalise(node& document) {
    document.kind = node_kind::document;
    arrange(document, 0);
}

node make_text(std::string text, marks style) {
    node made;
    made.kind = node_kind::text;
    made.text = std::move(text);
    made.style = std::move(style);
    return made;
}

node make_block(node_kind kind, std::vector<node> children) {
    node made;
    made.kind = kind;
    made.children = std::move(children);
    return made;
}

}  // namespace conf::pads
