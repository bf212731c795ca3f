#include "libconf/whiteboard/svg_shapes.hpp"

#include "libconf/base/markup.hpp"
#include "libconf/whiteboard/figures.hpp"
#include "libconf/whiteboard/outline.hpp"
#include "libconf/whiteboard/text_layout.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace conf::boards {
namespace {

constexpr std::array<std::string_view, 3> font_families{"'Inter','Noto Sans','DejaVu Sans',sans-serif",
                                                        "'Noto Serif','DejaVu Serif',serif",
                                                        "'Noto Sans Mono','DejaVu Sans Mono',monospace"};
constexpr double frame_title_size = 20;
constexpr std::string_view half_opacity = "0.3";

void append_units(std::string& to, double value) {
    append_hundredths(to, static_cast<std::int64_t>(std::floor(value * 100 + 0.5)));
}

void attribute(std::string& to, std::string_view name, std::string_view value) {
    to += ' ';
    to += name;
    to += "=\"";
    append_escaped(to, value);
    to += '"';
}
void attribute(std::string& to, std::string_view name, double units) {
    std::string text;
    append_units(text, units);
    attribute(to, name, text);
}
void sixteenths(std::string& to, std::string_view name, const shape& of, property which) {
    std::string text;
    append_sixteenths(text, static_cast<std::int64_t>(of.properties.number(which)));
    attribute(to, name, text);
}

std::string colour_of(const shape& what, property which) {
    constexpr std::string_view digits = "0123456789abcdef";
    auto value = what.properties.number(which);
    std::string text(7, '#');
    for (auto at = text.size(); at-- > 1; value >>= 4) text[at] = digits[value & 0xF];
    return text;
}

/// Of outlines of figures and of lines.
void stroke(std::string& to, const shape& what) {
    const auto width = what.properties.units(property::stroke_width);
    attribute(to, "stroke", colour_of(what, property::colour));
    sixteenths(to, "stroke-width", what, property::stroke_width);
    attribute(to, "stroke-linejoin", "round");
    attribute(to, "stroke-linecap", "round");
    const auto dash = what.properties.number(property::dash);
    if (dash == 0) return;
    // A dot is a dash of no length with round ends.
    std::string pattern;
    append_units(pattern, dash == 1 ? 3 * width : 0);
    pattern += ' ';
    append_units(pattern, dash == 1 ? 2.5 * width : 2 * width);
    attribute(to, "stroke-dasharray", pattern);
}

void fill(std::string& to, const shape& what) {
    const auto kind = what.properties.number(property::fill);
    attribute(to, "fill", kind == 0 ? "none" : colour_of(what, property::fill_colour));
    if (kind == 1) attribute(to, "fill-opacity", half_opacity);
}

void rectangle_svg(std::string& to, const shape& what) {
    to += "<rect";
    sixteenths(to, "width", what, property::width);
    sixteenths(to, "height", what, property::height);
    if (what.properties.number(property::radius) != 0) sixteenths(to, "rx", what, property::radius);
    fill(to, what);
    stroke(to, what);
    to += "/>";
}

void ellipse_svg(std::string& to, const shape& what) {
    const auto rx = what.properties.units(property::width) / 2;
    const auto ry = what.properties.units(property::height) / 2;
    to += "<ellipse";
    attribute(to, "cx", rx);
    attribute(to, "cy", ry);
    attribute(to, "rx", rx);
    attribute(to, "ry", ry);
    fill(to, what);
    stroke(to, what);
    to += "/>";
}

void append_spot(std::string& to, spot at) {
    append_units(to, at.x);
    to += ' ';
    append_units(to, at.y);
}
void append_line_path(std::string& to, const std::vector<spot>& points) {
    for (const auto& one : points) {
        to += &one == &points.front() ? 'M' : 'L';
        append_spot(to, one);
    }
}

std::vector<spot> scaled(std::span<const corner> corners, const shape& to) {
    const auto width = to.properties.units(property::width);
    const auto height = to.properties.units(property::height);
    std::vector<spot> all;
    for (const auto& one : corners) all.push_back({one.x * width / 1000, one.y * height / 1000});
    return all;
}

void polygon_svg(std::string& to, const shape& what) {
    const auto number = what.properties.number(property::figure);
    std::string d;
    if (number == cloud_figure) {
        const auto points = scaled(cloud_points(), what);
        for (std::size_t at = 0; at < points.size(); ++at) {
            d += at == 0 ? "M" : at % 3 == 1 ? "C" : " ";
            append_spot(d, points[at]);
        }
        d += 'Z';
    } else {
        const auto& figure = figure_of(number);
        append_line_path(d, scaled(figure.closed, what));
        d += 'Z';
        append_line_path(d, scaled(figure.open_one, what));
        append_line_path(d, scaled(figure.open_two, what));
    }
    to += "<path";
    attribute(to, "d", d);
    fill(to, what);
    stroke(to, what);
    to += "/>";
}

/// One end of an arrow, at `tip`, coming from `from`.
void head_svg(std::string& to, const shape& what, std::uint64_t kind, spot tip, spot from) {
    const auto length = 8 + 3 * what.properties.units(property::stroke_width);
    const spot d{tip.x - from.x, tip.y - from.y};
    const double distance = std::sqrt(d.x * d.x + d.y * d.y);
    if (kind == 0 || distance == 0) return;
    const spot e{d.x / distance, d.y / distance};
    const spot n{-e.y, e.x};
    const auto aside = [&](double back, double side) {
        return spot{tip.x - e.x * back + n.x * side, tip.y - e.y * back + n.y * side};
    };
    const auto colour = colour_of(what, property::colour);
    if (kind == 3) {
        to += "<circle";
        attribute(to, "cx", tip.x);
        attribute(to, "cy", tip.y);
        attribute(to, "r", length / 3);
        attribute(to, "fill", colour);
        to += "/>";
        return;
    }
    std::string path;
    if (kind == 4) {
        append_line_path(path, {aside(0, length / 2), aside(0, -length / 2)});
    } else {
        append_line_path(path, {aside(length, length / 2), tip, aside(length, -length / 2)});
    }
    if (kind == 2) path += 'Z';
    to += "<path";
    attribute(to, "d", path);
    attribute(to, "fill", kind == 2 ? std::string_view(colour) : std::string_view("none"));
    attribute(to, "stroke", colour);
    sixteenths(to, "stroke-width", what, property::stroke_width);
    attribute(to, "stroke-linejoin", "round");
    attribute(to, "stroke-linecap", "round");
    to += "/>";
}

void line_svg(std::string& to, const shape& what, const page& on) {
    const auto points = line_points(what, on);
    std::string d;
    append_line_path(d, points);
    to += "<path";
    attribute(to, "d", d);
    attribute(to, "fill", "none");
    stroke(to, what);
    to += "/>";
    if (what.type != shape_type::arrow || points.size() < 2) return;
    head_svg(to, what, what.properties.number(property::start_head), points[0], points[1]);
    head_svg(to, what, what.properties.number(property::end_head), points.back(), points[points.size() - 2]);
}

void pen_svg(std::string& to, const shape& what) {
    const auto points = decode_points(what.properties.bytes(property::points), points_per_stroke_max);
    if (!points) return;
    to += "<path";
    attribute(to, "d", path_of(outline_of(*points, what.properties.units(property::stroke_width))));
    attribute(to, "fill", colour_of(what, property::colour));
    to += "/>";
}

void highlighter_svg(std::string& to, const shape& what) {
    const auto points = decode_points(what.properties.bytes(property::points), points_per_stroke_max);
    if (!points) return;
    std::string d;
    for (const auto& one : points->all) {
        d += d.empty() ? 'M' : 'L';
        append_sixteenths(d, one.x);
        d += ' ';
        append_sixteenths(d, one.y);
    }
    if (points->all.size() == 1) d += "h0";
    to += "<path";
    attribute(to, "d", d);
    attribute(to, "fill", "none");
    stroke(to, what);
    to += "/>";
}

void text_svg(std::string& to, const shape& what) {
    const auto& properties = what.properties;
    const bool is_note = what.type == shape_type::note;
    const double margin = is_note ? note_margin : 0;
    const double size = properties.units(property::font_size);
    const double width = properties.units(property::width);
    const auto lines = lines_of(what);
    double box = width - 2 * margin;
    if (width == 0) {
        std::size_t widest = 0;
        for (const auto& one : lines) widest = std::max(widest, width_of(one));
        box = static_cast<double>(widest) * size / 10;
    }
    constexpr std::array<std::string_view, 3> anchors{"start", "middle", "end"};
    const auto align = properties.number(property::align);
    to += "<text";
    attribute(to, "font-family", font_families[properties.number(property::font)]);
    sixteenths(to, "font-size", what, property::font_size);
    attribute(to, "fill", colour_of(what, property::colour));
    if (align != 0) attribute(to, "text-anchor", anchors[align]);
    attribute(to, "xml:space", "preserve");
    to += '>';
    double baseline = margin + size;
    for (const auto& line : lines) {
        const bool leftwards = runs_leftwards(line);
        // What starts on the right ends on the left.
        const double at = align == 1 ? box / 2 : (align == 0) != leftwards ? 0 : box;
        if (!line.empty()) {
            to += "<tspan";
            attribute(to, "x", margin + at);
            attribute(to, "y", baseline);
            if (leftwards) {
                attribute(to, "direction", "rtl");
                attribute(to, "unicode-bidi", "embed");
            }
            to += '>';
            append_escaped(to, line);
            to += "</tspan>";
        }
        baseline += size * line_height;
    }
    to += "</text>";
}

void note_svg(std::string& to, const shape& what) {
    to += "<rect";
    sixteenths(to, "width", what, property::width);
    sixteenths(to, "height", what, property::height);
    attribute(to, "rx", "4");
    attribute(to, "fill", colour_of(what, property::fill_colour));
    to += "/>";
    text_svg(to, what);
}

void stamp_svg(std::string& to, const shape& what) {
    std::string scale = "scale(";
    append_sixteenths(scale, static_cast<std::int64_t>(what.properties.number(property::width)));
    scale += ' ';
    append_sixteenths(scale, static_cast<std::int64_t>(what.properties.number(property::height)));
    scale += ") scale(0.01)";
    to += "<path";
    attribute(to, "transform", scale);
    attribute(to, "d", stamp_path(what.properties.number(property::stamp)));
    attribute(to, "fill", colour_of(what, property::colour));
    to += "/>";
}

void image_svg(std::string& to, const shape& what, const svg_options& how) {
    const auto href = how.asset ? how.asset(what.properties.bytes(property::asset)) : std::string();
    to += href.empty() ? "<rect" : "<image";
    sixteenths(to, "width", what, property::width);
    sixteenths(to, "height", what, property::height);
    if (href.empty()) {
        attribute(to, "fill", "#e8e8ed");
    } else {
        attribute(to, "preserveAspectRatio", "none");
        attribute(to, "href", href);
    }
    to += "/>";
}

void frame_svg(std::string& to, const shape& what) {
    to += "<rect";
    sixteenths(to, "width", what, property::width);
    sixteenths(to, "height", what, property::height);
    attribute(to, "fill", "none");
    attribute(to, "stroke", colour_of(what, property::colour));
    attribute(to, "stroke-width", "1");
    to += "/>";
    const auto title = what.properties.bytes(property::title);
    if (title.empty()) return;
    to += "<text";
    attribute(to, "y", -frame_title_size / 2);
    attribute(to, "font-family", font_families[0]);
    attribute(to, "font-size", frame_title_size);
    attribute(to, "fill", colour_of(what, property::colour));
    to += '>';
    append_escaped(to, title);
    to += "</text>";
}

}  // namespace

void append_sixteenths(std::string& to, std::int64_t value) {
    if (value < 0) to += '-';
    const auto amount = value < 0 ? -value : value;
    to += std::to_string(amount / per_unit);
    auto part = amount % per_unit * (10'000 / per_unit);  // ten-thousandths
    if (part == 0) return;
    to += '.';
    for (std::int64_t digit = 1000; part != 0; digit /= 10) {
        to += static_cast<char>('0' + part / digit);
        part %= digit;
    }
}

spot to_page(const shape& of, spot own) noexcept {
    const double angle = static_cast<double>(of.properties.signed_number(property::rotation)) / 4096;
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    return {of.properties.units(property::x) + own.x * c - own.y * s,
            of.properties.units(property::y) + own.x * s + own.y * c};
}

spot to_own(const shape& of, spot on_page) noexcept {
    const double angle = static_cast<double>(of.properties.signed_number(property::rotation)) / 4096;
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    const double x = on_page.x - of.properties.units(property::x);
    const double y = on_page.y - of.properties.units(property::y);
    return {x * c + y * s, y * c - x * s};
}

std::vector<spot> line_points(const shape& what, const page& on) {
    std::vector<spot> all;
    const auto points = decode_points(what.properties.bytes(property::points), points_per_line_max);
    if (!points) return all;
    for (const auto& one : points->all) {
        all.push_back({static_cast<double>(one.x) / per_unit, static_cast<double>(one.y) / per_unit});
    }
    const auto bind = [&](property which, spot& end) {
        const auto bound = decode_binding(what.properties.bytes(which));
        const auto* const target = bound ? on.find(bound->shape) : nullptr;
        if (target == nullptr || !has_property(target->type, property::height)) return;
        const spot within{
            static_cast<double>(bound->across) / binding_full * target->properties.units(property::width),
            static_cast<double>(bound->down) / binding_full * target->properties.units(property::height)};
        end = to_own(what, to_page(*target, within));
    };
    bind(property::start_binding, all.front());
    bind(property::end_binding, all.back());
    return all;
}

void append_shape_svg(std::string& to, const shape& what, const page& on, const svg_options& how) {
    const auto title = what.properties.bytes(property::title);
    if (!title.empty() && what.type != shape_type::frame) {
        to += "<title>";
        append_escaped(to, title);
        to += "</title>";
    }
    switch (what.type) {
        case shape_type::pen: return pen_svg(to, what);
        case shape_type::highlighter: return highlighter_svg(to, what);
        case shape_type::rectangle: return rectangle_svg(to, what);
        case shape_type::ellipse: return ellipse_svg(to, what);
        case shape_type::polygon: return polygon_svg(to, what);
        case shape_type::line:
        case shape_type::arrow: return line_svg(to, what, on);
        case shape_type::text: return text_svg(to, what);
        case shape_type::note: return note_svg(to, what);
        case shape_type::stamp: return stamp_svg(to, what);
        case shape_type::image: return image_svg(to, what, how);
        case shape_type::frame: return frame_svg(to, what);
        case shape_type::group: return;
    }
}

}  // namespace conf::boards
