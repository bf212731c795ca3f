/// What a program does to shapes, from JSON: `{"ops": [...]}` of the HTTP API.
#pragma once

#include "libconf/whiteboard/change.hpp"
#include "libconf/whiteboard/requests.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace conf::signalling {

struct bad_ops {
    std::string why;
    std::string field;  ///< "ops[2].x"; empty: the text itself
};

/// Each op is an object with `op`: "put", "patch" or "remove", the shape's `id`, with put its `type`, and
/// properties by their names as in libconf/whiteboard/PROTOCOL.md, section 12; null is the default. A put
/// without an id gets one from `new_id`. Not more than a change may have; what only the page can tell is not
/// looked at.
[[nodiscard]] std::variant<std::vector<boards::op>, bad_ops> decode_ops(
    std::string_view text, const std::function<boards::shape_id()>& new_id);

/// `{"kind": "blank", "title"?: "Sketches"}`; nothing: it is none.
[[nodiscard]] std::optional<boards::document_add> decode_new_document(std::string_view text);
/// `{"document": 3, "page": 1}`; nothing: it is none.
[[nodiscard]] std::optional<boards::place> decode_place(std::string_view text);

}  // namespace conf::signalling
