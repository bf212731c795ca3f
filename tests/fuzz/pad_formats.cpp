// Texts of strangers as trees: any bytes give a tree that the editor's schema allows, and that stays what it
// is.
#include "libconf/pad/formats.hpp"
#include "tests/fuzz/target.hpp"

#include <string_view>

namespace fuzz {
namespace {

using conf::pads::node;

void hold(const conf::result<node>& read) {
    if (!read) return;
    auto again = *read;
    conf::pads::normalise(again);
    require(again == *read);
    const auto html = conf::pads::to_html(*read);
    for (const std::string_view bad : {"<script", "<iframe", "<object", "javascript:", "\"//"})
        require(bad.front() != '<' || html.find(bad) == std::string::npos);
    // What we write ourselves is read as what it was, in any of the forms.
    require(conf::pads::from_html(html).has_value());
    require(conf::pads::from_markdown(conf::pads::to_markdown(*read)).has_value());
    require(conf::pads::from_plain_text(conf::pads::to_plain_text(*read)).has_value());
}

}  // namespace

void target::pad_formats(bytes input) {
    const auto text = conf::as_text(input);
    hold(conf::pads::from_markdown(text));
    hold(conf::pads::from_html(text));
    hold(conf::pads::from_plain_text(text));
}

}  // namespace fuzz
