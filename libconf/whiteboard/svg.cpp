#include "libconf/whiteboard/svg.hpp"

#include "libconf/base/markup.hpp"
#include "libconf/whiteboard/outline.hpp"
#include "libconf/whiteboard/svg_shapes.hpp"
#include "libconf/whiteboard/text_layout.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace conf::boards {
namespace {

/// In hundredths, of its `opacity`.
constexpr std::uint64_t highlighter_percent = 40;
/// Around what is on an infinite page.
constexpr std::int64_t infinite_margin = 32;
constexpr double radians_per_step = 1.0 / 4096;
constexpr double degrees_per_radian = 57.29577951308232;

struct extent {
    double left = 0;
    double top = 0;
    double right = 0;
    double bottom = 0;
    bool any = false;

    void add(spot at, double around) {
        left = any ? std::min(left, at.x - around) : at.x - around;
        top = any ? std::min(top, at.y - around) : at.y - around;
        right = any ? std::max(right, at.x + around) : at.x + around;
        bottom = any ? std::max(bottom, at.y + around) : at.y + around;
        any = true;
    }
};

void add_box(extent& to, const shape& what, double width, double height, double around) {
    for (const spot& at : {spot{0, 0}, spot{width, 0}, spot{0, height}, spot{width, height}}) {
        to.add(to_page(what, at), around);
    }
}

void add_shape(extent& to, const shape& what, const page& on) {
    const auto& properties = what.properties;
    const double stroke =
        has_property(what.type, property::stroke_width) ? properties.units(property::stroke_width) : 0;
    switch (what.type) {
        case shape_type::group: return;
        case shape_type::pen:
        case shape_type::highlighter: {
            const auto points = decode_points(properties.bytes(property::points), points_per_stroke_max);
            if (!points) return;
            for (const auto& one : points->all) {
                const spot own{static_cast<double>(one.x) / per_unit, static_cast<double>(one.y) / per_unit};
                to.add(to_page(what, own), stroke);
            }
            return;
        }
        case shape_type::line:
        case shape_type::arrow:
            // Heads are a little longer than wide.
            for (const auto& one : line_points(what, on)) to.add(to_page(what, one), 8 + 3 * stroke);
            return;
        case shape_type::text: {
            const auto lines = lines_of(what);
            std::size_t widest = 0;
            for (const auto& one : lines) widest = std::max(widest, width_of(one));
            const double size = properties.units(property::font_size);
            const double width =
                std::max(properties.units(property::width), static_cast<double>(widest) * size / 10);
            return add_box(to, what, width, size * line_height * static_cast<double>(lines.size()), 0);
        }
        default:
            return add_box(to, what, properties.units(property::width), properties.units(property::height),
                           stroke / 2);
    }
}

bool is_wanted(const shape& what, std::optional<author_number> only) {
    return !only || what.author == *only;
}

/// The frame that the shape is in, through its groups; null: none.
const shape* frame_of(const shape& what, const page& on) {
    auto parent = what.properties.parent();
    for (std::size_t depth = 0; depth < parents_max && parent != 0; ++depth) {
        const auto* const found = on.find(parent);
        if (found == nullptr || found->type == shape_type::frame) return found;
        parent = found->properties.parent();
    }
    return nullptr;
}

void append_place(std::string& to, const shape& what) {
    const auto x = what.properties.signed_number(property::x);
    const auto y = what.properties.signed_number(property::y);
    const auto angle = what.properties.signed_number(property::rotation);
    if (x == 0 && y == 0 && angle == 0) return;
    to += " transform=\"";
    if (x != 0 || y != 0) {
        to += "translate(";
        append_sixteenths(to, x);
        to += ' ';
        append_sixteenths(to, y);
        to += ')';
    }
    if (angle != 0) {
        to += "rotate(";
        const double degrees = static_cast<double>(angle) * radians_per_step * degrees_per_radian;
        append_hundredths(to, static_cast<std::int64_t>(std::floor(degrees * 100 + 0.5)));
        to += ')';
    }
    to += '"';
}

void append_opacity(std::string& to, const shape& what) {
    // In ten-thousandths: per cent times per cent.
    auto opacity =
        has_property(what.type, property::opacity) ? what.properties.number(property::opacity) * 100 : 10'000;
    if (what.type == shape_type::highlighter) opacity = opacity * highlighter_percent / 100;
    if (opacity == 10'000) return;
    to += " opacity=\"0.";
    for (std::uint64_t digit = 1000; digit > 0; digit /= 10) {
        to += static_cast<char>('0' + opacity / digit % 10);
        if (opacity % digit == 0) break;
    }
    to += '"';
}

void append_clip(std::string& to, const shape& frame) {
    to += "<clipPath id=\"f" + text_of(frame.id) + "\"><rect x=\"";
    append_sixteenths(to, frame.properties.signed_number(property::x));
    to += "\" y=\"";
    append_sixteenths(to, frame.properties.signed_number(property::y));
    to += "\" width=\"";
    append_sixteenths(to, static_cast<std::int64_t>(frame.properties.number(property::width)));
    to += "\" height=\"";
    append_sixteenths(to, static_cast<std::int64_t>(frame.properties.number(property::height)));
    to += "\"/></clipPath>";
}

void append_placed(std::string& to, const shape& what, const page& on, const svg_options& how) {
    if (what.type == shape_type::group) return;
    const auto* const frame = frame_of(what, on);
    if (frame != nullptr) to += "<g clip-path=\"url(#f" + text_of(frame->id) + ")\">";
    to += "<g";
    append_place(to, what);
    append_opacity(to, what);
    to += '>';
    append_shape_svg(to, what, on, how);
    to += "</g>";
    if (frame != nullptr) to += "</g>";
    to += '\n';
}

}  // namespace

std::optional<page_box> box_around(const page& what, std::optional<author_number> only) {
    extent all;
    for (const auto* one : what.in_order()) {
        if (is_wanted(*one, only)) add_shape(all, *one, what);
    }
    if (!all.any) return std::nullopt;
    const auto whole = [](double value) { return static_cast<std::int64_t>(value); };
    return page_box{whole(std::floor(all.left)), whole(std::floor(all.top)), whole(std::ceil(all.right)),
                    whole(std::ceil(all.bottom))};
}

std::string page_to_svg(const page& what, const svg_options& how) {
    page_box box{0, 0, how.info.width, how.info.height};
    if (how.info.height == 0) {
        box =
            box_around(what, how.only).value_or(page_box{0, 0, page_width_units, page_width_units * 9 / 16});
        box = {box.left - infinite_margin, box.top - infinite_margin, box.right + infinite_margin,
               box.bottom + infinite_margin};
    }
    const auto area = std::to_string(box.left) + " " + std::to_string(box.top) + " " +
                      std::to_string(box.right - box.left) + " " + std::to_string(box.bottom - box.top);
    const auto cover = " x=\"" + std::to_string(box.left) + "\" y=\"" + std::to_string(box.top) +
                       "\" width=\"" + std::to_string(box.right - box.left) + "\" height=\"" +
                       std::to_string(box.bottom - box.top) + "\"";
    std::string to = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"" + area + "\">\n";
    if (how.white) to += "<rect" + cover + " fill=\"#ffffff\"/>\n";
    if (!how.background.empty()) {
        to += "<image" + cover + " preserveAspectRatio=\"none\" href=\"";
        append_escaped(to, how.background);
        to += "\"/>\n";
    }
    const auto shapes = what.in_order();
    std::string clips;
    for (const auto* one : shapes) {
        if (one->type == shape_type::frame) append_clip(clips, *one);
    }
    if (!clips.empty()) to += "<defs>" + clips + "</defs>\n";
    for (const bool below : {true, false}) {
        for (const auto* one : shapes) {
            const bool is_below = one->type == shape_type::highlighter;
            if (is_below == below && is_wanted(*one, how.only)) append_placed(to, *one, what, how);
        }
    }
    return to += "</svg>\n";
}

}  // namespace conf::boards
