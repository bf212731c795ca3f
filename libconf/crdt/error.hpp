/// Why an update, a snapshot or a position was refused.
#pragma once

#include <conf/result.hpp>

#include <system_error>
#include <type_traits>

namespace conf::crdt {

enum class crdt_errc {
    truncated = 1,       ///< it ends before what it promises
    bad_number,          ///< an integer over 2^53 - 1, or a clock that no client can reach
    bad_text,            ///< text that is not UTF-8
    bad_json,            ///< an attribute or an embedded object that is not JSON
    bad_value,           ///< a typed value with an unknown tag
    bad_content,         ///< an unknown kind of content, or one without any length
    bad_type,            ///< an unknown kind of type
    bad_reference,       ///< a struct that refers to itself or to what its client made later
    bad_encoding,        ///< format 2: columns that do not belong together
    too_deep,            ///< values or types nested over their limit
    too_large,           ///< more bytes, or a longer run, than allowed
    too_many_structs,    ///< more structs or ranges than allowed
    too_many_clients,    ///< more client ids than allowed
    too_much_pending,    ///< more bytes that wait for something missing than allowed
    too_many_conflicts,  ///< more concurrent insertions at one place than it may cost
    out_of_range,        ///< a local edit behind the end
    divides_character,   ///< a local edit between the two halves of a surrogate pair
};

const std::error_category& crdt_category() noexcept;

inline std::error_code make_error_code(crdt_errc code) noexcept {
    return {static_cast<int>(code), crdt_category()};
}

}  // namespace conf::crdt

template <>
struct std::is_error_code_enum<conf::crdt::crdt_errc> : std::true_type {};
