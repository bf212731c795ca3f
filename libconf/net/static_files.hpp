/// Files that the build put into the program, served with validators and, where it helps, compressed.
#pragma once

#include "libconf/net/http_router.hpp"

#include <conf/files.hpp>

#include <string>
#include <string_view>

namespace conf::net {

using static_file = embedded_file;
using static_file_table = embedded_files;

/// Precondition: the table has it.
[[nodiscard]] const static_file& find_static_file(static_file_table among, std::string_view name) noexcept;

/// The media type by the name's ending; "application/octet-stream" for one that we do not know.
[[nodiscard]] std::string_view content_type_of(std::string_view name) noexcept;

/// Whether gzip is welcome by this Accept-Encoding (RFC 9110 §12.5.3).
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding) noexcept;

/// Whether If-None-Match (RFC 9110 §13.1.2) names this entity tag; by weak comparison, as it asks for.
[[nodiscard]] bool names_etag(std::string_view if_none_match, std::string_view etag) noexcept;

/// How long a browser may keep a file without asking.
enum class file_life : std::uint8_t {
    checked,    ///< asks each time whether it is still the same: "no-cache"
    immutable,  ///< for a year; the name holds a hash of the content, so another content has another name
};

/// 200, or 304 where the client has it. A strong ETag for each of the two encodings.
[[nodiscard]] http_response serve_file(const static_file& file, file_life life, const http_request& request);

/// Answers GET and HEAD of `path` with the file. It is known by the table alone: no part of a request is ever
/// made into the name of a file (security requirement SEC-HTTP-3).
void add_static_file(http_router& routes, std::string_view path, const static_file& file,
                     file_life life = file_life::checked);

/// Adds the whole table below `prefix`, "/" for example. Files in folder `hashed` are immutable; it is where
/// bundlers put what they name by content. "index.html" answers for its folder too.
void add_static_files(http_router& routes, std::string_view prefix, static_file_table files,
                      std::string_view hashed = "assets/");

}  // namespace conf::net
