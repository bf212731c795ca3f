// Plain text of pads, both ways.
#include "libconf/crdt/utf8.hpp"
#include "libconf/pad/error.hpp"
#include "libconf/pad/formats.hpp"

#include <algorithm>
#include <utility>

namespace conf::pads {
namespace {

class text_writer {
public:
    [[nodiscard]] std::string take() && { return std::move(out_); }

    void blocks(const node& parent, const std::string& indent, bool tight) {
        for (std::size_t at = 0; at < parent.children.size(); ++at) {
            if (at > 0 && !tight) out_ += '\n';
            block(parent.children[at], indent);
        }
    }

private:
    void block(const node& one, const std::string& indent) {
        switch (one.kind) {
            case node_kind::paragraph:
            case node_kind::heading:
            case node_kind::code_block: return lines(inline_text(one), indent);
            case node_kind::horizontal_rule: return lines("----", indent);
            case node_kind::blockquote: return blocks(one, indent + "> ", false);
            case node_kind::bullet_list:
            case node_kind::ordered_list:
            case node_kind::task_list: return list(one, indent);
            case node_kind::table: return table(one, indent);
            default: return;
        }
    }

    void list(const node& one, const std::string& indent) {
        auto number = one.number;
        for (const auto& item : one.children) {
            std::string sign = "- ";
            if (one.kind == node_kind::ordered_list) sign = std::to_string(number++) + ". ";
            if (item.kind == node_kind::task_item) sign = item.checked ? "[x] " : "[ ] ";
            first_ = indent + sign;
            blocks(item, indent + std::string(sign.size(), ' '), true);
        }
    }

    void table(const node& one, const std::string& indent) {
        for (const auto& row : one.children) {
            std::string line;
            for (const auto& cell : row.children) {
                if (&cell != &row.children.front()) line += '\t';
                for (const auto& part : cell.children) {
                    if (&part != &cell.children.front()) line += ' ';
                    text_writer inner;
                    inner.block(part, {});
                    auto text = std::move(inner).take();
                    while (!text.empty() && text.back() == '\n') text.pop_back();
                    std::ranges::replace(text, '\n', ' ');
                    std::ranges::replace(text, '\t', ' ');
                    line += text;
                }
            }
            lines(line, indent);
        }
    }

    void lines(std::string_view text, const std::string& indent) {
        for (;;) {
            const auto end = std::min(text.find('\n'), text.size());
            out_ += first_.empty() ? indent : std::exchange(first_, {});
            out_ += text.substr(0, end);
            while (!out_.empty() && out_.back() == ' ') out_.pop_back();
            out_ += '\n';
            if (end == text.size()) return;
            text.remove_prefix(end + 1);
        }
    }

    static std::string inline_text(const node& block) {
        std::string made;
        for (const auto& one : block.children) {
            if (one.kind == node_kind::text) made += one.text;
            if (one.kind == node_kind::image) made += one.alt;
            if (one.kind == node_kind::hard_break) made += '\n';
        }
        return made;
    }

    std::string out_;
    std::string first_;  // the indent of the next line, where it is another
};

}  // namespace

std::string to_plain_text(const node& document) {
    text_writer made;
    made.blocks(document, {}, false);
    return std::move(made).take();
}

result<node> from_plain_text(std::string_view text) {
    if (!crdt::utf16_length(text)) return pad_errc::bad_text;
    auto made = make_block(node_kind::document);
    node* paragraph = nullptr;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) {
            paragraph = nullptr;
            continue;
        }
        if (paragraph == nullptr) {
            paragraph = &made.children.emplace_back(make_block(node_kind::paragraph));
        } else {
            paragraph->children.push_back(make_block(node_kind::hard_break));
        }
        paragraph->children.push_back(make_text(std::string(line)));
    }
    normalise(made);
    return made;
}

}  // namespace conf::pads
