/// A page as JSON text: PROTOCOL.md, section 12.
#pragma once

#include "libconf/whiteboard/page.hpp"

#include <string>

namespace conf::boards {

/// The same page gives the same text. `own`: this author's shapes alone.
[[nodiscard]] std::string page_to_json(const page& what, std::optional<author_number> own = std::nullopt);

}  // namespace conf::boards
