/// What must hold of the inside of a document after every transaction.
#pragma once

#include "libconf/crdt/document.hpp"

#include <string>

namespace crdt_test {

/// The first broken promise, or an empty text.
[[nodiscard]] std::string broken_promise(const conf::crdt::document& of);

}  // namespace crdt_test
