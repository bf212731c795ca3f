#include "libconf/pad/tree.hpp"

#include "libconf/base/check.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace conf::pads {
namespace {

using tag_name = std::pair<std::string_view, node_kind>;
constexpr std::array<tag_name, 16> tags{{
    {"paragraph", node_kind::paragraph},
    {"heading", node_kind::heading},
    {"blockquote", node_kind::blockquote},
    {"code_block", node_kind::code_block},
    {"horizontal_rule", node_kind::horizontal_rule},
    {"bullet_list", node_kind::bullet_list},
    {"ordered_list", node_kind::ordered_list},
    {"task_list", node_kind::task_list},
    {"table", node_kind::table},
    {"list_item", node_kind::list_item},
    {"task_item", node_kind::task_item},
    {"table_row", node_kind::table_row},
    {"table_header", node_kind::table_header},
    {"table_cell", node_kind::table_cell},
    {"image", node_kind::image},
    {"hard_break", node_kind::hard_break},
}};

std::optional<node_kind> kind_named(std::string_view tag) noexcept {
    for (const auto& [name, kind] : tags) {
        if (name == tag) return kind;
    }
    return std::nullopt;
}

std::string_view tag_of(node_kind kind) noexcept {
    const auto at = std::ranges::find(tags, kind, &tag_name::second);
    check(at != tags.end());
    return at->first;
}

/// Old versions of the binding wrote numbers as text.
std::uint32_t number_in(const std::optional<crdt::any>& value, std::uint32_t otherwise) {
    if (!value) return otherwise;
    if (const auto* const number = value->number())
        return *number >= 0 && *number <= 1e9 ? static_cast<std::uint32_t>(*number) : otherwise;
    const auto* const text = value->text();
    if (text == nullptr || text->empty() || text->size() > 7) return otherwise;
    std::uint32_t made = 0;
    for (const char one : *text) {
        if (one < '0' || one > '9') return otherwise;
        made = made * 10 + static_cast<std::uint32_t>(one - '0');
    }
    return made;
}

std::string text_in(const std::optional<crdt::any>& value) {
    const auto* const text = value ? value->text() : nullptr;
    return text == nullptr ? std::string() : *text;
}

marks marks_in(const crdt::attributes& format) {
    marks made;
    for (const auto& [key, value] : format) {
        if (value.is_null()) continue;
        // Marks that may overlap themselves have "--" and a hash behind their name.
        const auto name = std::string_view(key).substr(0, key.find("--"));
        if (name == "strong") made.strong = true;
        if (name == "em") made.em = true;
        if (name == "underline") made.underline = true;
        if (name == "strike") made.strike = true;
        if (name == "code") made.code = true;
        if (name == "link") {
            const auto* const href = value.find("href");
            if (href != nullptr && href->text() != nullptr) made.link = *href->text();
        }
    }
    return made;
}

crdt::attributes format_of(const marks& style) {
    crdt::attributes made;
    const auto on = [&](std::string_view name) { made.emplace_back(std::string(name), crdt::any::object()); };
    if (style.strong) on("strong");
    if (style.em) on("em");
    if (style.underline) on("underline");
    if (style.strike) on("strike");
    if (style.code) on("code");
    if (!style.link.empty())
        made.emplace_back("link", crdt::any::object{{std::string("href"), crdt::any(style.link)}});
    return made;
}

class tree_reader {
public:
    explicit tree_reader(const crdt::snapshot* at) : at_(at) {}

    void children(const crdt::shared_type& of, node& into, std::size_t depth) const {
        for (const auto& one : of.as_xml().children(at_)) {
            if (one.kind() == crdt::type_kind::xml_text || one.kind() == crdt::type_kind::text) {
                text(one.as_text(), into);
            } else {
                element(one, into, depth);
            }
        }
    }

    void text(const crdt::text& from, node& into) const {
        for (auto& step : from.to_delta(at_)) {
            if (step.what == crdt::delta_step::kind::insert)
                into.children.push_back(make_text(std::move(step.text), marks_in(step.format)));
        }
    }

private:
    void element(const crdt::shared_type& one, node& into, std::size_t depth) const {
        const auto kind = kind_named(one.name());
        // What a later editor knows: its text.
        if (!kind || depth >= tree_depth_max) return children(one, into, depth + 1);
        auto& made = into.children.emplace_back();
        made.kind = *kind;
        const auto xml = one.as_xml();
        switch (*kind) {
            case node_kind::heading: made.number = number_in(xml.attribute("level", at_), 1); break;
            case node_kind::ordered_list: made.number = number_in(xml.attribute("order", at_), 1); break;
            case node_kind::code_block: made.text = text_in(xml.attribute("language", at_)); break;
            case node_kind::image:
                made.text = text_in(xml.attribute("src", at_));
                made.alt = text_in(xml.attribute("alt", at_));
                return;
            case node_kind::task_item: {
                const auto checked = xml.attribute("checked", at_);
                const auto* const is_on = checked ? checked->boolean() : nullptr;
                made.checked = is_on != nullptr && *is_on;
                break;
            }
            case node_kind::table_header:
            case node_kind::table_cell:
                made.number = number_in(xml.attribute("colspan", at_), 1);
                made.rows = number_in(xml.attribute("rowspan", at_), 1);
                break;
            default: break;
        }
        children(one, made, depth + 1);
    }

    const crdt::snapshot* at_;
};

/// A text without blocks: its lines are paragraphs, with the looks that Quill and Tiptap call by other names.
void read_lines(const crdt::text& from, const crdt::snapshot* at, node& into) {
    auto* line = &into.children.emplace_back(make_block(node_kind::paragraph));
    for (const auto& step : from.to_delta(at)) {
        if (step.what != crdt::delta_step::kind::insert) continue;
        auto style = marks_in(step.format);
        for (const auto& [key, value] : step.format) {
            const auto* const is_on = value.boolean();
            const bool on = is_on != nullptr && *is_on;
            if (key == "bold") style.strong = on;
            if (key == "italic") style.em = on;
            if (key == "underline") style.underline = on;
            if (key == "strike") style.strike = on;
            if (key == "code") style.code = on;
            if (key == "link" && value.text() != nullptr) style.link = *value.text();
        }
        std::string_view left = step.text;
        for (;;) {
            const auto end = left.find('\n');
            const auto piece = left.substr(0, end);
            if (!piece.empty()) line->children.push_back(make_text(std::string(piece), style));
            if (end == std::string_view::npos) break;
            line = &into.children.emplace_back(make_block(node_kind::paragraph));
            left.remove_prefix(end + 1);
        }
    }
    // The last line feed ends the last line.
    if (into.children.size() > 1 && line->children.empty()) into.children.pop_back();
}

/// What may fail here is text that is not UTF-8 and places that are not there: both are ours.
void must(const result<void>& done) {
    check(done.has_value());
}

class tree_writer {
public:
    void children(const node& from, const crdt::xml& to) {
        std::optional<crdt::text> run;
        std::uint32_t length = 0;
        for (const auto& one : from.children) {
            if (one.kind == node_kind::text) {
                if (!run) {
                    auto made = crdt::xml(to).insert_text(to.length());
                    check(made.has_value());
                    run = *made;
                    length = 0;
                }
                must(run->insert(length, one.text, format_of(one.style)));
                length = run->length();
            } else {
                run.reset();
                element(one, to);
            }
        }
    }

private:
    void element(const node& one, crdt::xml to) {
        auto made = to.insert_element(to.length(), tag_of(one.kind));
        check(made.has_value());
        const auto number = [](std::uint32_t value) { return crdt::any(static_cast<double>(value)); };
        switch (one.kind) {
            case node_kind::heading: made->set_attribute("level", number(one.number)); break;
            case node_kind::ordered_list: made->set_attribute("order", number(one.number)); break;
            case node_kind::code_block:
                if (!one.text.empty()) made->set_attribute("language", one.text);
                break;
            case node_kind::image:
                made->set_attribute("src", one.text);
                made->set_attribute("alt", one.alt);
                break;
            case node_kind::task_item: made->set_attribute("checked", one.checked); break;
            case node_kind::table_header:
            case node_kind::table_cell:
                made->set_attribute("colspan", number(one.number));
                made->set_attribute("rowspan", number(one.rows));
                break;
            default: break;
        }
        children(one, *made);
        // Who begin to write in it at once begin in the same text: two texts, joined by both, would double.
        if (is_text_block(one.kind) && one.children.empty()) check(made->insert_text(0).has_value());
    }
};

}  // namespace

node read_tree(const crdt::document& from, const crdt::snapshot* at) {
    auto made = make_block(node_kind::document);
    const auto root = from.find_root(root_name);
    if (root) tree_reader(at).children(*root, made, 0);
    if (made.children.empty()) {
        for (const auto& one : from.roots()) {
            if (one.name() == root_name || one.name() == meta_name || one.length() == 0) continue;
            // A fragment of another editor, or a text; a list or a map has no text to show.
            if (!one.as_xml().children(at).empty()) {
                tree_reader(at).children(one, made, 0);
            } else {
                read_lines(one.as_text(), at, made);
            }
            if (!made.children.empty()) break;
        }
    }
    normalise(made);
    return made;
}

void append_tree(crdt::document& to, const node& text) {
    auto meta = to.get_map(meta_name);
    if (!meta.get("schema")) meta.set("schema", schema_version);
    tree_writer().children(text, to.get_xml(root_name));
}

void replace_tree(crdt::document& to, const node& text) {
    auto root = to.get_xml(root_name);
    if (root.length() > 0) must(root.erase(0, root.length()));
    append_tree(to, text);
}

}  // namespace conf::pads
