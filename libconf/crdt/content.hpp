/// What a struct holds: eleven kinds, and how each is cut and joined in the form in which it travels.
#pragma once

#include "libconf/crdt/wire.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace conf::crdt {

/// The low five bits of a struct's first byte.
enum class content_kind : std::uint8_t {
    collected = 0,  ///< "GC": only its length is known
    deleted = 1,
    json = 2,  ///< what lists held before `any`
    binary = 3,
    text = 4,
    embed = 5,
    format = 6,
    type = 7,
    any = 8,
    document = 9,  ///< the name and options of another document
    skip = 10,     ///< a hole in an update
};

/// Kinds of shared types; only elements and hooks have a name.
enum class type_kind : std::uint8_t {
    array = 0,
    map = 1,
    text = 2,
    xml_element = 3,
    xml_fragment = 4,
    xml_hook = 5,
    xml_text = 6,
    unknown = 7,  ///< a root that nobody has asked for yet; never on the wire
};

[[nodiscard]] constexpr bool has_name(type_kind kind) noexcept {
    return kind == type_kind::xml_element || kind == type_kind::xml_hook;
}

/// Counts in the length that is seen, as long as it is not deleted.
[[nodiscard]] constexpr bool is_countable(content_kind kind) noexcept {
    return kind != content_kind::deleted && kind != content_kind::format && kind != content_kind::collected;
}

/// Two neighbours of this kind become one.
[[nodiscard]] constexpr bool is_joinable(content_kind kind) noexcept {
    return kind == content_kind::text || kind == content_kind::any || kind == content_kind::json ||
           kind == content_kind::deleted;
}

/// Body of content as it is kept: of text its UTF-8, of lists their elements one behind the other, of formats
/// the key and the JSON value as varStrings, of documents the name and the options, else what the name says.
/// Reads one body and checks it. Sets `length`; `type` for a type, whose body is its name.
[[nodiscard]] std::string_view read_content(wire_reader& from, content_kind kind, std::uint64_t& length,
                                            type_kind& type);

/// Writes the body as it travels, without the first `offset` units. Precondition: `offset < length`, and 0
/// where the kind is not joinable.
void write_content(wire_writer& to, content_kind kind, std::uint64_t length, std::string_view body,
                   type_kind type, std::uint64_t offset);

/// Where a body of a joinable kind is cut after so many units; the two parts of a text whose cut divides a
/// character get `replacement` for its halves.
struct content_cut {
    std::size_t left_bytes = 0;   ///< that stay on the left
    std::size_t right_begin = 0;  ///< where the right part begins
    bool divides = false;
};
[[nodiscard]] content_cut cut_content(content_kind kind, std::string_view body, std::uint64_t length,
                                      std::uint64_t offset);

/// Key and JSON value of a format.
struct format_content {
    std::string_view key;
    std::string_view json;
};
[[nodiscard]] format_content read_format(std::string_view body);

}  // namespace conf::crdt
