#include "libconf/base/hash.hpp"
#include "libconf/room/text.hpp"
#include "libconf/whiteboard/excalidraw.hpp"
#include "libconf/whiteboard/limits.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace conf::boards {
namespace {

/// Not `json`, which is the ordered one of the files beside.
using file_json = nlohmann::json;

/// Its pen of width 1 is so many units wide.
constexpr double pen_size = 4.25;
constexpr double corner_radius = 32;
constexpr std::int64_t mono_font = 3;

double number_of(const file_json& from, const char* name, double otherwise) {
    const auto found = from.find(name);
    if (found == from.end() || !found->is_number()) return otherwise;
    const auto value = found->get<double>();
    return std::isfinite(value) ? value : otherwise;
}
std::string text_in(const file_json& from, const char* name) {
    const auto found = from.find(name);
    return found != from.end() && found->is_string() ? found->get<std::string>() : std::string();
}
bool flag_of(const file_json& from, const char* name) {
    const auto found = from.find(name);
    return found != from.end() && found->is_boolean() && found->get<bool>();
}
const file_json* list_in(const file_json& from, const char* name) {
    const auto found = from.find(name);
    return found != from.end() && found->is_array() ? &*found : nullptr;
}

std::int64_t sixteenths_of(double units) {
    const double scaled = std::clamp(units, -1e9, 1e9) * static_cast<double>(per_unit);
    return static_cast<std::int64_t>(std::llround(scaled));
}

/// "#rgb" and "#rrggbb"; what follows of more digits is left out.
std::optional<std::uint64_t> colour_in(std::string_view text) {
    if (text.size() < 4 || text.front() != '#') return std::nullopt;
    const auto digits = text.size() < 7 ? text.substr(1, 3) : text.substr(1, 6);
    std::uint64_t value = 0;
    for (const char c : digits) {
        const auto lower = static_cast<char>(c | 0x20);
        const bool letter = lower >= 'a' && lower <= 'f';
        if (!letter && (c < '0' || c > '9')) return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(letter ? lower - 'a' + 10 : c - '0');
        value = digits.size() == 3 ? value << 8 | digit << 4 | digit : value << 4 | digit;
    }
    return value;
}

struct vector_of_points {
    std::vector<std::pair<double, double>> all;
    double left = 0;
    double top = 0;
    double right = 0;
    double bottom = 0;
};
vector_of_points points_in(const file_json& element, std::size_t most) {
    vector_of_points made;
    const auto* const list = list_in(element, "points");
    if (list == nullptr || list->empty()) return made;
    const auto step = (list->size() + most - 1) / most;
    for (std::size_t at = 0; at < list->size(); at += step) {
        const auto& one = (*list)[at];
        if (!one.is_array() || one.size() < 2 || !one[0].is_number() || !one[1].is_number()) return {};
        const auto x = one[0].get<double>();
        const auto y = one[1].get<double>();
        if (!std::isfinite(x) || !std::isfinite(y)) return {};
        made.left = std::min(made.left, x);
        made.top = std::min(made.top, y);
        made.right = std::max(made.right, x);
        made.bottom = std::max(made.bottom, y);
        made.all.emplace_back(x, y);
    }
    return made;
}

class importer {
public:
    explicit importer(const std::function<bool(const std::string&)>& has_asset) : has_asset_(has_asset) {}

    std::optional<imported_shapes> run(const file_json& file) {
        const auto* const elements = list_in(file, "elements");
        if (!file.is_object() || text_in(file, "type") != "excalidraw" || elements == nullptr)
            return std::nullopt;
        for (const auto& one : *elements) {
            if (one.is_object() && !flag_of(one, "isDeleted")) live_.push_back(&one);
        }
        // Parents first: a shape can only join what is there. They lie lowest, which changes no picture.
        for (const auto* one : live_) {
            if (text_in(*one, "type") == "frame") add_element(*one);
        }
        for (const auto* one : live_) add_groups(*one);
        for (const auto* one : live_) {
            if (text_in(*one, "type") != "frame") add_element(*one);
        }
        bind();
        return std::move(made_);
    }

private:
    shape_id id_for(const std::string& name) {
        const auto [found, fresh] = ids_.try_emplace(name, next_);
        if (fresh) ++next_;
        return found->second;
    }

    void add_groups(const file_json& element) {
        const auto* const names = list_in(element, "groupIds");
        if (names == nullptr) return;
        shape_id parent = id_if_made(text_in(element, "frameId"));
        // The deepest comes first there.
        const auto count = std::min(names->size(), parents_max - 1);
        for (std::size_t at = count; at-- > 0;) {
            if (!(*names)[at].is_string()) return;
            const auto id = id_for("group " + (*names)[at].get<std::string>());
            if (groups_.insert({id, parent}).second) {
                op made{op_kind::put, id, shape_type::group, {}, {}};
                set_parent(made, parent);
                made_.shapes.push_back(std::move(made));
            }
            parent = id;
        }
    }

    shape_id id_if_made(const std::string& name) const {
        const auto found = ids_.find("element " + name);
        return name.empty() || found == ids_.end() ? 0 : found->second;
    }

    static void set_parent(op& what, shape_id parent) {
        if (parent == 0) return;
        std::string bytes;
        append_id(bytes, parent);
        set(what, bytes_value(property::parent, std::move(bytes)));
    }

    /// Only what the type has and what is in its range.
    static void set(op& what, property_value value) {
        if (value.how == wire_kind::unset || !may_have(what.type, value)) return;
        const auto at = std::ranges::lower_bound(what.properties, value.which, {}, &property_value::which);
        what.properties.insert(at, std::move(value));
    }

    static bool has(const op& what, property which) {
        return std::ranges::find(what.properties, which, &property_value::which) != what.properties.end();
    }

    static std::optional<shape_type> type_of(const std::string& name) {
        static const std::map<std::string, shape_type, std::less<>> names{
            {"rectangle", shape_type::rectangle}, {"diamond", shape_type::polygon},
            {"ellipse", shape_type::ellipse},     {"line", shape_type::line},
            {"arrow", shape_type::arrow},         {"freedraw", shape_type::pen},
            {"text", shape_type::text},           {"frame", shape_type::frame},
            {"image", shape_type::image},
        };
        const auto found = names.find(name);
        return found == names.end() ? std::nullopt : std::optional(found->second);
    }

    void add_element(const file_json& element) {
        const auto type = type_of(text_in(element, "type"));
        op made{op_kind::put, 0, type.value_or(shape_type::group), {}, {}};
        if (!type || !describe(made, element)) {
            ++made_.left_out;
            return;
        }
        // An id that is missing or there twice makes no shape another one; it stands for the first.
        made.id = next_++;
        ids_.try_emplace("element " + text_in(element, "id"), made.id);
        set_parent(made, parent_of(element));
        if (made.type == shape_type::arrow) arrows_.emplace_back(made_.shapes.size(), &element);
        made_.shapes.push_back(std::move(made));
    }

    shape_id parent_of(const file_json& element) const {
        const auto* const names = list_in(element, "groupIds");
        if (names != nullptr && !names->empty() && names->front().is_string()) {
            const auto found = ids_.find("group " + names->front().get<std::string>());
            if (found != ids_.end()) return found->second;
        }
        return id_if_made(text_in(element, "frameId"));
    }

    bool describe(op& made, const file_json& from) const {
        const bool is_line = made.type == shape_type::line || made.type == shape_type::arrow;
        const bool is_pen = made.type == shape_type::pen;
        vector_of_points points;
        auto width = std::abs(number_of(from, "width", 0));
        auto height = std::abs(number_of(from, "height", 0));
        double left = 0;
        double top = 0;
        if (is_line || is_pen) {
            points = points_in(from, is_pen ? points_per_stroke_max : points_per_line_max);
            if (points.all.size() < (is_line ? 2 : 1)) return false;
            left = points.left;
            top = points.top;
            width = points.right - points.left;
            height = points.bottom - points.top;
        }
        place(made, from, {left + width / 2, top + height / 2});
        set(made, number_value(property::width, static_cast<std::uint64_t>(sixteenths_of(width))));
        set(made, number_value(property::height, static_cast<std::uint64_t>(sixteenths_of(height))));
        style(made, from, std::min(width, height));
        if (!points.all.empty() && !draw(made, from, points)) return false;
        if (made.type == shape_type::image) return show(made, from);
        return made.type != shape_type::text || write(made, from);
    }

    /// It turns shapes about their middle, we about their origin.
    static void place(op& made, const file_json& from, std::pair<double, double> middle) {
        const auto angle = made.type == shape_type::frame
                               ? 0
                               : std::remainder(number_of(from, "angle", 0), 2 * 3.141592653589793);
        const auto c = std::cos(angle);
        const auto s = std::sin(angle);
        const auto [mx, my] = middle;
        const auto x = number_of(from, "x", 0) + mx - (mx * c - my * s);
        const auto y = number_of(from, "y", 0) + my - (mx * s + my * c);
        set(made, signed_value(property::x, sixteenths_of(x)));
        set(made, signed_value(property::y, sixteenths_of(y)));
        set(made, signed_value(property::rotation, std::llround(angle * 4096)));
    }

    static void style(op& made, const file_json& from, double smaller_side) {
        if (const auto colour = colour_in(text_in(from, "strokeColor")))
            set(made, number_value(property::colour, *colour));
        if (const auto colour = colour_in(text_in(from, "backgroundColor"))) {
            set(made, number_value(property::fill, text_in(from, "fillStyle") == "solid" ? 2 : 1));
            set(made, number_value(property::fill_colour, *colour));
        }
        const auto width = number_of(from, "strokeWidth", 1) * (made.type == shape_type::pen ? pen_size : 1);
        set(made, number_value(property::stroke_width, static_cast<std::uint64_t>(std::clamp<std::int64_t>(
                                                           sixteenths_of(width), 4, 4096))));
        const auto dash = text_in(from, "strokeStyle");
        set(made, number_value(property::dash, dash == "dashed" ? 1 : dash == "dotted" ? 2 : 0));
        const auto opacity = std::clamp(number_of(from, "opacity", 100), 0.0, 100.0);
        set(made, number_value(property::opacity, static_cast<std::uint64_t>(std::llround(opacity))));
        if (flag_of(from, "locked")) set(made, number_value(property::locked, 1));
        const auto round = from.find("roundness");
        if (round != from.end() && round->is_object()) {
            const auto radius = std::min(corner_radius, smaller_side / 4);
            set(made, number_value(property::radius, static_cast<std::uint64_t>(sixteenths_of(radius))));
        }
        const auto title = text_in(from, "name");
        set(made, bytes_value(property::title, title));
        if (made.type != shape_type::arrow) return;
        set(made, number_value(property::start_head, head_of(text_in(from, "startArrowhead"))));
        set(made, number_value(property::end_head, head_of(text_in(from, "endArrowhead"))));
    }

    static std::uint64_t head_of(const std::string& name) {
        if (name.empty()) return 0;
        if (name.starts_with("triangle") || name.starts_with("diamond")) return 2;
        if (name == "dot" || name.starts_with("circle")) return 3;
        return name == "bar" ? 4 : 1;
    }

    static bool draw(op& made, const file_json& from, const vector_of_points& points) {
        point_list list;
        for (const auto& [x, y] : points.all) list.all.push_back({sixteenths_of(x), sixteenths_of(y)});
        const auto* const pressures = list_in(from, "pressures");
        if (made.type == shape_type::pen && pressures != nullptr && pressures->size() == list.all.size() &&
            !flag_of(from, "simulatePressure")) {
            list.pressed = true;
            for (std::size_t at = 0; at < list.all.size(); at += points_per_pressure) {
                const auto& one = (*pressures)[at];
                const auto value = one.is_number() ? std::clamp(one.get<double>(), 0.0, 1.0) : 0.5;
                list.pressures.push_back(static_cast<std::uint8_t>(std::lround(value * 255)));
            }
        }
        set(made, bytes_value(property::points, encode_points(list)));
        return has(made, property::points);
    }

    static bool write(op& made, const file_json& from) {
        auto shown = text_in(from, "text");
        auto original = text_in(from, "originalText");
        if (original.empty()) original = shown;
        std::erase(original, '\r');
        std::erase(shown, '\r');
        set(made, bytes_value(property::text, original));
        const bool written = has(made, property::text);
        if (written && shown != original && breaks_into(original, shown))
            set(made, bytes_value(property::lines, shown));
        const auto size = std::clamp<std::int64_t>(sixteenths_of(number_of(from, "fontSize", 20)),
                                                   4 * per_unit, 512 * per_unit);
        set(made, number_value(property::font_size, static_cast<std::uint64_t>(size)));
        if (number_of(from, "fontFamily", 1) == mono_font) set(made, number_value(property::font, 2));
        const auto align = text_in(from, "textAlign");
        set(made, number_value(property::align, align == "center" ? 1 : align == "right" ? 2 : 0));
        return written;
    }

    bool show(op& made, const file_json& from) const {
        const auto asset = text_in(from, "fileId");
        if (!has_asset_ || !has_asset_(asset)) return false;
        set(made, bytes_value(property::asset, asset));
        return has(made, property::asset);
    }

    /// When all are known.
    void bind() {
        for (const auto& [at, element] : arrows_) {
            for (const auto& [name, which] : {std::pair{"startBinding", property::start_binding},
                                              std::pair{"endBinding", property::end_binding}}) {
                const auto found = element->find(name);
                if (found == element->end() || !found->is_object()) continue;
                const auto target = id_if_made(text_in(*found, "elementId"));
                const auto* const fixed = list_in(*found, "fixedPoint");
                if (target == 0 || fixed == nullptr || fixed->size() != 2 || !(*fixed)[0].is_number() ||
                    !(*fixed)[1].is_number())
                    continue;
                const auto part = [&](std::size_t axis) {
                    return static_cast<std::uint64_t>(
                        std::lround(std::clamp((*fixed)[axis].get<double>(), 0.0, 1.0) *
                                    static_cast<double>(binding_full)));
                };
                set(made_.shapes[at], bytes_value(which, encode_binding({target, part(0), part(1)})));
            }
        }
    }

    const std::function<bool(const std::string&)>& has_asset_;
    std::vector<const file_json*> live_;
    std::map<std::string, shape_id> ids_;
    std::map<shape_id, shape_id> groups_;
    std::vector<std::pair<std::size_t, const file_json*>> arrows_;
    shape_id next_ = 1;
    imported_shapes made_;
};

}  // namespace

std::optional<imported_shapes> import_excalidraw(std::string_view text,
                                                 const std::function<bool(const std::string&)>& has_asset) {
    if (text.size() > import_bytes_max) return std::nullopt;
    const auto file = file_json::parse(text, nullptr, false);
    if (file.is_discarded()) return std::nullopt;
    return importer(has_asset).run(file);
}

void renumber(std::vector<op>& shapes, std::uint64_t seed, const std::function<bool(shape_id)>& taken) {
    std::map<shape_id, shape_id> fresh;
    std::set<shape_id> given;
    std::uint64_t salt = 0;
    for (auto& one : shapes) {
        shape_id id = 0;
        while (id == 0 || taken(id) || !given.insert(id).second) id = mix(seed, ++salt);
        fresh[one.id] = id;
    }
    for (auto& one : shapes) {
        one.id = fresh.at(one.id);
        for (auto& value : one.properties) {
            const auto kind = rule_of(value.which).kind;
            if (kind != value_kind::parent && kind != value_kind::binding) continue;
            wire_reader from(value.bytes);
            const auto old = from.id();
            std::string bytes;
            append_id(bytes, fresh.contains(old) ? fresh.at(old) : old);
            bytes += from.rest();
            value.bytes = std::move(bytes);
        }
    }
}

}  // namespace conf::boards
