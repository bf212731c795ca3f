/// Shapes, what is done to them, and a change as the server has ordered it: OPS and SHAPE of the protocol.
#pragma once

#include "libconf/whiteboard/properties.hpp"
#include "libconf/whiteboard/types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace conf::boards {

struct shape {
    shape_id id = 0;
    shape_type type{};
    author_number author = 0;
    author_number last_author = 0;
    wall_time created{};
    wall_time updated{};
    sequence version = 0;  ///< of the last change
    property_set properties{};

    friend bool operator==(const shape&, const shape&) = default;
};

enum class op_kind : std::uint8_t {
    put = 1,
    patch,
    remove,
    restore,  ///< the server's alone: a shape that was removed comes back as it was
};

struct op {
    op_kind kind{};
    shape_id id = 0;
    shape_type type{};                         ///< of a put
    std::vector<property_value> properties{};  ///< of a put and a patch, normalised
    std::optional<shape> whole{};              ///< of a restore

    friend bool operator==(const op&, const op&) = default;
};

/// What the server did it for: undo and redo take entries from the author's stacks.
enum class cause : std::uint8_t { change, undo, redo, server };

/// A change with all that the server said about it. One reducer (`page::apply`, `undo_book::record`) takes it
/// live, when records are read, and in replays.
struct committed {
    sequence number = 0;
    author_number author = 0;
    wall_time at{};
    place where{};
    std::vector<op> ops{};
    // Of no interest to clients:
    std::uint64_t client_number = 0;  ///< 0: no client's
    std::uint64_t gesture = 0;
    cause why = cause::change;
    std::uint64_t entry = 0;  ///< to undo: which one it belongs to; 0: the gesture decides

    friend bool operator==(const committed&, const committed&) = default;
};

void append_shape(std::string& to, const shape& what);
/// Only fields of the table; a value that may not be is a fault.
[[nodiscard]] shape read_shape(wire_reader& from);

void append_op(std::string& to, const op& what);
void append_ops(std::string& to, const std::vector<op>& all);
enum class op_source : std::uint8_t { client, server };
/// A client's have no `restore`, at least one op and at most `ops_per_change_max`; what breaks the table of
/// properties is a fault, as far as it can be seen without the shape.
[[nodiscard]] std::vector<op> read_ops(wire_reader& from, op_source whose);

/// As the log of records has it.
[[nodiscard]] std::string encode_committed(const committed& what);
[[nodiscard]] std::optional<committed> decode_committed(std::string_view from);

/// About how much memory it takes.
[[nodiscard]] std::size_t weight_of(const property_value& value) noexcept;
[[nodiscard]] std::size_t weight_of(const shape& what) noexcept;

}  // namespace conf::boards
