/// A document as it was at one of its moments.
#pragma once

#include "libconf/crdt/state.hpp"
#include "libconf/crdt/update.hpp"

#include <cstddef>
#include <vector>

namespace conf::pads {

/// Of `whole`, the state of a document that collects nothing: the update that makes the document of that
/// moment out of an empty one, under the same client ids.
[[nodiscard]] std::vector<std::byte> update_at(const crdt::update& whole, const crdt::snapshot& at);

}  // namespace conf::pads
