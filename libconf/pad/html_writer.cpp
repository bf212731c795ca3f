#include "libconf/base/markup.hpp"
#include "libconf/pad/formats.hpp"

#include <utility>

namespace conf::pads {
namespace {

class html_writer {
public:
    /// `office`: null for browsers.
    explicit html_writer(const office_page* office = nullptr)
        : office_(office), pictures_left_(office == nullptr ? 0 : office->pictures_bytes_max) {}

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
            case node_kind::task_list:
                // Office programs draw a bullet before each item of a list, and no check box.
                return office_ != nullptr ? element(one, "dl") : element(one, "ul", " class=\"tasks\"");
            case node_kind::list_item: return element(one, "li");
            case node_kind::task_item: return task(one);
            case node_kind::table:
                // Their tables have lines by attributes, not by style.
                return element(one, "table",
                               office_ != nullptr ? R"( border="1" cellpadding="6" cellspacing="0")" : "");
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
            append_escaped(out_, one.text);
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
        if (office_ != nullptr) return office_task(one);
        out_ += one.checked ? "<li><input type=\"checkbox\" disabled checked> "
                            : "<li><input type=\"checkbox\" disabled> ";
        children(one);
        out_ += "</li>\n";
    }

    /// The box is a character of the first paragraph.
    void office_task(const node& one) {
        const std::string box = one.checked ? "\xE2\x98\x91 " : "\xE2\x98\x90 ";  // U+2611, U+2610
        auto boxed = one.children;
        if (boxed.empty() || !is_text_block(boxed.front().kind))
            boxed.insert(boxed.begin(), make_block(node_kind::paragraph));
        auto& first = boxed.front().children;
        first.insert(first.begin(), make_text(box));
        out_ += "<dd>";
        for (const auto& each : boxed) write(each);
        out_ += "</dd>\n";
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
            append_escaped(out_, style.link);
            out_ += "\" rel=\"noopener noreferrer nofollow\">";
        }
        for (const auto& each : looks) {
            if (each.is_on) (out_ += '<').append(each.tag) += '>';
        }
        append_escaped(out_, one.text);
        for (auto each = std::rbegin(looks); each != std::rend(looks); ++each) {
            if (each->is_on) (out_ += "</").append(each->tag) += '>';
        }
        if (!style.link.empty()) out_ += "</a>";
    }

    void image(const node& one) {
        const auto source = source_of(one.text);
        if (source.empty()) return append_escaped(out_, one.alt);
        out_ += "<img src=\"";
        append_escaped(out_, source);
        out_ += "\" alt=\"";
        append_escaped(out_, one.alt);
        out_ += "\">";
    }

    /// Of the picture at that path; empty: its words stand there.
    std::string source_of(const std::string& path) {
        if (office_ == nullptr) return path;
        auto made = office_->picture ? office_->picture(path) : std::string();
        if (made.size() > pictures_left_) return {};
        pictures_left_ -= made.size();
        return made;
    }

    const office_page* office_;
    std::size_t pictures_left_;
    std::string out_;
};

constexpr std::string_view office_style =
    "@page { size: 21cm 29.7cm; margin: 2cm }\n"
    "body, h1, h2, h3, th, td { font-family: sans-serif }\nbody, th, td { font-size: 11pt }\n"
    "h1 { font-size: 20pt }\nh2 { font-size: 16pt }\nh3 { font-size: 13pt }\npre, code { font-size: 10pt }\n";
/// As wide and as high as the pages of 16:9 that most programs make.
constexpr std::string_view slides_style =
    "@page { size: 33.87cm 19.05cm; margin: 1.6cm }\n"
    "body, h1, h2, h3, th, td { font-family: sans-serif }\nbody, th, td { font-size: 22pt }\n"
    "h1 { font-size: 40pt }\nh2 { font-size: 32pt }\nh3 { font-size: 26pt }\npre, code { font-size: 18pt }\n"
    "h1, h2 { page-break-before: always }\n";

void begin_page(std::string& to, std::string_view title, std::string_view style) {
    to += "<!doctype html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>";
    append_escaped(to, title);
    to.append("</title>\n<style>\n").append(style) += "</style>\n</head>\n<body>\n";
}
constexpr std::string_view page_end = "</body>\n</html>\n";

}  // namespace

std::string to_html(const node& document) {
    html_writer made;
    made.children(document);
    return std::move(made).take();
}

std::string to_html_page(const node& document, std::string_view title) {
    std::string made;
    begin_page(made, title,
               "body { font-family: sans-serif; line-height: 1.4; max-width: 42em; margin: 2em auto; }\n"
               "table { border-collapse: collapse; }\n"
               "th, td { border: 1px solid #999; padding: 0.2em 0.5em; }\n"
               "blockquote { border-left: 3px solid #999; margin-left: 0; padding-left: 1em; }\n"
               ".tasks { list-style: none; padding-left: 0; }\n.tasks p { display: inline; }\n");
    made += to_html(document);
    made += page_end;
    return made;
}

std::string to_office_page(const node& document, const office_page& as) {
    std::string made;
    begin_page(made, as.title, as.slides ? slides_style : office_style);
    html_writer body(&as);
    body.children(document);
    made += std::move(body).take();
    made += page_end;
    return made;
}

}  // namespace conf::pads
