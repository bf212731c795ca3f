#include "libconf/documents/page_image.hpp"

#include "libconf/crypto/base64.hpp"
#include "libconf/documents/limits.hpp"

#include <fmt/format.h>

namespace conf::documents {
namespace {

constexpr std::string_view head =
    R"(<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" )"
    R"(width="{0}" height="{1}" viewBox="0 0 {0} {1}">)";

/// The value of xlink:href or href of the tag that begins here.
std::string_view href_of(std::string_view tag) noexcept {
    tag = tag.substr(0, tag.find('>'));
    constexpr std::string_view name = "href=\"";
    const auto at = tag.find(name);
    if (at == std::string_view::npos) return {};
    tag.remove_prefix(at + name.size());
    return tag.substr(0, tag.find('"'));
}

}  // namespace

drawing_cost cost_of(std::string_view svg) noexcept {
    drawing_cost made{svg.size()};
    for (auto at = svg.find('<'); at != std::string_view::npos; at = svg.find('<', at + 1)) {
        const auto tag = svg.substr(at);
        if (tag.starts_with("<image")) ++made.images;
        if (tag.starts_with("<use") && !href_of(tag).starts_with("#glyph")) ++made.uses;
    }
    return made;
}

bool is_good_drawing(std::string_view svg) noexcept {
    const auto end = svg.find_last_not_of(" \t\r\n");
    if (end == std::string_view::npos || !svg.substr(0, end + 1).ends_with("</svg>")) return false;
    const auto cost = cost_of(svg);
    return cost.bytes <= page_svg_bytes_max && cost.images <= page_image_tags_max &&
           cost.uses <= page_use_tags_max;
}

std::string wrap_picture(std::string_view media_type, bytes data, double width, double height) {
    return fmt::format(fmt::runtime(head), width, height) +
           fmt::format(R"(<image width="{}" height="{}" xlink:href="data:{};base64,{}"/></svg>)", width,
                       height, media_type, crypto::base64(data));
}

std::string empty_page(double width, double height) {
    return fmt::format(fmt::runtime(head), width, height) +
           fmt::format(R"(<rect width="{}" height="{}" fill="#fff"/></svg>)", width, height);
}

}  // namespace conf::documents
