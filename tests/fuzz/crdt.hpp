/// What both formats of updates promise to whoever applies them.
#pragma once

#include "libconf/crdt/document.hpp"
#include "tests/crdt/invariants.hpp"
#include "tests/fuzz/target.hpp"

#include <vector>

namespace fuzz {

/// Small, so that inputs of a few hundred bytes reach them.
inline const conf::crdt::limits crdt_limits{.update_bytes_max = 4096,
                                            .update_structs_max = 300,
                                            .structs_max = 600,
                                            .content_bytes_max = 8192,
                                            .clients_max = 24,
                                            .pending_bytes_max = 8192,
                                            .type_depth_max = 6,
                                            .conflict_steps_max = 2000};

inline void require_whole(const conf::crdt::document& of) {
    require(crdt_test::broken_promise(of).empty());
}

/// Applies an update to a document that must stay as it is when it is refused, and change only once.
template <class Apply>
void apply_once(conf::crdt::document& to, Apply&& apply) {
    const auto before = to.encode_state();
    const bool taken = static_cast<bool>(apply());
    require_whole(to);
    const auto after = to.encode_state();
    if (!taken) require(after == before);
    if (taken && !to.has_pending()) {
        if (apply()) require(to.encode_state() == after);
        require_whole(to);
    }
}

/// What a document says of itself is an update that another one takes and then has.
inline void require_copy(conf::crdt::document& of) {
    using namespace conf::crdt;
    document copy({.client = 77});
    require(static_cast<bool>(copy.apply(of.encode_state())));
    require_whole(copy);
    // Of a struct that waits although its beginning is known, which takes two that contradict each other, the
    // rest is all that can be written, and it waits for less.
    if (of.has_pending()) return;
    require(copy.states() == of.states());
    require(copy.deleted() == of.deleted());
}

}  // namespace fuzz
