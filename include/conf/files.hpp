/// Files that a program carries inside itself and lets the server serve.
#pragma once

#include <span>
#include <string_view>

namespace conf::inline v0 {

/// One file, as `conf_embed` of cmake/embed.cmake writes it, or as you write it. Everything it points to
/// lives as long as the server.
struct embedded_file {
    std::string_view name;     ///< path below the folder: "assets/app.js"
    std::string_view content;  ///< any bytes
    std::string_view gzipped;  ///< the same by RFC 1952; empty: not worth it
    std::string_view hash;     ///< of the content, for its entity tag: letters and digits
};

using embedded_files = std::span<const embedded_file>;

}  // namespace conf::inline v0
