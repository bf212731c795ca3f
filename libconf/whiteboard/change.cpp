#include "libconf/whiteboard/change.hpp"

#include "libconf/whiteboard/limits.hpp"

#include <algorithm>

namespace conf::boards {
namespace {

/// Of a change in the records.
constexpr std::uint8_t log_version = 1;

shape_type read_type(wire_reader& from) {
    const auto type = from.number_to(shape_type_count);
    if (type == 0) from.fail();
    return static_cast<shape_type>(type);
}

void check_values(wire_reader& from, shape_type type, const std::vector<property_value>& values) {
    if (!std::ranges::all_of(values, [&](const auto& one) { return may_have(type, one); })) from.fail();
}

/// A type that may have all of them shows that each of them can be at all.
bool can_be(const property_value& value) {
    const auto& rule = rule_of(value.which);
    for (std::size_t type = 1; type <= shape_type_count; ++type) {
        if ((rule.types >> type & 1) != 0 && may_have(static_cast<shape_type>(type), value)) return true;
    }
    return false;
}

wall_time read_time(wire_reader& from) {
    return wall_time(static_cast<std::int64_t>(from.number()));
}
std::uint64_t count_of_time(wall_time at) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(at.count(), 0));
}

bool has_needed(shape_type type, const std::vector<property_value>& values) {
    const auto has = [&](property which) {
        return std::ranges::any_of(values, [&](const auto& one) { return one.which == which; });
    };
    return (!has_property(type, property::points) || has(property::points)) &&
           (type != shape_type::image || has(property::asset));
}

}  // namespace

void append_shape(std::string& to, const shape& what) {
    append_id(to, what.id);
    append_number(to, static_cast<std::uint64_t>(what.type));
    append_number(to, what.author);
    append_number(to, what.last_author);
    append_number(to, count_of_time(what.created));
    append_number(to, count_of_time(what.updated - what.created));
    append_number(to, what.version);
    append_properties(to, what.properties.all());
}

shape read_shape(wire_reader& from) {
    shape made;
    made.id = from.id();
    made.type = read_type(from);
    made.author = from.number();
    made.last_author = from.number();
    made.created = read_time(from);
    made.updated = made.created + read_time(from);
    made.version = from.number();
    auto values = read_properties(from, true);
    if (!from.sound()) return {};
    check_values(from, made.type, values);
    for (auto& one : values) {
        normalise(one);
        made.properties.set(std::move(one));
    }
    return made;
}

void append_op(std::string& to, const op& what) {
    append_number(to, static_cast<std::uint64_t>(what.kind));
    if (what.kind == op_kind::restore) return append_shape(to, *what.whole);
    append_id(to, what.id);
    if (what.kind == op_kind::put) append_number(to, static_cast<std::uint64_t>(what.type));
    if (what.kind != op_kind::remove) append_properties(to, what.properties);
}

void append_ops(std::string& to, const std::vector<op>& all) {
    append_number(to, all.size());
    for (const auto& one : all) append_op(to, one);
}

std::vector<op> read_ops(wire_reader& from, op_source whose) {
    std::vector<op> all;
    // Nine bytes is the shortest op.
    const auto count = from.number_to(whose == op_source::client ? ops_per_change_max : from.left() / 9);
    if (count == 0) from.fail();
    const auto last_kind = whose == op_source::client ? op_kind::remove : op_kind::restore;
    for (std::uint64_t at = 0; at < count && from.sound(); ++at) {
        op made;
        const auto kind = from.number_to(static_cast<std::uint64_t>(last_kind));
        if (kind == 0) from.fail();
        made.kind = static_cast<op_kind>(kind);
        if (made.kind == op_kind::restore) {
            made.whole = read_shape(from);
            made.id = made.whole->id;
        } else {
            made.id = from.id();
            if (made.kind == op_kind::put) made.type = read_type(from);
            if (made.kind != op_kind::remove) made.properties = read_properties(from, true);
            if (!from.sound()) break;
            if (made.kind == op_kind::put) {
                check_values(from, made.type, made.properties);
                if (!has_needed(made.type, made.properties)) from.fail();
            } else if (!std::ranges::all_of(made.properties, can_be)) {
                from.fail();
            }
            for (auto& one : made.properties) normalise(one);
            if (made.kind == op_kind::put) {
                std::erase_if(made.properties, [](const auto& one) { return one.how == wire_kind::unset; });
            }
        }
        all.push_back(std::move(made));
    }
    return all;
}

std::string encode_committed(const committed& what) {
    std::string to(1, static_cast<char>(log_version));
    append_number(to, what.number);
    append_number(to, what.author);
    append_number(to, count_of_time(what.at));
    append_number(to, what.where.document);
    append_number(to, what.where.page);
    append_number(to, what.client_number);
    append_number(to, what.gesture);
    append_number(to, static_cast<std::uint64_t>(what.why));
    append_number(to, what.entry);
    append_ops(to, what.ops);
    return to;
}

std::optional<committed> decode_committed(std::string_view bytes) {
    wire_reader from(bytes);
    if (from.byte() != log_version) return std::nullopt;
    committed made;
    made.number = from.number();
    made.author = from.number();
    made.at = read_time(from);
    made.where.document = from.number();
    made.where.page = from.number();
    made.client_number = from.number();
    made.gesture = from.number();
    made.why = static_cast<cause>(from.number_to(static_cast<std::uint64_t>(cause::server)));
    made.entry = from.number();
    made.ops = read_ops(from, op_source::server);
    return from.complete() ? std::optional(std::move(made)) : std::nullopt;
}

std::size_t weight_of(const property_value& value) noexcept {
    return sizeof value + value.bytes.size();
}
std::size_t weight_of(const shape& what) noexcept {
    auto sum = sizeof what;
    for (const auto& one : what.properties.all()) sum += weight_of(one);
    return sum;
}

}  // namespace conf::boards
