#include "libconf/pad/formats.hpp"

#include <utility>

namespace conf::pads {
namespace {

void escape(std::string& to, std::string_view text) {
    for (const char one : text) {
        switch (one) {
            case '&': to += "&amp;"; break;
            case '<': to += "&lt;"; break;
            case '>': to += "&gt;"; break;
            case '"': to += "&quot;"; break;
            default: to += one;
        }
    }
}

class html_writer {
public:
    [[nodiscard]] std::string take() && { return std::move(out_); }

    void children(const node& of) {
        for (const auto& one : of.children) write(one);
    }

private:
    void write(const node& one) {
        switch (one.kind) {
            case node_kind::document: return children(one);
            case node_kind::paragraph: return element(one, "p");
            case node_kind::heading:
                return element(one, one.number == 1 ? "h1" : one.number == 2 ? "h2" : "h3");
            case node_kind::blockquote: return element(one, "blockquote");
            case node_kind::code_block: return code_block(one);
            case node_kind::horizontal_rule: out_ += "<hr>\n"; return;
            case node_kind::bullet_list: return element(one, "ul");
            case node_kind::ordered_list: return ordered_list(one);
            case node_kind::task_list: return element(one, "ul", " class=\"tasks\"");
            case node_kind::list_item: return element(one, "li");
            case node_kind::task_item: return task(one);
            case node_kind::table: return element(one, "table");
            case node_kind::table_row: return element(one, "tr");
            case node_kind::table_header: return cell(one, "th");
            case node_kind::table_cell: return cell(one, "td");
            case node_kind::text: return text(one);
            case node_kind::image: return image(one);
            case node_kind::hard_break: out_ += "<br>"; return;
        }
    }

    void element(const node& one, std::string_view tag, std::string_view attributes = {}) {
        out_ += '<';
        out_ += tag;
        out_ += attributes;
        out_ += '>';
        if (!is_text_block(one.kind)) out_ += '\n';
        children(one);
        out_ += "</";
        out_ += tag;
        out_ += ">\n";
    }

    void code_block(const node& one) {
        out_ += "<pre><code";
        if (!one.text.empty()) {
            out_ += " class=\"language-";
            escape(out_, one.text);
            out_ += '"';
        }
        // A line feed directly behind <pre> is not text.
        out_ += ">";
        children(one);
        out_ += "</code></pre>\n";
    }

    void ordered_list(const node& one) {
        element(one, "ol", one.number == 1 ? std::string() : " start=\"" + std::to_string(one.number) + "\"");
    }

    void task(const node& one) {
        out_ += one.checked ? "<li><input type=\"checkbox\" disabled checked> "
                            : "<li><input type=\"checkbox\" disabled> ";
        children(one);
        out_ += "</li>\n";
    }

    void cell(const node& one, std::string_view tag) {
        std::string attributes;
        if (one.number != 1) attributes += " colspan=\"" + std::to_string(one.number) + "\"";
        if (one.rows != 1) attributes += " rowspan=\"" + std::to_string(one.rows) + "\"";
        element(one, tag, attributes);
    }

    void text(const node& one) {
        struct look {
            bool is_on;
            std::string_view tag;
        };
        const auto& style = one.style;
        const look looks[] = {{style.strong, "strong"},
                              {style.em, "em"},
                              {style.underline, "u"},
                              {style.strike, "s"},
                              {style.code, "code"}};
        if (!style.link.empty()) {
            out_ += "<a href=\"";
            escape(out_, style.link);
            out_ += "\" rel=\"noopener noreferrer nofollow\">";
        }
        for (const auto& each : looks) {
            if (each.is_on) (out_ += '<').append(each.tag) += '>';
        }
        escape(out_, one.text);
        for (auto each = std::rbegin(looks); each != std::rend(looks); ++each) {
            if (each->is_on) (out_ += "</").append(each->tag) += '>';
        }
        if (!style.link.empty()) out_ += "</a>";
    }

    void image(const node& one) {
        out_ += "<img src=\"";
        escape(out_, one.text);
        out_ += "\" alt=\"";
        escape(out_, one.alt);
        out_ += "\">";
    }

    std::string out_;
};

}  // namespace

std::string to_html(const node& document) {
    html_writer made;
    made.children(document);
    return std::move(made).take();
}

std::string to_html_page(const node& document, std::string_view title) {
    std::string made = "<!doctype html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>";
    escape(made, title);
    made +=
        "</title>\n<style>\nbody { font-family: sans-serif; line-height: 1.4; max-width: 42em; margin: 2em "
        "auto; }\n"
        "table { border-collapse: collapse; }\nth, td { border: 1px solid #999; padding: 0.2em 0.5em; }\n"
        "blockquote { border-left: 3px solid #999; margin-left: 0; padding-left: 1em; }\n"
        ".tasks { list-style: none; padding-left: 0; }\n.tasks p { display: inline; "
        "}\n</style>\n</head>\n<body>\n";
    made += to_html(document);
    made += "</body>\n</html>\n";
    return made;
}

}  // namespace conf::pads
