#include "libconf/crdt/utf8.hpp"
#include "libconf/pad/entities.hpp"
#include "libconf/pad/error.hpp"
#include "libconf/pad/formats.hpp"
#include "libconf/pad/tree_builder.hpp"

#include <md4c.h>

#include <algorithm>
#include <string>
#include <utility>

namespace conf::pads {
namespace {

std::string text_of(const MD_ATTRIBUTE& from) {
    std::string made;
    for (unsigned at = 0; from.text != nullptr && from.substr_offsets[at] < from.size; ++at) {
        const auto begin = from.substr_offsets[at];
        const std::string_view part(from.text + begin, from.substr_offsets[at + 1] - begin);
        made += from.substr_types[at] == MD_TEXT_ENTITY ? decode_entity(part) : std::string(part);
    }
    return made;
}

/// md4c's callbacks, which return 0 to go on.
class markdown_reader {
public:
    [[nodiscard]] node read(std::string_view text) {
        constexpr unsigned flags =
            MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS | MD_FLAG_PERMISSIVEURLAUTOLINKS;
        const MD_PARSER parser{0,       flags,   on_enter_block, on_leave_block, on_enter_span, on_leave_span,
                               on_text, nullptr, nullptr};
        (void)md_parse(text.data(), static_cast<MD_SIZE>(text.size()), &parser, this);
        return std::move(build_).take();
    }

private:
    static markdown_reader& of(void* self) { return *static_cast<markdown_reader*>(self); }

    static int on_enter_block(MD_BLOCKTYPE kind, void* detail, void* self) {
        of(self).enter_block(kind, detail);
        return 0;
    }
    static int on_leave_block(MD_BLOCKTYPE kind, void*, void* self) {
        of(self).leave_block(kind);
        return 0;
    }
    static int on_enter_span(MD_SPANTYPE kind, void* detail, void* self) {
        of(self).enter_span(kind, detail);
        return 0;
    }
    static int on_leave_span(MD_SPANTYPE kind, void*, void* self) {
        of(self).leave_span(kind);
        return 0;
    }
    static int on_text(MD_TEXTTYPE kind, const MD_CHAR* text, MD_SIZE size, void* self) {
        of(self).take_text(kind, {text, size});
        return 0;
    }

    void enter_block(MD_BLOCKTYPE kind, const void* detail) {
        switch (kind) {
            case MD_BLOCK_QUOTE: build_.open(node_kind::blockquote); break;
            case MD_BLOCK_UL: build_.open(node_kind::bullet_list); break;
            case MD_BLOCK_OL:
                build_.open(node_kind::ordered_list).number =
                    static_cast<const MD_BLOCK_OL_DETAIL*>(detail)->start;
                break;
            case MD_BLOCK_LI: enter_item(*static_cast<const MD_BLOCK_LI_DETAIL*>(detail)); break;
            case MD_BLOCK_HR: build_.leaf(make_block(node_kind::horizontal_rule)); break;
            case MD_BLOCK_H:
                build_.open(node_kind::heading).number = static_cast<const MD_BLOCK_H_DETAIL*>(detail)->level;
                break;
            case MD_BLOCK_CODE: {
                const auto& of_block = *static_cast<const MD_BLOCK_CODE_DETAIL*>(detail);
                build_.open(node_kind::code_block).text = text_of(of_block.lang);
                break;
            }
            case MD_BLOCK_HTML: html_.clear(); break;
            case MD_BLOCK_P: build_.open(node_kind::paragraph); break;
            case MD_BLOCK_TABLE: build_.open(node_kind::table); break;
            case MD_BLOCK_TR: build_.open(node_kind::table_row); break;
            case MD_BLOCK_TH: build_.open(node_kind::table_header); break;
            case MD_BLOCK_TD: build_.open(node_kind::table_cell); break;
            case MD_BLOCK_DOC:
            case MD_BLOCK_THEAD:
            case MD_BLOCK_TBODY: break;
        }
    }

    void enter_item(const MD_BLOCK_LI_DETAIL& detail) {
        // The list is one of tasks where its first item is.
        auto& list = build_.current();
        if (detail.is_task != 0 && list.children.empty() && list.kind == node_kind::bullet_list)
            list.kind = node_kind::task_list;
        auto& item =
            build_.open(list.kind == node_kind::task_list ? node_kind::task_item : node_kind::list_item);
        item.checked = detail.is_task != 0 && detail.task_mark != ' ';
    }

    void leave_block(MD_BLOCKTYPE kind) {
        switch (kind) {
            case MD_BLOCK_DOC:
            case MD_BLOCK_HR:
            case MD_BLOCK_THEAD:
            case MD_BLOCK_TBODY: return;
            case MD_BLOCK_CODE: {
                auto& of_block = build_.current();
                // The last line's end is not text.
                if (!of_block.children.empty() && of_block.children.back().text.ends_with('\n'))
                    of_block.children.back().text.pop_back();
                break;
            }
            case MD_BLOCK_HTML:
                while (html_.ends_with('\n')) html_.pop_back();
                if (html_.starts_with("<!--") && html_.ends_with("-->")) return;
                build_.open(node_kind::paragraph);
                for (std::string_view left = html_; !left.empty();) {
                    const auto end = std::min(left.find('\n'), left.size());
                    build_.text(left.substr(0, end));
                    left.remove_prefix(end);
                    if (left.empty()) break;
                    build_.leaf(make_block(node_kind::hard_break));
                    left.remove_prefix(1);
                }
                break;
            case MD_BLOCK_H:
            case MD_BLOCK_P:
            case MD_BLOCK_TH:
            case MD_BLOCK_TD: build_.style = {}; break;
            default: break;
        }
        build_.close();
    }

    void enter_span(MD_SPANTYPE kind, const void* detail) {
        switch (kind) {
            case MD_SPAN_EM: build_.style.em = true; break;
            case MD_SPAN_STRONG: build_.style.strong = true; break;
            case MD_SPAN_DEL: build_.style.strike = true; break;
            case MD_SPAN_CODE: build_.style.code = true; break;
            case MD_SPAN_A:
                build_.style.link = text_of(static_cast<const MD_SPAN_A_DETAIL*>(detail)->href);
                break;
            case MD_SPAN_IMG: {
                image_ = node{};
                image_.kind = node_kind::image;
                image_.text = text_of(static_cast<const MD_SPAN_IMG_DETAIL*>(detail)->src);
                ++in_image_;
                break;
            }
            default: break;
        }
    }

    void leave_span(MD_SPANTYPE kind) {
        switch (kind) {
            case MD_SPAN_EM: build_.style.em = false; break;
            case MD_SPAN_STRONG: build_.style.strong = false; break;
            case MD_SPAN_DEL: build_.style.strike = false; break;
            case MD_SPAN_CODE: build_.style.code = false; break;
            case MD_SPAN_A: build_.style.link.clear(); break;
            case MD_SPAN_IMG:
                if (--in_image_ == 0) build_.leaf(std::exchange(image_, {}));
                break;
            default: break;
        }
    }

    void take_text(MD_TEXTTYPE kind, std::string_view text) {
        switch (kind) {
            case MD_TEXT_BR:
                if (in_image_ == 0) build_.leaf(make_block(node_kind::hard_break));
                return;
            case MD_TEXT_SOFTBR: return add(" ");
            case MD_TEXT_NULLCHAR: return add(crdt::replacement);
            case MD_TEXT_ENTITY: return add(decode_entity(text));
            case MD_TEXT_HTML: return take_html(text);
            default: return add(text);
        }
    }

    void add(std::string_view text) {
        if (in_image_ > 0) {
            image_.alt += text;
        } else {
            build_.text(text);
        }
    }

    /// Of HTML, underlined text and line breaks count, because Markdown has no sign for them in every place.
    void take_html(std::string_view text) {
        html_ += text;
        if (text == "<u>" || text == "</u>") {
            build_.style.underline = text == "<u>";
        } else if (text == "<br>" || text == "<br/>" || text == "<br />") {
            build_.leaf(make_block(node_kind::hard_break));
        } else if (!text.starts_with("<!--") && in_image_ == 0 && is_text_block(build_.current().kind)) {
            build_.text(text);
        }
    }

    tree_builder build_;
    std::string html_;  // of the block
    node image_;
    int in_image_ = 0;
};

}  // namespace

result<node> from_markdown(std::string_view text) {
    if (!crdt::utf16_length(text)) return pad_errc::bad_text;
    // md4c 0.4.8 looks one byte beyond a link that is not closed at the very end, and takes what it finds
    // there for its own: behind a line feed there is nothing to find.
    std::string whole(text);
    whole += '\n';
    return markdown_reader().read(whole);
}

}  // namespace conf::pads
