/// What can be done with updates without a document: join them, cut them, ask what they contain.
#pragma once

#include "libconf/crdt/update.hpp"

#include <conf/result.hpp>

#include <span>
#include <vector>

namespace conf::crdt {

/// One update that says what all of them say: what is contained twice once, holes filled with skips. It joins
/// no items, since that takes a document. Errors: those of `update::parse` for the first bad one.
[[nodiscard]] result<std::vector<std::byte>> merge_updates(std::span<const bytes> updates,
                                                           const limits& within = {});

/// What of an update somebody with that state vector lacks; all of its deletions. Errors: as `update::parse`.
[[nodiscard]] result<std::vector<std::byte>> diff_update(bytes update, const state_vector& known,
                                                         const limits& within = {});

/// The state of somebody who knows this update alone: clients whose structs begin at clock 0, up to the first
/// hole.
[[nodiscard]] state_vector states_of(const update& from);

/// Structs from anywhere, in any order, as the blocks of an update, without what `known` has.
void write_merged(wire_writer& to, std::span<const parsed_struct> structs, const state_vector& known);

}  // namespace conf::crdt
