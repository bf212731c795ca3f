/// Boards from and to the files of Excalidraw: version 2 of its JSON.
#pragma once

#include "libconf/whiteboard/change.hpp"
#include "libconf/whiteboard/page.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::boards {

struct imported_shapes {
    std::vector<op>
        shapes{};  ///< puts, in the order of painting, without indices; ids are good among themselves only
    std::size_t left_out = 0;  ///< elements that we do not have: embedded pages, pictures of elsewhere, …
};

/// Nothing: the text is no such file. Elements beyond our limits are cut or left out; sketchy lines become
/// clean ones. Takes a bounded multiple of the text.
/// @param has_asset  whether an asset has that name: an image whose `fileId` it is becomes one of ours. The
///                   bytes in the text's own `files` are not looked at. Empty: none has.
[[nodiscard]] std::optional<imported_shapes> import_excalidraw(
    std::string_view text, const std::function<bool(const std::string&)>& has_asset = {});

/// Gives them ids that are not taken, the same for the same `seed`; parents and bindings follow.
void renumber(std::vector<op>& shapes, std::uint64_t seed, const std::function<bool(shape_id)>& taken);

struct excalidraw_options {
    std::optional<author_number> only{};  ///< this person's shapes alone
    /// A `data:` address with the bytes of an asset. Empty function or answer: the picture is left out.
    std::function<std::string(std::string_view)> asset{};
};

/// A file that Excalidraw reads: ids, groups, frames, order, bindings and pictures are kept; figures that it
/// has not become closed lines. The same page gives the same text.
[[nodiscard]] std::string export_excalidraw(const page& what, const excalidraw_options& how = {});

}  // namespace conf::boards
