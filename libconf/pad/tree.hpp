/// The tree of a pad in its Yjs document, as ProseMirror's binding keeps it there.
#pragma once

#include "libconf/crdt/document.hpp"
#include "libconf/pad/rich_text.hpp"

#include <string_view>

namespace conf::pads {

/// The root of the text: an XML fragment of blocks.
inline constexpr std::string_view root_name = "prosemirror";
/// A map at the root whose "schema" says by which list of nodes the text was written.
inline constexpr std::string_view meta_name = "meta";
inline constexpr int schema_version = 1;

/// What stands there, at that moment or now. A document whose text is elsewhere (a Y.Text of Quill or
/// CodeMirror) gives that text.
[[nodiscard]] node read_tree(const crdt::document& from, const crdt::snapshot* at = nullptr);

/// Puts the blocks behind those that are there. Precondition: a transaction is open; `text` is normalised.
void append_tree(crdt::document& to, const node& text);
/// Takes away what is there, then appends.
void replace_tree(crdt::document& to, const node& text);

}  // namespace conf::pads
