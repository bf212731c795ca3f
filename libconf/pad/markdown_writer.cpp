#include "libconf/pad/characters.hpp"
#include "libconf/pad/formats.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace conf::pads {
namespace {

/// The longest run of backquotes, so that a longer one encloses it.
std::size_t longest_run(std::string_view text) noexcept {
    std::size_t longest = 0;
    std::size_t now = 0;
    for (const char one : text) {
        now = one == '`' ? now + 1 : 0;
        longest = std::max(longest, now);
    }
    return longest;
}

/// Backslashes where a sign could be taken for more than itself. At the beginning of a line "#", "+", "-",
/// ">" and "1." are such, elsewhere they are left alone.
std::string escaped(std::string_view text, bool at_line_start, bool in_cell) {
    std::string made;
    made.reserve(text.size() + 8);
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char one = text[at];
        const bool first = at_line_start && std::ranges::all_of(text.substr(0, at), [](char before) {
                               return before >= '0' && before <= '9';
                           });
        bool needs = false;
        switch (one) {
            case '\\':
            case '`':
            case '*':
            case '_':
            case '[':
            case ']':
            case '<':
            case '~':
            case '&': needs = true; break;
            case '|': needs = in_cell; break;
            case '#':
            case '+':
            case '-':
            case '=':
            case '>': needs = first && at == 0; break;
            case '.':
            case ')': needs = first && at > 0; break;
            case '!': needs = at + 1 == text.size() || text[at + 1] == '['; break;
            default: break;
        }
        if (needs) made += '\\';
        made += one == '\n' ? ' ' : one;
    }
    return made;
}

class markdown_writer {
public:
    [[nodiscard]] std::string take() && { return std::move(out_); }

    void blocks(const node& parent, const std::string& indent) {
        for (std::size_t at = 0; at < parent.children.size(); ++at) {
            const auto& one = parent.children[at];
            if (at > 0) {
                line({}, indent);
                // Two lists behind each other would be read as one.
                if (is_list(one.kind) && is_list(parent.children[at - 1].kind)) {
                    line("<!-- -->", indent);
                    line({}, indent);
                }
            }
            block(one, indent);
        }
    }

private:
    void block(const node& one, const std::string& indent) {
        switch (one.kind) {
            case node_kind::paragraph: return paragraph(one, indent, {});
            case node_kind::heading: return paragraph(one, indent, std::string(one.number, '#') + ' ');
            case node_kind::code_block: return code_block(one, indent);
            case node_kind::horizontal_rule: return line("---", indent);
            case node_kind::blockquote: return quote(one, indent);
            case node_kind::bullet_list:
            case node_kind::ordered_list:
            case node_kind::task_list: return list(one, indent);
            case node_kind::table: return table(one, indent);
            default: return;
        }
    }

    void line(std::string_view text, const std::string& indent) {
        std::string made = first_.empty() ? indent : std::exchange(first_, {});
        made += text;
        // Two spaces at an end would be a line break.
        while (!made.empty() && made.back() == ' ') made.pop_back();
        out_ += made;
        out_ += '\n';
    }

    void lines(std::string_view text, const std::string& indent) {
        for (;;) {
            const auto end = std::min(text.find('\n'), text.size());
            line(text.substr(0, end), indent);
            if (end == text.size()) return;
            text.remove_prefix(end + 1);
        }
    }

    void paragraph(const node& one, const std::string& indent, const std::string& sign) {
        auto text = inlines(one, false);
        // A heading is one line, and has no other way to break it.
        if (!sign.empty()) std::ranges::replace(text, '\n', ' ');
        lines(sign + text, indent);
    }

    void code_block(const node& one, const std::string& indent) {
        std::string text;
        for (const auto& each : one.children) text += each.text;
        const std::string fence(std::max<std::size_t>(3, longest_run(text) + 1), '`');
        line(fence + one.text, indent);
        if (!text.empty()) lines(text, indent);
        line(fence, indent);
    }

    void quote(const node& one, const std::string& indent) {
        const auto before = first_.empty() ? indent : std::exchange(first_, {});
        first_ = before + "> ";
        blocks(one, indent + "> ");
    }

    void list(const node& one, const std::string& indent) {
        auto number = one.number;
        const bool tight = std::ranges::all_of(one.children, [](const node& item) {
            return item.children.size() == 1 || (item.children.size() == 2 && is_list(item.children[1].kind));
        });
        for (const auto& item : one.children) {
            if (&item != &one.children.front() && !tight) line({}, indent);
            std::string sign = one.kind == node_kind::ordered_list ? std::to_string(number++) + ". " : "- ";
            const std::string inner = indent + std::string(sign.size(), ' ');
            if (item.kind == node_kind::task_item) sign += item.checked ? "[x] " : "[ ] ";
            first_ = (first_.empty() ? indent : first_) + sign;
            for (std::size_t at = 0; at < item.children.size(); ++at) {
                if (at > 0 && !tight) line({}, inner);
                const auto& part = item.children[at];
                if (at == 0 && part.kind == node_kind::paragraph && part.children.empty()) {
                    line({}, inner);  // "-" alone is an empty item
                } else {
                    block(part, inner);
                }
            }
        }
    }

    void table(const node& one, const std::string& indent) {
        std::size_t columns = 0;
        for (const auto& row : one.children) columns = std::max(columns, width_of(row));
        const auto write_row = [&](const node* row) {
            std::string made = "|";
            std::size_t count = 0;
            for (std::size_t at = 0; row != nullptr && at < row->children.size(); ++at) {
                const auto& cell = row->children[at];
                made += ' ' + cell_text(cell) + " |";
                for (count += 1; count < at + cell.number && count < columns; ++count) made += "  |";
            }
            for (; count < columns; ++count) made += "  |";
            line(made, indent);
        };
        const bool has_head =
            !one.children.empty() && std::ranges::any_of(one.children.front().children, [](const node& cell) {
                return cell.kind == node_kind::table_header;
            });
        // There is no table without a head in Markdown.
        write_row(has_head ? &one.children.front() : nullptr);
        std::string rule = "|";
        for (std::size_t at = 0; at < columns; ++at) rule += " --- |";
        line(rule, indent);
        for (std::size_t at = has_head ? 1 : 0; at < one.children.size(); ++at) write_row(&one.children[at]);
    }

    static std::size_t width_of(const node& row) noexcept {
        std::size_t made = 0;
        for (const auto& cell : row.children) made += cell.number;
        return made;
    }

    static std::string cell_text(const node& cell) {
        std::string made;
        for (const auto& part : cell.children) {
            if (!made.empty()) made += "<br>";
            if (is_text_block(part.kind)) {
                made += inlines(part, true);
            } else {
                node inner = make_block(node_kind::document, {part});
                auto text = to_plain_text(inner);
                while (!text.empty() && text.back() == '\n') text.pop_back();
                made += escaped(text, false, true);
            }
        }
        return made;
    }

    static std::string code(std::string_view text, bool in_cell) {
        std::string made(text);
        std::ranges::replace(made, '\n', ' ');
        const std::string fence(longest_run(made) + 1, '`');
        const bool wide = made.starts_with('`') || made.ends_with('`');
        made = fence + (wide ? " " : "") + made + (wide ? " " : "") + fence;
        if (in_cell) {
            for (std::size_t at = 0; (at = made.find('|', at)) != std::string::npos; at += 2)
                made.insert(at, "\\");
        }
        return made;
    }

    static std::string inlines(const node& block, bool in_cell) {
        inline_writer made(in_cell);
        for (const auto& one : block.children) made.add(one);
        return std::move(made).take();
    }

    /// Signs open and close around runs that share a style. Spaces at the ends of a run stand outside, since
    /// signs beside them do not count.
    class inline_writer {
    public:
        explicit inline_writer(bool in_cell) : in_cell_(in_cell) {}

        void add(const node& one) {
            switch (one.kind) {
                case node_kind::text: return text(one);
                case node_kind::hard_break:
                    change({});
                    flush_spaces();
                    out_ += in_cell_ ? "<br>" : "\\\n";
                    return;
                case node_kind::image:
                    change({});
                    flush_spaces();
                    out_ += "![" + escaped(one.alt, false, in_cell_) + "](" + one.text + ")";
                    return;
                default: return;
            }
        }
        [[nodiscard]] std::string take() && {
            change({});
            flush_spaces();
            return std::move(out_);
        }

    private:
        struct sign {
            std::string_view open;
            std::string_view close;
            friend bool operator==(const sign&, const sign&) = default;
        };

        void text(const node& one) {
            std::string_view text = one.text;
            const auto begin =
                static_cast<std::size_t>(std::ranges::find_if_not(text, is_space) - text.begin());
            const auto is_blank = begin == text.size();
            if (is_blank && !one.style.code) {
                spaces_ += text;
                return;
            }
            auto end = text.size();
            while (end > begin && is_space(text[end - 1])) --end;
            if (one.style.code) {
                change(one.style);
                out_ += code(text, in_cell_);
                return;
            }
            spaces_ += text.substr(0, begin);
            change(one.style);
            flush_spaces();
            out_ += escaped(text.substr(begin, end - begin), out_.empty() || out_.back() == '\n', in_cell_);
            spaces_ += text.substr(end);
        }

        /// Closes what ends, writes the spaces, opens what begins.
        void change(const marks& to) {
            std::vector<sign> wanted;
            if (!to.link.empty()) wanted.push_back({"[", {}});
            if (!to.code) {
                if (to.underline) wanted.push_back({"<u>", "</u>"});
                if (to.strike) wanted.push_back({"~~", "~~"});
                if (to.strong) wanted.push_back({"**", "**"});
                if (to.em) wanted.push_back({"*", "*"});
            }
            std::size_t same = 0;
            while (same < wanted.size() && same < open_.size() && wanted[same] == open_[same] &&
                   (same > 0 || wanted[0].open != "[" || link_ == to.link)) {
                ++same;
            }
            while (open_.size() > same) {
                if (open_.back().open == "[") {
                    out_ += "](" + link_ + ")";
                } else {
                    out_ += open_.back().close;
                }
                open_.pop_back();
            }
            flush_spaces();
            link_ = to.link;
            for (; same < wanted.size(); ++same) {
                out_ += wanted[same].open;
                open_.push_back(wanted[same]);
            }
        }

        void flush_spaces() { out_ += std::exchange(spaces_, {}); }

        bool in_cell_;
        std::string out_;
        std::string spaces_;
        std::vector<sign> open_;
        std::string link_;
    };

    std::string out_;
    std::string first_;  // the indent of the next line, where it is another
};

}  // namespace

std::string to_markdown(const node& document) {
    markdown_writer made;
    made.blocks(document, {});
    return std::move(made).take();
}

}  // namespace conf::pads
