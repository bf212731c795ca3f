/// Requests about boards and documents from their fields.
#pragma once

#include "libconf/signalling/fields.hpp"
#include "libconf/whiteboard/requests.hpp"

#include <optional>
#include <string_view>

namespace conf::signalling {

/// Nothing: there is no such request. What is wrong with the fields is their fault to remember.
[[nodiscard]] std::optional<boards::request_body> read_board_request(std::string_view type, fields& from);

}  // namespace conf::signalling
