/// Positions that stay where they are while the document changes: carets, comments.
#pragma once

#include "libconf/crdt/document.hpp"

#include <conf/result.hpp>

#include <optional>
#include <string>
#include <vector>

namespace conf::crdt {

/// Before a unit (`assoc >= 0`) or behind one (`assoc < 0`), or an end of a type: of a root by its name, of
/// another by the unit that holds it. The peers put it into awareness as JSON.
struct relative_position {
    std::optional<id> item;
    std::optional<id> type;
    std::optional<std::string> root;
    std::int64_t assoc = 0;

    /// Errors: `truncated`, `bad_number`, `bad_text`, `bad_encoding`.
    [[nodiscard]] static result<relative_position> decode(bytes data);
    [[nodiscard]] std::vector<std::byte> encode() const;
    /// As the peers' object; `from_any` gives nothing where it is none.
    [[nodiscard]] any to_any() const;
    [[nodiscard]] static std::optional<relative_position> from_any(const any& from);

    friend bool operator==(const relative_position&, const relative_position&) = default;
};

/// Precondition: `index` at most the length.
[[nodiscard]] relative_position position_at(const shared_type& in, std::uint32_t index,
                                            std::int64_t assoc = 0);

/// A type and an index in it.
struct absolute_position {
    shared_type in;
    std::uint32_t index = 0;
};

/// Nothing where the document does not know the unit (yet) or has collected what it lay in.
[[nodiscard]] std::optional<absolute_position> resolve(document& in, const relative_position& position);

}  // namespace conf::crdt
