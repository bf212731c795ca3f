#include "libconf/api/page_template.hpp"

#include "libconf/base/check.hpp"
#include "libconf/base/markup.hpp"

#include <algorithm>

namespace conf::api {

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
            append_escaped(made, found->value);
        }
        page.remove_prefix(close + 2);
    }
}

}  // namespace conf::api
