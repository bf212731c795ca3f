#include "libconf/whiteboard/excalidraw.hpp"
#include "libconf/whiteboard/figures.hpp"
#include "libconf/whiteboard/svg_shapes.hpp"
#include "libconf/whiteboard/text_layout.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace conf::boards {
namespace {

using json = nlohmann::ordered_json;

constexpr double their_pen_size = 4.25;
constexpr std::uint64_t highlighter_share = 40;  // per cent
constexpr std::array<std::string_view, 8> stamp_letters{"✔", "✖", "★", "♥", "?", "!", "+", "−"};
constexpr std::array<std::string_view, 3> their_aligns{"left", "center", "right"};

double rounded(double units) {
    return std::round(units * 100) / 100;
}

std::string colour_text(const shape& what, property which) {
    std::string text = "#";
    const auto value = what.properties.number(which);
    for (int shift = 20; shift >= 0; shift -= 4) text += "0123456789abcdef"[value >> shift & 0xF];
    return text;
}

struct size {
    double left = 0;
    double top = 0;
    double width = 0;
    double height = 0;
};

class exporter {
public:
    exporter(const page& on, const excalidraw_options& how) : page_(on), how_(how) {}

    std::string run() {
        for (const auto* one : page_.in_order()) {
            if (!how_.only || one->author == *how_.only) add(*one);
        }
        const json file{{"type", "excalidraw"},       {"version", 2},
                        {"source", "libconf"},        {"elements", std::move(elements_)},
                        {"appState", json::object()}, {"files", std::move(files_)}};
        return file.dump(-1, ' ', false, json::error_handler_t::replace);
    }

private:
    void add(const shape& what) {
        switch (what.type) {
            case shape_type::group: return;  // the ids of its members tell
            case shape_type::image: return add_image(what);
            case shape_type::pen:
            case shape_type::highlighter: return add_stroke(what);
            case shape_type::line:
            case shape_type::arrow: return add_line(what, line_points(what, page_));
            case shape_type::polygon: return add_polygon(what);
            case shape_type::text: return add_text(what, text_of(what.id), {}, lines_of(what), box_of(what));
            case shape_type::stamp: return add_stamp(what);
            case shape_type::note: return add_note(what);
            case shape_type::rectangle:
            case shape_type::ellipse:
            case shape_type::frame: return add_box(what, name_of(what.type));
        }
    }

    static size box_of(const shape& what) {
        return {0, 0, what.properties.units(property::width), what.properties.units(property::height)};
    }

    /// What all elements have. Theirs turn about their middle.
    json element(const shape& what, std::string_view type, const std::string& id, const size& box) {
        const auto& properties = what.properties;
        const auto angle = static_cast<double>(properties.signed_number(property::rotation)) / 4096;
        const auto middle = to_page(what, {box.left + box.width / 2, box.top + box.height / 2});
        const bool filled = properties.number(property::fill) != 0 || what.type == shape_type::note;
        auto opacity =
            has_property(what.type, property::opacity) ? properties.number(property::opacity) : 100;
        if (what.type == shape_type::highlighter) opacity = opacity * highlighter_share / 100;
        constexpr std::array<std::string_view, 3> dashes{"solid", "dashed", "dotted"};
        json made{
            {"id", id},
            {"type", std::string(type)},
            {"x", rounded(middle.x - box.width / 2 - box.left)},
            {"y", rounded(middle.y - box.height / 2 - box.top)},
            {"width", rounded(box.width)},
            {"height", rounded(box.height)},
            {"angle", angle},
            {"strokeColor",
             what.type == shape_type::note ? "transparent" : colour_text(what, property::colour)},
            {"backgroundColor", filled ? colour_text(what, property::fill_colour) : "transparent"},
            {"fillStyle", properties.number(property::fill) == 1 ? "hachure" : "solid"},
            {"strokeWidth",
             has_property(what.type, property::stroke_width) ? properties.units(property::stroke_width) : 1},
            {"strokeStyle", std::string(dashes[properties.number(property::dash)])},
            {"roughness", 0},
            {"opacity", opacity},
            {"groupIds", groups_of(what)},
            {"frameId", frame_of(what)},
            {"roundness", nullptr},
            {"seed", what.id & 0x7FFFFFFF},
            {"version", 1},
            {"versionNonce", what.id >> 32 & 0x7FFFFFFF},
            {"isDeleted", false},
            {"boundElements", nullptr},
            {"updated", what.updated.count()},
            {"link", nullptr},
            {"locked", properties.number(property::locked) != 0},
        };
        if (properties.number(property::radius) != 0) made["roundness"] = {{"type", 3}};
        return made;
    }

    json groups_of(const shape& what) const {
        json all = json::array();
        walk_parents(what, [&](const shape& parent) {
            if (parent.type == shape_type::group) all.push_back(text_of(parent.id));
        });
        return all;
    }
    json frame_of(const shape& what) const {
        json found = nullptr;
        walk_parents(what, [&](const shape& parent) {
            if (parent.type == shape_type::frame && found.is_null()) found = text_of(parent.id);
        });
        return found;
    }
    template <class Visit>
    void walk_parents(const shape& what, Visit visit) const {
        auto id = what.properties.parent();
        for (std::size_t depth = 0; depth < parents_max && id != 0; ++depth) {
            const auto* const parent = page_.find(id);
            if (parent == nullptr) return;
            visit(*parent);
            id = parent->properties.parent();
        }
    }

    void add_box(const shape& what, std::string_view type) {
        auto made = element(what, type, text_of(what.id), box_of(what));
        if (what.type == shape_type::frame)
            made["name"] = std::string(what.properties.bytes(property::title));
        elements_.push_back(std::move(made));
    }

    /// Its bytes stand beside the elements, once for all that show them.
    void add_image(const shape& what) {
        const std::string asset(what.properties.bytes(property::asset));
        const auto address = how_.asset ? how_.asset(asset) : std::string();
        constexpr std::string_view data = "data:";
        const auto end = address.find(';');
        if (!address.starts_with(data) || end == std::string::npos) return;
        auto made = element(what, "image", text_of(what.id), box_of(what));
        made["strokeColor"] = "transparent";
        made["fileId"] = asset;
        made["status"] = "saved";
        made["scale"] = json::array({1, 1});
        made["crop"] = nullptr;
        elements_.push_back(std::move(made));
        files_[asset] = {{"id", asset},
                         {"mimeType", address.substr(data.size(), end - data.size())},
                         {"dataURL", address},
                         {"created", what.updated.count()}};
    }

    void add_stroke(const shape& what) {
        const auto points = decode_points(what.properties.bytes(property::points), points_per_stroke_max);
        if (!points) return;
        std::vector<spot> spots;
        for (const auto& one : points->all) {
            spots.push_back({static_cast<double>(one.x) / per_unit, static_cast<double>(one.y) / per_unit});
        }
        auto made = pointed(what, "freedraw", spots);
        made["strokeWidth"] = rounded(what.properties.units(property::stroke_width) / their_pen_size);
        json pressures = json::array();
        for (std::size_t at = 0; points->pressed && at < points->all.size(); ++at) {
            pressures.push_back(std::round(points->pressure_at(at) * 1000) / 1000);
        }
        made["pressures"] = std::move(pressures);
        made["simulatePressure"] = !points->pressed;
        elements_.push_back(std::move(made));
    }

    /// Theirs begin at the first point.
    json pointed(const shape& what, std::string_view type, const std::vector<spot>& points) {
        const auto first = points.front();
        size box{first.x, first.y, 0, 0};
        double right = first.x;
        double bottom = first.y;
        for (const auto& one : points) {
            box.left = std::min(box.left, one.x);
            box.top = std::min(box.top, one.y);
            right = std::max(right, one.x);
            bottom = std::max(bottom, one.y);
        }
        box.width = right - box.left;
        box.height = bottom - box.top;
        auto made = element(what, type, text_of(what.id), box);
        made["x"] = rounded(made["x"].get<double>() + first.x);
        made["y"] = rounded(made["y"].get<double>() + first.y);
        json list = json::array();
        for (const auto& one : points) list.push_back({rounded(one.x - first.x), rounded(one.y - first.y)});
        made["points"] = std::move(list);
        return made;
    }

    void add_line(const shape& what, const std::vector<spot>& points) {
        if (points.size() < 2) return;
        const bool is_arrow = what.type == shape_type::arrow;
        auto made = pointed(what, is_arrow ? "arrow" : "line", points);
        constexpr std::array<const char*, 5> heads{nullptr, "arrow", "triangle", "dot", "bar"};
        const auto head = [&](property which) -> json {
            const auto* const name = is_arrow ? heads[what.properties.number(which)] : nullptr;
            return name == nullptr ? json(nullptr) : json(name);
        };
        made["startBinding"] = is_arrow ? binding_of(what, property::start_binding) : json(nullptr);
        made["endBinding"] = is_arrow ? binding_of(what, property::end_binding) : json(nullptr);
        made["startArrowhead"] = head(property::start_head);
        made["endArrowhead"] = head(property::end_head);
        elements_.push_back(std::move(made));
    }

    json binding_of(const shape& what, property which) const {
        const auto bound = decode_binding(what.properties.bytes(which));
        if (!bound || page_.find(bound->shape) == nullptr) return nullptr;
        const auto part = [](std::uint64_t of) {
            return static_cast<double>(of) / static_cast<double>(binding_full);
        };
        return {{"elementId", text_of(bound->shape)},
                {"fixedPoint", json::array({part(bound->across), part(bound->down)})},
                {"mode", "inside"}};
    }

    void add_polygon(const shape& what) {
        if (what.properties.number(property::figure) == 0) return add_box(what, "diamond");
        const bool is_cloud = what.properties.number(property::figure) == cloud_figure;
        const auto corners =
            is_cloud ? cloud_points() : figure_of(what.properties.number(property::figure)).closed;
        const auto box = box_of(what);
        std::vector<spot> points;
        for (const auto& one : corners)
            points.push_back({one.x * box.width / 1000, one.y * box.height / 1000});
        points.push_back(points.front());
        auto made = pointed(what, "line", points);
        made["polygon"] = true;
        elements_.push_back(std::move(made));
    }

    void add_text(const shape& what, const std::string& id, const json& container,
                  const std::vector<std::string>& lines, const size& box) {
        const auto size = what.properties.units(property::font_size);
        std::string shown;
        std::size_t widest = 0;
        for (const auto& one : lines) {
            if (&one != &lines.front()) shown += '\n';
            shown += one;
            widest = std::max(widest, width_of(one));
        }
        auto room = box;
        if (room.width <= 0) room.width = static_cast<double>(widest) * size / 10;
        room.height = static_cast<double>(lines.size()) * size * line_height;
        auto made = element(what, "text", id, room);
        made["strokeColor"] = colour_text(what, property::colour);
        made["backgroundColor"] = "transparent";
        made["fontSize"] = size;
        made["fontFamily"] = what.properties.number(property::font) == 2 ? 3 : 2;
        made["text"] = shown;
        made["originalText"] = std::string(what.properties.bytes(property::text));
        made["textAlign"] = std::string(their_aligns[what.properties.number(property::align)]);
        made["verticalAlign"] = "top";
        made["containerId"] = container;
        made["autoResize"] = box.width <= 0;
        made["lineHeight"] = line_height;
        elements_.push_back(std::move(made));
    }

    void add_note(const shape& what) {
        const auto id = text_of(what.id);
        add_box(what, "rectangle");
        if (what.properties.bytes(property::text).empty()) return;
        elements_.back()["boundElements"] = json::array({{{"type", "text"}, {"id", id + "-text"}}});
        const auto width = what.properties.units(property::width) - 2 * note_margin;
        add_text(what, id + "-text", id, lines_of(what), {note_margin, note_margin, std::max(width, 1.0), 0});
        elements_.back()["x"] = rounded(elements_.back()["x"].get<double>() + note_margin);
        elements_.back()["y"] = rounded(elements_.back()["y"].get<double>() + note_margin);
    }

    void add_stamp(const shape& what) {
        const std::string letter(stamp_letters[what.properties.number(property::stamp)]);
        add_text(what, text_of(what.id), nullptr, {letter}, box_of(what));
        auto& made = elements_.back();
        made["fontSize"] = std::max(4.0, what.properties.units(property::height) / line_height);
        made["originalText"] = letter;
    }

    const page& page_;
    const excalidraw_options& how_;
    json elements_ = json::array();
    json files_ = json::object();
};

}  // namespace

std::string export_excalidraw(const page& what, const excalidraw_options& how) {
    return exporter(what, how).run();
}

}  // namespace conf::boards
