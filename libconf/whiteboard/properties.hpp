/// What a shape can be, property by property: the table of PROTOCOL.md, section 8.
#pragma once

#include "libconf/whiteboard/points.hpp"
#include "libconf/whiteboard/types.hpp"
#include "libconf/whiteboard/wire.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace conf::boards {

/// The numbers of the table. Never renumbered: they stand in what is kept.
enum class property : std::uint8_t {
    index = 1,
    parent,
    locked,
    x,
    y,
    rotation,
    width,
    height,
    colour,
    stroke_width,
    dash,
    fill,
    fill_colour,
    opacity,
    points,
    text,
    lines,
    font,
    font_size,
    align,
    figure,
    start_head,
    end_head,
    start_binding,
    end_binding,
    asset,
    stamp,
    title,
    radius,
    meta,
};
inline constexpr std::size_t property_count = 30;

/// How a value stands in a message.
enum class wire_kind : std::uint8_t { number, bytes, unset };

/// A property and its value; in a patch `unset` means: back to the default.
struct property_value {
    property which{};
    wire_kind how = wire_kind::unset;
    std::uint64_t number = 0;
    std::string bytes{};

    friend bool operator==(const property_value&, const property_value&) = default;
};

/// How the value of a property is to be read.
enum class value_kind : std::uint8_t {
    flag,
    choice,         ///< one of `names`
    whole,          ///< a number
    colour,         ///< 0xRRGGBB
    length,         ///< 1/16 unit
    signed_length,  ///< the same, zigzag
    angle,          ///< 1/4096 radian, zigzag
    index,
    parent,
    points,
    text,
    lines,
    binding,
    asset,
    title,
    meta,
};

struct property_rule {
    std::string_view name;
    value_kind kind{};
    std::int64_t least = 0;
    std::int64_t most = 0;
    std::uint64_t otherwise = 0;  ///< the default, as on the wire; of bytes: none
    std::uint32_t types = 0;      ///< a bit for each `shape_type`
    std::span<const std::string_view> names{};
};

[[nodiscard]] const property_rule& rule_of(property which) noexcept;
[[nodiscard]] std::optional<property> property_named(std::string_view name) noexcept;
[[nodiscard]] bool has_property(shape_type type, property which) noexcept;
/// Whether a shape of that type may have that value. `unset` of what a shape has to have is no.
[[nodiscard]] bool may_have(shape_type type, const property_value& value) noexcept;
/// The default becomes `unset`.
void normalise(property_value& value) noexcept;

/// An end of an arrow: where in the box of which shape, in 1/1024.
struct binding {
    shape_id shape = 0;
    std::uint64_t across = 0;
    std::uint64_t down = 0;
};
inline constexpr std::uint64_t binding_full = 1024;
[[nodiscard]] std::optional<binding> decode_binding(std::string_view from) noexcept;
[[nodiscard]] std::string encode_binding(const binding& what);
/// Whether `lines` is `text` with some of its spaces as line feeds.
[[nodiscard]] bool breaks_into(std::string_view text, std::string_view lines) noexcept;

/// A shape's properties that are not at their defaults, in the order of their numbers.
class property_set {
public:
    [[nodiscard]] const property_value* find(property which) const noexcept;
    /// `unset` takes it away. Precondition: normalised.
    void set(property_value value);

    [[nodiscard]] std::uint64_t number(property which) const noexcept;
    [[nodiscard]] std::int64_t signed_number(property which) const noexcept {
        return unzigzag(number(which));
    }
    /// A length or a signed one, in units.
    [[nodiscard]] double units(property which) const noexcept;
    [[nodiscard]] std::string_view bytes(property which) const noexcept;
    /// 0: none.
    [[nodiscard]] shape_id parent() const noexcept;

    [[nodiscard]] const std::vector<property_value>& all() const noexcept { return all_; }

    friend bool operator==(const property_set&, const property_set&) = default;

private:
    std::vector<property_value> all_;
};

/// The value as it is, or `unset` at the default.
[[nodiscard]] property_value value_of(const property_set& set, property which);

// PROPERTIES of the protocol.
void append_properties(std::string& to, const std::vector<property_value>& all);
/// In the order of their numbers and none twice, else a fault. `known_only`: so is a number that is not in
/// the table; otherwise it is left out.
[[nodiscard]] std::vector<property_value> read_properties(wire_reader& from, bool known_only);

[[nodiscard]] property_value number_value(property which, std::uint64_t number);
[[nodiscard]] property_value signed_value(property which, std::int64_t number);
[[nodiscard]] property_value bytes_value(property which, std::string bytes);
[[nodiscard]] property_value unset_value(property which);

}  // namespace conf::boards
