/// What whoever makes a document decides.
#pragma once

#include "libconf/crdt/limits.hpp"
#include "libconf/crdt/state.hpp"

namespace conf::crdt {

struct document_options {
    /// Under which local edits are made. Random and never used before, 32 bits as the peers draw them.
    client_id client = 0;
    /// Forget deleted content at the end of each transaction. Off, snapshots can be shown for ever.
    bool collect = true;
    /// Delete formats that remote changes made redundant, as the peers do. It is an edit of ours, which
    /// others need not hear of: they make the same one. A server that only relays does well without.
    bool clean_formats = false;
    /// Let local edits divide a surrogate pair, as the peers do, instead of refusing them. Both halves
    /// become U+FFFD for everybody.
    bool divide_characters = false;
    limits within = {};
};

}  // namespace conf::crdt
