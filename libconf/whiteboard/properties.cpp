#include "libconf/whiteboard/properties.hpp"

#include "libconf/room/text.hpp"
#include "libconf/whiteboard/fractional_index.hpp"
#include "libconf/whiteboard/limits.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace conf::boards {
namespace {

using enum shape_type;

constexpr std::uint32_t bit_of(shape_type type) noexcept {
    return std::uint32_t{1} << static_cast<unsigned>(type);
}
constexpr std::uint32_t types_of(std::initializer_list<shape_type> all) noexcept {
    std::uint32_t bits = 0;
    for (const auto one : all) bits |= bit_of(one);
    return bits;
}
constexpr std::uint32_t every = ((std::uint32_t{1} << shape_type_count) - 1) << 1;
constexpr std::uint32_t but(std::uint32_t types) noexcept {
    return every & ~types;
}

constexpr auto lines_of_points = types_of({pen, highlighter, line, arrow});
constexpr auto figures = types_of({rectangle, ellipse, polygon});
constexpr auto boxes = figures | types_of({note, stamp, image, frame});
constexpr auto texts = types_of({shape_type::text, note});

constexpr std::array<std::string_view, 3> dashes{"solid", "dashed", "dotted"};
constexpr std::array<std::string_view, 3> fills{"none", "half", "solid"};
constexpr std::array<std::string_view, 3> fonts{"sans", "serif", "mono"};
constexpr std::array<std::string_view, 3> aligns{"start", "middle", "end"};
constexpr std::array<std::string_view, 5> heads{"none", "arrow", "triangle", "dot", "bar"};
constexpr std::array<std::string_view, 8> stamps{"check",    "cross",       "star", "heart",
                                                 "question", "exclamation", "plus", "minus"};
constexpr std::array<std::string_view, 15> figure_names{
    "diamond",    "triangle",    "trapezoid", "rhombus",    "pentagon",  "hexagon",   "octagon", "star",
    "arrow_left", "arrow_right", "arrow_up",  "arrow_down", "cross_box", "check_box", "cloud"};

constexpr std::int64_t coordinate_most = 1'000'000 * per_unit;
constexpr std::int64_t size_most = 100'000 * per_unit;
constexpr std::int64_t angle_most = 13'107;  // 3.2 radians
constexpr std::int64_t colour_most = 0xFFFFFF;

template <std::size_t Count>
constexpr property_rule choice(std::string_view name, const std::array<std::string_view, Count>& names,
                               std::uint64_t otherwise, std::uint32_t types) {
    return {name, value_kind::choice, 0, Count - 1, otherwise, types, names};
}
constexpr property_rule text_rule(std::string_view name, value_kind kind, std::uint32_t types) {
    return {name, kind, 0, 0, 0, types, {}};
}
constexpr property_rule signed_rule(std::string_view name, value_kind kind, std::int64_t most,
                                    std::uint32_t types) {
    return {name, kind, -most, most, 0, types, {}};
}
constexpr property_rule number_rule(std::string_view name, value_kind kind, std::int64_t least,
                                    std::int64_t most, std::uint64_t otherwise, std::uint32_t types) {
    return {name, kind, least, most, otherwise, types, {}};
}

constexpr std::array<property_rule, property_count> property_table{{
    text_rule("index", value_kind::index, every),
    text_rule("parent", value_kind::parent, every),
    number_rule("locked", value_kind::flag, 0, 1, 0, every),
    signed_rule("x", value_kind::signed_length, coordinate_most, but(types_of({group}))),
    signed_rule("y", value_kind::signed_length, coordinate_most, but(types_of({group}))),
    signed_rule("rotation", value_kind::angle, angle_most, but(types_of({group, frame}))),
    number_rule("width", value_kind::length, 0, size_most, 0, boxes | types_of({shape_type::text})),
    number_rule("height", value_kind::length, 0, size_most, 0, boxes),
    number_rule("colour", value_kind::colour, 0, colour_most, 0x1D1D1F, but(types_of({image, group}))),
    number_rule("stroke_width", value_kind::length, 4, 256 * per_unit, 4 * per_unit,
                lines_of_points | figures),
    choice("dash", dashes, 0, figures | types_of({line, arrow})),
    choice("fill", fills, 0, figures),
    number_rule("fill_colour", value_kind::colour, 0, colour_most, 0xFFE58A, figures | types_of({note})),
    number_rule("opacity", value_kind::whole, 0, 100, 100, but(types_of({group, frame}))),
    text_rule("points", value_kind::points, lines_of_points),
    text_rule("text", value_kind::text, texts),
    text_rule("lines", value_kind::lines, texts),
    choice("font", fonts, 0, texts),
    number_rule("font_size", value_kind::length, 4 * per_unit, 512 * per_unit, 32 * per_unit, texts),
    choice("align", aligns, 0, texts),
    choice("figure", figure_names, 0, types_of({polygon})),
    choice("start_head", heads, 0, types_of({arrow})),
    choice("end_head", heads, 1, types_of({arrow})),
    text_rule("start_binding", value_kind::binding, types_of({arrow})),
    text_rule("end_binding", value_kind::binding, types_of({arrow})),
    text_rule("asset", value_kind::asset, types_of({image})),
    choice("stamp", stamps, 0, types_of({shape_type::stamp})),
    text_rule("title", value_kind::title, every),
    number_rule("radius", value_kind::length, 0, 1000 * per_unit, 0, types_of({rectangle})),
    text_rule("meta", value_kind::meta, every),
}};

wire_kind wire_of(value_kind kind) noexcept {
    return kind < value_kind::index ? wire_kind::number : wire_kind::bytes;
}
bool is_signed(value_kind kind) noexcept {
    return kind == value_kind::signed_length || kind == value_kind::angle;
}

bool is_asset_name(std::string_view name) noexcept {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    };
    return !name.empty() && name.size() <= asset_characters_max && std::ranges::all_of(name, fits);
}

bool is_text(std::string_view text, std::size_t characters) noexcept {
    return text.size() <= 4 * characters && rooms::is_clean_text(text, rooms::line_feeds::allowed) &&
           rooms::count_characters(text) <= characters;
}

bool bytes_fit(shape_type type, value_kind kind, std::string_view bytes) noexcept {
    switch (kind) {
        case value_kind::index: return bytes.size() <= index_bytes_max && is_index(bytes);
        case value_kind::parent: {
            wire_reader from(bytes);
            return from.id() != 0 && from.complete();
        }
        case value_kind::points: {
            const bool stroke = type == pen || type == highlighter;
            const auto count = count_points(bytes, stroke ? points_per_stroke_max : points_per_line_max);
            return count && (stroke || *count >= 2);
        }
        case value_kind::text:
        case value_kind::lines:
            // Lines may have one line feed more a character, where a long word is broken.
            return is_text(bytes, (type == note ? note_characters_max : text_characters_max) *
                                      (kind == value_kind::lines ? 2 : 1));
        case value_kind::binding: return decode_binding(bytes).has_value();
        case value_kind::asset: return is_asset_name(bytes);
        case value_kind::title:
            return rooms::is_clean_text(bytes, rooms::line_feeds::refused) &&
                   rooms::count_characters(bytes) <= title_characters_max;
        case value_kind::meta: return bytes.size() <= meta_bytes_max;
        default: return false;
    }
}

}  // namespace

const property_rule& rule_of(property which) noexcept {
    return property_table[static_cast<std::size_t>(which) - 1];
}

std::optional<property> property_named(std::string_view name) noexcept {
    const auto* const found = std::ranges::find(property_table, name, &property_rule::name);
    if (found == property_table.end()) return std::nullopt;
    return static_cast<property>(found - property_table.begin() + 1);
}

bool has_property(shape_type type, property which) noexcept {
    return (rule_of(which).types & bit_of(type)) != 0;
}

bool may_have(shape_type type, const property_value& value) noexcept {
    if (!has_property(type, value.which)) return false;
    const auto& rule = rule_of(value.which);
    if (value.how == wire_kind::unset) {
        return rule.kind != value_kind::index && rule.kind != value_kind::points &&
               rule.kind != value_kind::asset;
    }
    if (value.how != wire_of(rule.kind)) return false;
    if (value.how == wire_kind::bytes) return bytes_fit(type, rule.kind, value.bytes);
    const auto number =
        is_signed(rule.kind) ? unzigzag(value.number) : static_cast<std::int64_t>(value.number);
    return number >= rule.least && number <= rule.most;
}

void normalise(property_value& value) noexcept {
    const auto& rule = rule_of(value.which);
    const bool plain = value.how == wire_kind::number ? value.number == rule.otherwise : value.bytes.empty();
    if (value.how != wire_kind::unset && plain) value = unset_value(value.which);
}

std::optional<binding> decode_binding(std::string_view bytes) noexcept {
    wire_reader from(bytes);
    binding made;
    made.shape = from.id();
    made.across = from.number_to(binding_full);
    made.down = from.number_to(binding_full);
    return from.complete() ? std::optional(made) : std::nullopt;
}

std::string encode_binding(const binding& what) {
    std::string to;
    append_id(to, what.shape);
    append_number(to, what.across);
    append_number(to, what.down);
    return to;
}

bool breaks_into(std::string_view text, std::string_view lines) noexcept {
    const auto is_gap = [](char c) { return c == ' ' || c == '\n'; };
    const auto skip = [&](std::string_view& from) {
        while (!from.empty() && is_gap(from.front())) from.remove_prefix(1);
    };
    for (;;) {
        skip(text);
        skip(lines);
        if (text.empty() || lines.empty()) return text.empty() && lines.empty();
        if (text.front() != lines.front()) return false;
        text.remove_prefix(1);
        lines.remove_prefix(1);
    }
}

const property_value* property_set::find(property which) const noexcept {
    for (const auto& one : all_) {
        if (one.which >= which) return one.which == which ? &one : nullptr;
    }
    return nullptr;
}

void property_set::set(property_value value) {
    const auto at = std::ranges::lower_bound(all_, value.which, {}, &property_value::which);
    const bool there = at != all_.end() && at->which == value.which;
    if (value.how == wire_kind::unset) {
        if (there) all_.erase(at);
    } else if (there) {
        *at = std::move(value);
    } else {
        all_.insert(at, std::move(value));
    }
}

std::uint64_t property_set::number(property which) const noexcept {
    const auto* const found = find(which);
    return found != nullptr ? found->number : rule_of(which).otherwise;
}

double property_set::units(property which) const noexcept {
    const auto raw = number(which);
    const auto value = is_signed(rule_of(which).kind) ? unzigzag(raw) : static_cast<std::int64_t>(raw);
    return static_cast<double>(value) / static_cast<double>(per_unit);
}

std::string_view property_set::bytes(property which) const noexcept {
    const auto* const found = find(which);
    return found != nullptr ? std::string_view(found->bytes) : std::string_view();
}

shape_id property_set::parent() const noexcept {
    const auto* const found = find(property::parent);
    if (found == nullptr) return 0;
    wire_reader from(found->bytes);
    return from.id();
}

property_value value_of(const property_set& set, property which) {
    const auto* const found = set.find(which);
    return found != nullptr ? *found : unset_value(which);
}

void append_properties(std::string& to, const std::vector<property_value>& all) {
    append_number(to, all.size());
    for (const auto& one : all) {
        append_number(to, static_cast<std::uint64_t>(one.which) * 4 + static_cast<std::uint64_t>(one.how));
        if (one.how == wire_kind::number) append_number(to, one.number);
        if (one.how == wire_kind::bytes) append_bytes(to, one.bytes);
    }
}

std::vector<property_value> read_properties(wire_reader& from, bool known_only) {
    std::vector<property_value> all;
    const auto count = from.number_to(from.left());
    if (from.sound()) all.reserve(std::min<std::size_t>(count, property_count));
    std::uint64_t before = 0;
    for (std::uint64_t at = 0; at < count && from.sound(); ++at) {
        const auto key = from.number();
        const auto which = key / 4;
        const auto how = static_cast<wire_kind>(key % 4);
        if (which <= before || how > wire_kind::unset || (known_only && which > property_count)) {
            from.fail();
            break;
        }
        before = which;
        const auto number = how == wire_kind::number ? from.number() : 0;
        const auto bytes = how == wire_kind::bytes ? from.blob() : std::string_view();
        if (which > property_count) continue;
        all.push_back({static_cast<property>(which), how, number, std::string(bytes)});
    }
    return all;
}

property_value number_value(property which, std::uint64_t number) {
    property_value made{which, wire_kind::number, number, {}};
    normalise(made);
    return made;
}
property_value signed_value(property which, std::int64_t number) {
    return number_value(which, zigzag(number));
}
property_value bytes_value(property which, std::string bytes) {
    property_value made{which, wire_kind::bytes, 0, std::move(bytes)};
    normalise(made);
    return made;
}
property_value unset_value(property which) {
    return {which, wire_kind::unset, 0, {}};
}

}  // namespace conf::boards
