#include "libconf/crdt/utf8.hpp"
#include "libconf/pad/characters.hpp"
#include "libconf/pad/error.hpp"
#include "libconf/pad/formats.hpp"
#include "libconf/pad/html_tokens.hpp"
#include "libconf/pad/tree_builder.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

namespace conf::pads {
namespace {

constexpr std::array<std::pair<std::string_view, node_kind>, 18> blocks{{
    {"p", node_kind::paragraph},
    {"h1", node_kind::heading},
    {"h2", node_kind::heading},
    {"h3", node_kind::heading},
    {"h4", node_kind::heading},
    {"h5", node_kind::heading},
    {"h6", node_kind::heading},
    {"blockquote", node_kind::blockquote},
    {"pre", node_kind::code_block},
    {"ul", node_kind::bullet_list},
    {"menu", node_kind::bullet_list},
    {"ol", node_kind::ordered_list},
    {"li", node_kind::list_item},
    {"table", node_kind::table},
    {"tr", node_kind::table_row},
    {"th", node_kind::table_header},
    {"td", node_kind::table_cell},
    {"hr", node_kind::horizontal_rule},
}};
/// Begin a new paragraph, and are nothing themselves.
constexpr std::array<std::string_view, 20> divisions{
    "div",   "section",  "article", "header",     "footer",  "main",    "nav",
    "aside", "address",  "figure",  "figcaption", "dl",      "dt",      "dd",
    "form",  "fieldset", "center",  "details",    "summary", "caption",
};

std::optional<node_kind> block_named(std::string_view name) noexcept {
    for (const auto& [tag, kind] : blocks) {
        if (tag == name) return kind;
    }
    return std::nullopt;
}

std::uint32_t number_of(const html_token& tag, std::string_view name, std::uint32_t otherwise) noexcept {
    const auto text = tag.attribute(name);
    if (!text) return otherwise;
    std::uint32_t value = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), value);
    return read.ec == std::errc() ? value : otherwise;
}

/// A list with a task in it is one of tasks.
void find_tasks(node& at) {
    if (at.kind == node_kind::bullet_list &&
        std::ranges::any_of(at.children, [](const node& one) { return one.kind == node_kind::task_item; })) {
        at.kind = node_kind::task_list;
    }
    for (auto& one : at.children) {
        if (at.kind == node_kind::task_list && one.kind == node_kind::list_item)
            one.kind = node_kind::task_item;
        find_tasks(one);
    }
}

class html_reader {
public:
    [[nodiscard]] node read(std::string_view text) {
        html_tokens tokens(text);
        while (auto one = tokens.next()) {
            switch (one->what) {
                case html_token::kind::text: take_text(one->text); break;
                case html_token::kind::open: open(*one); break;
                case html_token::kind::close: close(one->text); break;
            }
        }
        find_tasks(build_.root());
        return std::move(build_).take();
    }

private:
    /// An element that is open: what it changed, to be taken back.
    struct element {
        std::string name;
        bool is_node = false;
        node_kind kind = node_kind::paragraph;
        marks before{};  // style outside of it
    };

    void open(const html_token& tag) {
        const auto& name = tag.text;
        if (name == "br") return line_break();
        if (name == "img") return image(tag);
        if (name == "input") return box(tag);
        if (name == "hr") {
            close_paragraph();
            build_.leaf(make_block(node_kind::horizontal_rule));
            return;
        }
        if (const auto kind = block_named(name)) return open_block(tag, *kind);
        if (std::ranges::find(divisions, name) != divisions.end()) {
            close_paragraph();
            push({.name = name, .before = build_.style});
            return;
        }
        const auto before = build_.style;
        if (mark(tag)) push({.name = name, .before = before});
    }

    bool mark(const html_token& tag) {
        const auto& name = tag.text;
        auto& style = build_.style;
        if (name == "b" || name == "strong") {
            // Some office programs wrap everything that they copy in one that is not bold.
            const auto css = tag.attribute("style");
            if (!css || css->find("font-weight:normal") == std::string_view::npos) style.strong = true;
        } else if (name == "i" || name == "em") {
            style.em = true;
        } else if (name == "u" || name == "ins") {
            style.underline = true;
        } else if (name == "s" || name == "del" || name == "strike") {
            style.strike = true;
        } else if (name == "code" || name == "kbd" || name == "samp" || name == "tt") {
            if (in(node_kind::code_block)) {
                language(tag);
            } else {
                style.code = true;
            }
        } else if (name == "a") {
            if (const auto href = tag.attribute("href")) style.link = *href;
        } else {
            return false;
        }
        return true;
    }

    void language(const html_token& tag) {
        constexpr std::string_view prefix = "language-";
        const auto classes = tag.attribute("class");
        if (classes && classes->starts_with(prefix) && build_.current().kind == node_kind::code_block)
            build_.current().text = classes->substr(prefix.size(), classes->find(' ') - prefix.size());
    }

    void open_block(const html_token& tag, node_kind kind) {
        close_paragraph();
        if (kind == node_kind::list_item) close_up_to(node_kind::list_item, is_list);
        if (is_cell(kind)) close_cell();
        if (kind == node_kind::table_row) {
            close_cell();
            close_up_to(node_kind::table_row, [](node_kind one) { return one == node_kind::table; });
        }
        auto& made = build_.open(kind);
        made.kind = kind;
        if (kind == node_kind::heading)
            made.number = std::min(3U, static_cast<std::uint32_t>(tag.text[1] - '0'));
        if (kind == node_kind::ordered_list) made.number = number_of(tag, "start", 1);
        if (is_cell(kind)) {
            made.number = number_of(tag, "colspan", 1);
            made.rows = number_of(tag, "rowspan", 1);
        }
        if (kind == node_kind::bullet_list && tag.attribute("data-tasks")) made.kind = node_kind::task_list;
        if (kind == node_kind::list_item) {
            if (const auto task = tag.attribute("data-task")) {
                made.kind = node_kind::task_item;
                made.checked = *task == "done";
            }
        }
        path_.push_back({.name = tag.text, .is_node = true, .kind = kind, .before = build_.style});
        pending_space_ = false;
        at_start_ = true;
    }

    void push(element one) {
        // Deeper than any page; closing tags then find their element a little further out.
        if (path_.size() < path_max) path_.push_back(std::move(one));
    }

    void pop() {
        build_.style = path_.back().before;
        if (path_.back().is_node) {
            build_.close();
            pending_space_ = false;
            at_start_ = true;
        }
        path_.pop_back();
    }

    void close(std::string_view name) {
        const auto at = std::ranges::find(path_.rbegin(), path_.rend(), name, &element::name);
        if (at == path_.rend()) return;
        // An inline element does not close the blocks in it.
        const bool is_division = std::ranges::find(divisions, name) != divisions.end();
        if (!at->is_node && !is_division &&
            std::any_of(path_.rbegin(), at, [](const element& one) { return one.is_node; })) {
            return;
        }
        for (auto left = at - path_.rbegin() + 1; left > 0; --left) pop();
        if (is_division) {
            pending_space_ = false;
            at_start_ = true;
            starts_paragraph_ = true;
        }
    }

    [[nodiscard]] bool in(node_kind kind) const noexcept {
        return std::ranges::any_of(path_,
                                   [&](const element& one) { return one.is_node && one.kind == kind; });
    }

    /// A block ends the paragraph that is open around it.
    void close_paragraph() {
        for (auto at = path_.rbegin(); at != path_.rend(); ++at) {
            if (!at->is_node) continue;
            if (at->kind != node_kind::paragraph && at->kind != node_kind::heading) break;
            for (auto left = at - path_.rbegin() + 1; left > 0; --left) pop();
            break;
        }
        pending_space_ = false;
        at_start_ = true;
        starts_paragraph_ = true;
    }

    /// Closes an open `kind` that is not hidden behind something that may hold another one.
    template <class Holder>
    void close_up_to(node_kind kind, const Holder& holds) {
        for (auto at = path_.rbegin(); at != path_.rend(); ++at) {
            if (!at->is_node) continue;
            if (holds(at->kind)) return;
            if (at->kind != kind) continue;
            for (auto left = at - path_.rbegin() + 1; left > 0; --left) pop();
            return;
        }
    }

    void close_cell() {
        const auto holds = [](node_kind one) {
            return one == node_kind::table_row || one == node_kind::table;
        };
        close_up_to(node_kind::table_cell, holds);
        close_up_to(node_kind::table_header, holds);
    }

    void take_text(std::string_view text) {
        if (build_.current().kind == node_kind::code_block) {
            if (at_start_ && text.starts_with('\n')) text.remove_prefix(1);  // HTML's rule for <pre>
            at_start_ = false;
            std::string clean(text);
            std::erase(clean, '\r');
            build_.text(clean);
            return;
        }
        std::string made;
        for (const char one : text) {
            if (is_space(one)) {
                if (!std::exchange(pending_space_, true)) space_style_ = build_.style;
                continue;
            }
            if (pending_space_ && !at_start_) {
                if (made.empty()) {
                    put_space();
                } else {
                    made += ' ';
                }
            }
            pending_space_ = false;
            at_start_ = false;
            made += one;
        }
        put(std::move(made), build_.style);
    }

    /// White space between two elements has the look of where it stood.
    void put_space() {
        if (std::exchange(pending_space_, false) && !at_start_) put(" ", space_style_);
    }

    void put(std::string text, const marks& style) {
        if (text.empty()) return;
        auto& around = build_.current();
        // Text beside blocks after a division: a paragraph of its own, which goes on until the next block.
        const bool begins = std::exchange(starts_paragraph_, false);
        if (is_text_block(around.kind)) {
            build_.leaf(make_text(std::move(text), style));
        } else if (!begins && !around.children.empty() &&
                   around.children.back().kind == node_kind::paragraph) {
            around.children.back().children.push_back(make_text(std::move(text), style));
        } else if (begins) {
            build_.leaf(make_block(node_kind::paragraph, {make_text(std::move(text), style)}));
        } else {
            build_.leaf(make_text(std::move(text), style));
        }
    }

    void line_break() {
        if (build_.current().kind == node_kind::code_block) return build_.text("\n");
        pending_space_ = false;
        at_start_ = true;
        build_.leaf(make_block(node_kind::hard_break));
    }

    void image(const html_token& tag) {
        node made;
        made.kind = node_kind::image;
        made.text = tag.attribute("src").value_or("");
        made.alt = tag.attribute("alt").value_or("");
        if (made.alt.empty() && !is_own_path(made.text)) return;
        put_space();
        build_.leaf(std::move(made));
        at_start_ = false;
    }

    /// The box of a task, at the beginning of an item.
    void box(const html_token& tag) {
        const auto kind = tag.attribute("type");
        auto& item = build_.current();
        if (!kind || *kind != "checkbox" || item.kind != node_kind::list_item) return;
        item.kind = node_kind::task_item;
        item.checked = tag.attribute("checked").has_value();
    }

    static constexpr std::size_t path_max = 512;

    tree_builder build_;
    std::vector<element> path_;
    bool pending_space_ = false;
    marks space_style_;
    bool at_start_ = true;
    bool starts_paragraph_ = false;
};

}  // namespace

result<node> from_html(std::string_view text) {
    if (!crdt::utf16_length(text)) return pad_errc::bad_text;
    return html_reader().read(text);
}

}  // namespace conf::pads
