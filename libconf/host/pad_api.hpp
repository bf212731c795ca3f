/// Pads over HTTP: `/api/v1/rooms/{room}/pads` and what is below it.
#pragma once

#include "libconf/host/pad_files.hpp"
#include "libconf/host/pad_host.hpp"
#include "libconf/net/http_router.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::host {

/// What the routes need besides the pads.
struct pad_api_rules {
    /// Pages that may ask from elsewhere, as for WebSockets (SEC-WS-1). Programs send no Origin.
    std::vector<std::string> origins = {};
    /// Makes PDF, DOCX and slides; has to outlive every server that uses the routes. Null: this server has no
    /// converter.
    pad_files* files = nullptr;
    /// Whether somebody of a meeting that goes on presents there now; nobody: only who manages the pad makes
    /// documents of it.
    std::function<bool(std::string_view room, std::string_view person)> presents = {};
};

/// A body is JSON but for contents, which are what `?format=` says. A refusal has the body
/// `{"error": {"code", "message"}}`.
///
///     GET    .../pads                             the list, the oldest first
///     POST   .../pads                             {title, name?, format?, content?}: a new pad, perhaps
///                                                 from a template
///     GET    .../pads/{name}
///     PATCH  .../pads/{name}                      {title?, locked?, barred?: [person]}
///     DELETE .../pads/{name}
///     GET    .../pads/{name}/export               ?format=txt|md|html|update|pdf|docx
///     POST   .../pads/{name}/slides               its pages as a document of the room: {"document": number}
///     PUT    .../pads/{name}/content              ?format=txt|md|html|update: in the place of the text (an
///                                                 update: merged)
///     POST   .../pads/{name}/content              behind it
///     GET    .../pads/{name}/authors
///     GET    .../pads/{name}/history              ?before=VERSION&limit=N, the newest first
///     GET    .../pads/{name}/history/{version}    one update; with ?format= the text of that time
///     POST   .../pads/{name}/history/{version}/restore
///
/// `pads` has to outlive every server that uses `routes`.
void add_pad_api(net::http_router& routes, pad_host& pads, pad_api_rules rules);

}  // namespace conf::host
