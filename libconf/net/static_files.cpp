#include "libconf/net/static_files.hpp"

#include "libconf/base/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace conf::net {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 17> types{{
    {".css", "text/css; charset=utf-8"},
    {".html", "text/html; charset=utf-8"},
    {".ico", "image/vnd.microsoft.icon"},
    {".jpg", "image/jpeg"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".mp3", "audio/mpeg"},
    {".ogg", "audio/ogg"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".txt", "text/plain; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".webmanifest", "application/manifest+json"},
    {".webp", "image/webp"},
    {".woff2", "font/woff2"},
}};

std::string_view trim(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Cuts the first element off a comma-separated list; tags of ours have no comma in them.
std::string_view take_element(std::string_view& list) noexcept {
    const auto comma = std::min(list.find(','), list.size());
    const auto element = trim(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    return element;
}

/// Whether a weight is zero: "0", "0.", "0.000". Whatever cannot be read is no refusal.
bool is_refused(std::string_view parameters) noexcept {
    const auto weight = trim(parameters);
    if (!weight.starts_with("q=") && !weight.starts_with("Q=")) return false;
    const auto number = weight.substr(2);
    return !number.empty() && number.find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

const static_file& find_static_file(static_file_table among, std::string_view name) noexcept {
    const auto found = std::ranges::find(among, name, &static_file::name);
    check(found != among.end());
    return *found;
}

std::string_view content_type_of(std::string_view name) noexcept {
    const auto* found =
        std::ranges::find_if(types, [&](const auto& one) { return name.ends_with(one.first); });
    return found == types.end() ? "application/octet-stream" : found->second;
}

bool accepts_gzip(std::string_view accept_encoding) noexcept {
    std::optional<bool> named;
    auto any = false;
    while (!accept_encoding.empty()) {
        const auto element = take_element(accept_encoding);
        const auto semicolon = std::min(element.find(';'), element.size());
        const auto coding = trim(element.substr(0, semicolon));
        const auto welcome = !is_refused(element.substr(std::min(semicolon + 1, element.size())));
        if (equals_ignoring_case(coding, "gzip") || equals_ignoring_case(coding, "x-gzip")) named = welcome;
        if (coding == "*") any = welcome;
    }
    return named.value_or(any);
}

bool names_etag(std::string_view if_none_match, std::string_view etag) noexcept {
    while (!if_none_match.empty()) {
        auto element = take_element(if_none_match);
        if (element == "*") return true;
        if (element.starts_with("W/")) element.remove_prefix(2);
        if (element == etag) return true;
    }
    return false;
}

http_response serve_file(const static_file& file, file_life life, const http_request& request) {
    const auto zipped = !file.gzipped.empty() && accepts_gzip(request.field("accept-encoding").value_or(""));
    const auto etag = fmt::format("\"{}{}\"", file.hash, zipped ? "-gzip" : "");

    http_response made;
    made.fields.emplace_back(
        "Cache-Control", life == file_life::immutable ? "public, max-age=31536000, immutable" : "no-cache");
    made.fields.emplace_back("ETag", etag);
    // Said of the plain form too: a cache has to know that there are two.
    if (!file.gzipped.empty()) made.fields.emplace_back("Vary", "Accept-Encoding");
    if (names_etag(request.field("if-none-match").value_or(""), etag)) {
        made.status = 304;
        return made;
    }
    made.content_type = content_type_of(file.name);
    if (zipped) made.fields.emplace_back("Content-Encoding", "gzip");
    made.body = zipped ? file.gzipped : file.content;
    return made;
}

void add_static_file(http_router& routes, std::string_view path, const static_file& file, file_life life) {
    routes.add("GET", path,
               [&file, life](const http_request& request) { return serve_file(file, life, request); });
}

void add_static_files(http_router& routes, std::string_view prefix, static_file_table files,
                      std::string_view hashed) {
    constexpr std::string_view index = "index.html";
    for (const auto& file : files) {
        const auto in_hashed = !hashed.empty() && file.name.starts_with(hashed);
        const auto life = in_hashed ? file_life::immutable : file_life::checked;
        const auto path = fmt::format("{}{}", prefix, file.name);
        add_static_file(routes, path, file, life);
        if (file.name == index || file.name.ends_with("/index.html")) {
            add_static_file(routes, path.substr(0, path.size() - index.size()), file, life);
        }
    }
}

}  // namespace conf::net
