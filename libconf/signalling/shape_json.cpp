#include "libconf/signalling/shape_json.hpp"

#include "libconf/room/limits.hpp"
#include "libconf/room/text.hpp"
#include "libconf/whiteboard/limits.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace conf::signalling {
// Of its own, so that the boards' names are nobody else's here.
namespace shapes {
namespace {

using nlohmann::json;
using namespace boards;

/// 16 hexadecimal digits in lower case, not all of them 0.
std::optional<shape_id> id_of(const json& value) {
    const auto* const text = value.get_ptr<const std::string*>();
    if (text == nullptr || text->size() != 16) return std::nullopt;
    if (text->find_first_not_of("0123456789abcdef") != std::string::npos) return std::nullopt;
    shape_id made = 0;
    std::from_chars(text->data(), text->data() + text->size(), made, 16);
    return made == 0 ? std::nullopt : std::optional(made);
}

std::optional<std::int64_t> scaled(const json& value, double by) {
    if (!value.is_number()) return std::nullopt;
    const auto number = value.get<double>() * by;
    if (!(std::abs(number) < static_cast<double>(number_max))) return std::nullopt;
    return std::llround(number);
}

std::optional<std::string> from_base64(std::string_view text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    std::string made;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const auto one : text) {
        const auto digit = digits.find(one);
        if (digit == digits.npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count >= 8) made += static_cast<char>(bits >> (count -= 8) & 0xFF);
    }
    return made;
}

/// [[x, y], ...], with pressure [x, y, 0 to 255] at every fourth one.
std::optional<std::string> points_of(const json& value) {
    if (!value.is_array() || value.empty() || value.size() > points_per_stroke_max) return std::nullopt;
    point_list made;
    made.pressed = value.front().is_array() && value.front().size() == 3;
    for (std::size_t at = 0; at < value.size(); ++at) {
        const auto& one = value[at];
        const bool presses = made.pressed && at % points_per_pressure == 0;
        if (!one.is_array() || one.size() < (presses ? 3U : 2U) || one.size() > 3) return std::nullopt;
        const auto x = scaled(one[0], per_unit);
        const auto y = scaled(one[1], per_unit);
        if (!x || !y) return std::nullopt;
        made.all.push_back({*x, *y});
        if (!presses) continue;
        const auto pressure = scaled(one[2], 1);
        if (!pressure || *pressure < 0 || *pressure > 255) return std::nullopt;
        made.pressures.push_back(static_cast<std::uint8_t>(*pressure));
    }
    return encode_points(made);
}

std::optional<std::string> binding_of(const json& value) {
    if (!value.is_object() || !value.contains("shape") || !value.contains("x") || !value.contains("y"))
        return std::nullopt;
    const auto shape = id_of(value["shape"]);
    const auto across = scaled(value["x"], 1);
    const auto down = scaled(value["y"], 1);
    if (!shape || !across || !down || *across < 0 || *down < 0) return std::nullopt;
    return encode_binding({*shape, static_cast<std::uint64_t>(*across), static_cast<std::uint64_t>(*down)});
}

std::optional<std::uint64_t> colour_of(const json& value) {
    const auto* const text = value.get_ptr<const std::string*>();
    if (text == nullptr || text->size() != 7 || text->front() != '#') return std::nullopt;
    std::uint64_t made = 0;
    const auto read = std::from_chars(text->data() + 1, text->data() + 7, made, 16);
    return read.ec == std::errc() && read.ptr == text->data() + 7 ? std::optional(made) : std::nullopt;
}

std::optional<std::uint64_t> unsigned_of(std::optional<std::int64_t> value) {
    return value && *value >= 0 ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
}
std::optional<std::uint64_t> signed_of(std::optional<std::int64_t> value) {
    return value ? std::optional(zigzag(*value)) : std::nullopt;
}

std::optional<std::uint64_t> number_of(const property_rule& rule, const json& value) {
    switch (rule.kind) {
        case value_kind::flag:
            return value.is_boolean() ? std::optional<std::uint64_t>(value.get<bool>() ? 1 : 0)
                                      : std::nullopt;
        case value_kind::choice: {
            const auto* const text = value.get_ptr<const std::string*>();
            const auto found = text == nullptr ? rule.names.end() : std::ranges::find(rule.names, *text);
            if (found == rule.names.end()) return std::nullopt;
            return static_cast<std::uint64_t>(found - rule.names.begin());
        }
        case value_kind::whole: return unsigned_of(scaled(value, 1));
        case value_kind::colour: return colour_of(value);
        case value_kind::length: return unsigned_of(scaled(value, per_unit));
        case value_kind::signed_length: return signed_of(scaled(value, per_unit));
        case value_kind::angle: return signed_of(scaled(value, 4096));
        default: return std::nullopt;
    }
}

std::optional<std::string> bytes_of(const property_rule& rule, const json& value) {
    const auto* const text = value.get_ptr<const std::string*>();
    switch (rule.kind) {
        case value_kind::parent: {
            const auto id = id_of(value);
            if (!id) return std::nullopt;
            std::string made;
            append_id(made, *id);
            return made;
        }
        case value_kind::points: return points_of(value);
        case value_kind::binding: return binding_of(value);
        case value_kind::meta: return text == nullptr ? std::nullopt : from_base64(*text);
        case value_kind::index:
        case value_kind::text:
        case value_kind::lines:
        case value_kind::asset:
        case value_kind::title: return text == nullptr ? std::nullopt : std::optional(*text);
        default: return std::nullopt;
    }
}

std::optional<property_value> value_from(property which, const json& value) {
    if (value.is_null()) return unset_value(which);
    const auto& rule = rule_of(which);
    std::optional<property_value> made;
    if (const auto number = number_of(rule, value)) {
        made = number_value(which, *number);
    } else if (auto bytes = bytes_of(rule, value)) {
        made = bytes_value(which, *std::move(bytes));
    }
    if (made) normalise(*made);
    return made;
}

std::optional<shape_type> type_named(const json& value) {
    const auto* const text = value.get_ptr<const std::string*>();
    for (std::size_t at = 1; text != nullptr && at <= shape_type_count; ++at) {
        if (name_of(static_cast<shape_type>(at)) == *text) return static_cast<shape_type>(at);
    }
    return std::nullopt;
}

std::optional<op_kind> kind_named(const json& value) {
    if (value == "put") return op_kind::put;
    if (value == "patch") return op_kind::patch;
    if (value == "remove") return op_kind::remove;
    return std::nullopt;
}

/// One op; what is wrong goes to `bad`.
op read_op(const json& from, const std::string& path, const std::function<shape_id()>& new_id,
           std::optional<bad_ops>& bad) {
    op made;
    const auto refuse = [&](std::string_view field, std::string why) {
        if (!bad) bad = bad_ops{std::move(why), path + std::string(field)};
    };
    if (!from.is_object()) {
        refuse("", "an object is wanted");
        return made;
    }
    const auto kind = from.contains("op") ? kind_named(from["op"]) : std::nullopt;
    if (!kind) refuse(".op", "put, patch or remove is wanted");
    made.kind = kind.value_or(op_kind::remove);
    if (made.kind == op_kind::put && !from.contains("id")) {
        made.id = new_id();
    } else {
        const auto id = from.contains("id") ? id_of(from["id"]) : std::nullopt;
        if (!id) refuse(".id", "16 hexadecimal digits are wanted, not all 0");
        made.id = id.value_or(0);
    }
    if (made.kind == op_kind::put) {
        const auto type = from.contains("type") ? type_named(from["type"]) : std::nullopt;
        if (!type) refuse(".type", "there is no such type of shape");
        made.type = type.value_or(shape_type::group);
    }
    for (const auto& [name, value] : from.items()) {
        if (name == "op" || name == "id" || (name == "type" && made.kind == op_kind::put)) continue;
        const auto which = made.kind == op_kind::remove ? std::nullopt : property_named(name);
        if (!which) {
            refuse("." + name, "there is no such property");
            continue;
        }
        auto read = value_from(*which, value);
        const bool fits =
            read && (made.kind != op_kind::put || (read->how == wire_kind::unset && value.is_null()) ||
                     may_have(made.type, *read));
        if (!fits) {
            refuse("." + name, "this can not be its value");
        } else if (made.kind == op_kind::patch || read->how != wire_kind::unset) {
            made.properties.push_back(*std::move(read));
        }
    }
    std::ranges::sort(made.properties, {}, &property_value::which);
    return made;
}

}  // namespace
}  // namespace shapes

std::variant<std::vector<boards::op>, bad_ops> decode_ops(std::string_view text,
                                                          const std::function<boards::shape_id()>& new_id) {
    const auto whole = nlohmann::json::parse(text, nullptr, false);
    if (!whole.is_object() || !whole.contains("ops") || !whole["ops"].is_array())
        return bad_ops{"a JSON object with an array of ops is wanted", "ops"};
    const auto& all = whole["ops"];
    if (all.empty() || all.size() > boards::ops_per_change_max)
        return bad_ops{"1 to 1000 ops are wanted", "ops"};
    std::vector<boards::op> made;
    std::optional<bad_ops> bad;
    for (std::size_t at = 0; at < all.size() && !bad; ++at) {
        made.push_back(shapes::read_op(all[at], "ops[" + std::to_string(at) + "]", new_id, bad));
    }
    if (bad) return *std::move(bad);
    return made;
}

std::optional<boards::document_add> decode_new_document(std::string_view text) {
    const auto whole = nlohmann::json::parse(text, nullptr, false);
    if (!whole.is_object() || !whole.contains("kind") || !whole["kind"].is_string()) return std::nullopt;
    const auto kind = boards::document_kind_named(whole["kind"].get<std::string>());
    if (!kind || *kind == boards::document_kind::file) return std::nullopt;
    boards::document_add made{.kind = *kind, .title = {}};
    if (!whole.contains("title")) return made;
    const auto* const title = whole["title"].get_ptr<const std::string*>();
    const bool good = title != nullptr && !title->empty() && title->size() <= rooms::name_bytes_max &&
                      rooms::is_clean_text(*title, rooms::line_feeds::refused);
    if (!good) return std::nullopt;
    made.title = *title;
    return made;
}

std::optional<boards::place> decode_place(std::string_view text) {
    const auto whole = nlohmann::json::parse(text, nullptr, false);
    const auto number = [&](const char* name) -> std::uint64_t {
        const auto found = whole.is_object() ? whole.find(name) : whole.end();
        return found != whole.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
    };
    const boards::place made{number("document"), number("page")};
    return made.document == 0 || made.page == 0 ? std::nullopt : std::optional(made);
}

}  // namespace conf::signalling
