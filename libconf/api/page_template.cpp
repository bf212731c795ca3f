#include "libconf/api/page_template.hpp"

#include "libconf/base/check.hpp"

#include <algorithm>

namespace conf::api {

std::string escape_html(std::string_view text) {
    std::string made;
    made.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&': made += "&amp;"; break;
            case '<': made += "&lt;"; break;
            case '>': made += "&gt;"; break;
            case '"': made += "&quot;"; break;
            case '\'': made += "&#39;"; break;
            default: made += c;
        }
    }
    return made;
}

std::string fill_page(std::string_view page, std::initializer_list<page_value> values) {
    std::string made;
    made.reserve(page.size() * 2);
    for (;;) {
        const auto open = page.find("{{");
        made += page.substr(0, open);
        if (open == std::string_view::npos) return made;
        page.remove_prefix(open + 2);
        const auto close = page.find("}}");
        check(close != std::string_view::npos);
        const auto* found = std::ranges::find(values, page.substr(0, close), &page_value::name);
        check(found != values.end());
        if (found->is == page_value::kind::markup) {
            made += found->value;
        } else {
            made += escape_html(found->value);
        }
        page.remove_prefix(close + 2);
    }
}

}  // namespace conf::api
