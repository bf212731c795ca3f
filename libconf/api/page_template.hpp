/// Pages whose words are filled in: "{{name}}" in a file of libconf/api/pages. Pure functions.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace conf::api {

/// What stands for one "{{name}}": text, which is escaped for HTML, or markup, which is not.
struct page_value {
    enum class kind : bool { text, markup };

    std::string_view name;
    std::string_view value;
    kind is = kind::text;
};

/// The page with each "{{name}}" replaced; what a value brings along is not looked through again.
/// Precondition: every name in the page has a value.
[[nodiscard]] std::string fill_page(std::string_view page, std::initializer_list<page_value> values);

}  // namespace conf::api
