/// Formats that no longer mark anything are deleted, as the peers delete them.
#pragma once

#include "libconf/crdt/delta.hpp"

namespace conf::crdt {

class engine;
struct branch;
struct item;

/// After a remote change: texts in which formats came or went are gone over as a whole, elsewhere the gaps
/// around what was deleted. Precondition: a transaction is open, nothing of it is collected yet.
void clean_formats(engine& in);

/// Deletes what marks nothing in a gap: the items from `start` on up to the next content. `at_start` are the
/// attributes there, `now` those at `until` and is kept up to date.
void clean_gap(engine& in, item* start, const item* until, const attributes& at_start, attributes& now);

}  // namespace conf::crdt
