#include "libconf/crdt/any.hpp"

#include "libconf/crdt/utf8.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>

namespace conf::crdt {
namespace {

enum tag : std::uint8_t {
    bytes_tag = 116,
    array_tag,
    object_tag,
    string_tag,
    true_tag,
    false_tag,
    big_integer_tag,
    float64_tag,
    float32_tag,
    integer_tag,
    null_tag,
    undefined_tag,
};

constexpr double integer_magnitude_max = 2147483647;

double to_double(signed_number from) {
    const auto magnitude = static_cast<double>(from.magnitude);
    return from.negative ? -magnitude : magnitude;
}

any read_at(wire_reader& from, std::size_t depth);

any read_array(wire_reader& from, std::size_t depth) {
    any::array made;
    const auto count = from.var_uint();
    // Never reserved by the claim: an element takes a byte at least.
    made.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(count, from.left())));
    for (std::uint64_t i = 0; i < count && from.ok(); ++i) made.push_back(read_at(from, depth + 1));
    return made;
}

any read_object(wire_reader& from, std::size_t depth) {
    any::object made;
    const auto count = from.var_uint();
    for (std::uint64_t i = 0; i < count && from.ok(); ++i) {
        std::string key(from.var_text());
        made.emplace_back(std::move(key), read_at(from, depth + 1));
    }
    return made;
}

any read_at(wire_reader& from, std::size_t depth) {
    const auto kind = from.u8();
    if (!from.ok()) return {};
    if (depth > value_depth_max && (kind == array_tag || kind == object_tag)) {
        from.fail(crdt_errc::too_deep);
        return {};
    }
    switch (kind) {
        case undefined_tag: return {};
        case null_tag: return nullptr;
        case integer_tag: return to_double(from.var_int());
        case float32_tag: return static_cast<double>(std::bit_cast<float>(from.u32_big_endian()));
        case float64_tag: return std::bit_cast<double>(from.u64_big_endian());
        case big_integer_tag: return any::big_integer(static_cast<std::int64_t>(from.u64_big_endian()));
        case false_tag: return false;
        case true_tag: return true;
        case string_tag: return from.var_text();
        case object_tag: return read_object(from, depth);
        case array_tag: return read_array(from, depth);
        case bytes_tag: {
            const auto data = from.var_bytes();
            return any::byte_array(data.begin(), data.end());
        }
        default: from.fail(crdt_errc::bad_value); return {};
    }
}

void skip_at(wire_reader& from, std::size_t depth) {
    const auto kind = from.u8();
    if (!from.ok()) return;
    if (depth > value_depth_max && (kind == array_tag || kind == object_tag))
        return from.fail(crdt_errc::too_deep);
    switch (kind) {
        case undefined_tag:
        case null_tag:
        case false_tag:
        case true_tag: return;
        case integer_tag: static_cast<void>(from.var_int()); return;
        case float32_tag: static_cast<void>(from.take(4)); return;
        case float64_tag:
        case big_integer_tag: static_cast<void>(from.take(8)); return;
        case string_tag: static_cast<void>(from.var_text()); return;
        case bytes_tag: static_cast<void>(from.var_bytes()); return;
        case object_tag:
        case array_tag: {
            const auto count = from.var_uint();
            for (std::uint64_t i = 0; i < count && from.ok(); ++i) {
                if (kind == object_tag) static_cast<void>(from.var_text());
                skip_at(from, depth + 1);
            }
            return;
        }
        default: return from.fail(crdt_errc::bad_value);
    }
}

void write_number(wire_writer& to, double value) {
    if (std::abs(value) <= integer_magnitude_max && std::trunc(value) == value) {
        to.u8(integer_tag);
        to.var_int({static_cast<std::uint64_t>(std::abs(value)), std::signbit(value)});
    } else if (std::abs(value) > 3.4028234663852886e38
                   ? std::isinf(value)
                   : static_cast<double>(static_cast<float>(value)) == value) {
        to.u8(float32_tag);
        to.u32_big_endian(std::bit_cast<std::uint32_t>(static_cast<float>(value)));
    } else {
        to.u8(float64_tag);
        // There are many ways to say "not a number"; this is the one that JavaScript writes.
        to.u64_big_endian(std::isnan(value) ? 0x7FF8'0000'0000'0000 : std::bit_cast<std::uint64_t>(value));
    }
}

}  // namespace

const any* any::find(std::string_view key) const noexcept {
    const auto* in = members();
    if (!in) return nullptr;
    const auto found = std::ranges::find(*in, key, &member::first);
    return found == in->end() ? nullptr : &found->second;
}

any read_any(wire_reader& from) {
    return read_at(from, 1);
}

void skip_any(wire_reader& from) {
    skip_at(from, 1);
}

void write_any(wire_writer& to, const any& value) {
    std::visit(
        [&](const auto& held) {
            using kind = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<kind, any::undefined>) {
                to.u8(undefined_tag);
            } else if constexpr (std::is_same_v<kind, any::null>) {
                to.u8(null_tag);
            } else if constexpr (std::is_same_v<kind, bool>) {
                to.u8(held ? true_tag : false_tag);
            } else if constexpr (std::is_same_v<kind, double>) {
                write_number(to, held);
            } else if constexpr (std::is_same_v<kind, std::int64_t>) {
                to.u8(big_integer_tag);
                to.u64_big_endian(static_cast<std::uint64_t>(held));
            } else if constexpr (std::is_same_v<kind, std::string>) {
                to.u8(string_tag);
                to.var_string(held);
            } else if constexpr (std::is_same_v<kind, any::array>) {
                to.u8(array_tag);
                to.var_uint(held.size());
                for (const auto& element : held) write_any(to, element);
            } else if constexpr (std::is_same_v<kind, any::object>) {
                to.u8(object_tag);
                to.var_uint(held.size());
                for (const auto& [key, member] : held) {
                    to.var_string(key);
                    write_any(to, member);
                }
            } else {
                to.u8(bytes_tag);
                to.var_bytes(held);
            }
        },
        value.value());
}

bool identical(const any& a, const any& b) {
    if (a.members() || a.elements() || std::holds_alternative<any::byte_array>(a.value())) return false;
    return a == b;
}

bool equal_attributes(const any& a, const any& b) {
    if (const auto* members = a.members()) {
        if (!b.members() || members->size() != b.members()->size()) return false;
        return std::ranges::all_of(*members, [&](const any::member& each) {
            const auto* other = b.find(each.first);
            return other && identical(each.second, *other);
        });
    }
    if (const auto* elements = a.elements())
        return b.elements() && std::ranges::equal(*elements, *b.elements(), identical);
    return a == b;
}

}  // namespace conf::crdt
