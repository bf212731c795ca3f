#include "libconf/whiteboard/page_json.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace conf::boards {
namespace {

using json = nlohmann::ordered_json;

double in_units(std::int64_t sixteenths) {
    return static_cast<double>(sixteenths) / static_cast<double>(per_unit);
}

std::string hex_colour(std::uint64_t value) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(7, '#');
    for (auto at = text.size(); at-- > 1; value >>= 4) text[at] = digits[value & 0xF];
    return text;
}

std::string in_base64(std::string_view bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const auto three = bytes.substr(at, 3);
        std::uint32_t bits = 0;
        for (std::size_t n = 0; n < 3; ++n) {
            bits = bits << 8 | (n < three.size() ? static_cast<std::uint8_t>(three[n]) : 0U);
        }
        for (std::size_t n = 0; n < 4; ++n)
            text += n <= three.size() ? digits[bits >> (18 - 6 * n) & 63] : '=';
    }
    return text;
}

json points_json(std::string_view bytes) {
    json all = json::array();
    const auto points = decode_points(bytes, points_per_stroke_max);
    if (!points) return all;
    for (std::size_t at = 0; at < points->all.size(); ++at) {
        json one = json::array({in_units(points->all[at].x), in_units(points->all[at].y)});
        if (points->pressed && at % points_per_pressure == 0)
            one.push_back(points->pressures[at / points_per_pressure]);
        all.push_back(std::move(one));
    }
    return all;
}

json value_json(const property_value& value) {
    const auto& rule = rule_of(value.which);
    switch (rule.kind) {
        case value_kind::flag: return value.number != 0;
        case value_kind::choice: return std::string(rule.names[value.number]);
        case value_kind::whole: return value.number;
        case value_kind::colour: return hex_colour(value.number);
        case value_kind::length: return in_units(static_cast<std::int64_t>(value.number));
        case value_kind::signed_length: return in_units(unzigzag(value.number));
        case value_kind::angle: return static_cast<double>(unzigzag(value.number)) / 4096;
        case value_kind::parent: {
            wire_reader from(value.bytes);
            return text_of(from.id());
        }
        case value_kind::points: return points_json(value.bytes);
        case value_kind::binding: {
            const auto bound = decode_binding(value.bytes).value_or(binding{});
            return {{"shape", text_of(bound.shape)}, {"x", bound.across}, {"y", bound.down}};
        }
        case value_kind::meta: return in_base64(value.bytes);
        default: return value.bytes;
    }
}

}  // namespace

std::string page_to_json(const page& what, std::optional<author_number> own) {
    json shapes = json::array();
    for (const auto* one : what.in_order()) {
        if (own && one->author != *own) continue;
        json made{{"id", text_of(one->id)},          {"type", std::string(name_of(one->type))},
                  {"author", one->author},           {"last_author", one->last_author},
                  {"created", one->created.count()}, {"updated", one->updated.count()},
                  {"version", one->version}};
        for (const auto& value : one->properties.all())
            made[std::string(rule_of(value.which).name)] = value_json(value);
        shapes.push_back(std::move(made));
    }
    const json all{{"page", what.where().page}, {"sequence", what.version()}, {"shapes", std::move(shapes)}};
    return all.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace conf::boards
