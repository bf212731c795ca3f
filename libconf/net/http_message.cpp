#include "libconf/net/http_message.hpp"

#include "libconf/base/check.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>

namespace conf::net {
namespace {

// Everything from our own origin, no inline code, no frame around us. 'self' covers wss: of the same host in
// the browsers of today (CSP level 3).
constexpr std::string_view policy_of_scripts =
    "Content-Security-Policy: default-src 'none'; script-src 'self'";
constexpr std::string_view webassembly = " 'wasm-unsafe-eval'";
constexpr std::string_view security_fields =
    "; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; "
    "font-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(self), microphone=(self), display-capture=(self)\r\n";
constexpr std::string_view transport_security = "Strict-Transport-Security: max-age=31536000\r\n";

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_token_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_sendable_value(std::string_view value) noexcept {
    return std::ranges::none_of(value, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7F; });
}

bool is_sendable(const http_response& response) noexcept {
    return is_sendable_value(response.content_type) &&
           std::ranges::all_of(response.fields, [](const auto& field) {
               return is_token(field.first) && is_sendable_value(field.second);
           });
}

// RFC 9110 §8.6, §15.3.5: these have no body and no Content-Length.
constexpr bool has_no_body(int status) noexcept {
    return status < 200 || status == 204 || status == 304;
}

}  // namespace

std::optional<std::string_view> http_request::field(std::string_view name) const noexcept {
    const auto found = std::ranges::find(fields, name, &http_field::name);
    if (found == fields.end()) return std::nullopt;
    return found->value;
}

std::optional<std::string_view> http_request::parameter(std::string_view key) const noexcept {
    const auto found =
        std::ranges::find(parameters, key, [](const auto& one) { return std::string_view(one.first); });
    if (found == parameters.end()) return std::nullopt;
    return found->second;
}

std::string_view http_request::path_parameter(std::string_view name) const noexcept {
    const auto found =
        std::ranges::find(path_parameters, name, [](const auto& one) { return std::string_view(one.first); });
    check(found != path_parameters.end());
    return found->second;
}

http_response http_response::plain(int status, std::string_view sentence) {
    return {status,
            "text/plain; charset=utf-8",
            fmt::format("{} {}: {}\n", status, reason_phrase(status), sentence),
            {{"Cache-Control", "no-store"}}};
}

std::string_view reason_phrase(int status) noexcept {
    switch (status) {
        case 100: return "Continue";
        case 101: return "Switching Protocols";
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 206: return "Partial Content";
        case 301: return "Moved Permanently";
        case 302: return "Found";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 307: return "Temporary Redirect";
        case 308: return "Permanent Redirect";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 406: return "Not Acceptable";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 411: return "Length Required";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 416: return "Range Not Satisfiable";
        case 417: return "Expectation Failed";
        case 422: return "Unprocessable Content";
        case 426: return "Upgrade Required";
        case 428: return "Precondition Required";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        case 505: return "HTTP Version Not Supported";
        default: return "Unknown";
    }
}

bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, is_token_character);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, lower, lower);
}

bool has_list_element(std::string_view value, std::string_view wanted) noexcept {
    while (!value.empty()) {
        const auto comma = value.find(',');
        auto element = value.substr(0, comma);
        value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
        const auto first = element.find_first_not_of(" \t");
        if (first == std::string_view::npos) continue;
        element = element.substr(first, element.find_last_not_of(" \t") - first + 1);
        if (equals_ignoring_case(element, wanted)) return true;
    }
    return false;
}

std::string format_http_date(std::time_t utc) {
    // Not strftime: names of days must not depend on a locale.
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm t{};
    ::gmtime_r(&utc, &t);
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", days.at(static_cast<std::size_t>(t.tm_wday)),
                       t.tm_mday, months.at(static_cast<std::size_t>(t.tm_mon)), t.tm_year + 1900, t.tm_hour,
                       t.tm_min, t.tm_sec);
}

http_file::~http_file() {
    ::close(descriptor_);
}

std::shared_ptr<const http_file> http_file::open(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat about{};
    if (file < 0) return nullptr;
    if (::fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
        ::close(file);
        return nullptr;
    }
    return std::make_shared<const http_file>(file, static_cast<std::uint64_t>(about.st_size));
}

std::size_t http_file::read(std::uint64_t at, char* to, std::size_t count) const noexcept {
    for (;;) {
        const auto taken = ::pread(descriptor_, to, count, static_cast<off_t>(at));
        if (taken >= 0) return static_cast<std::size_t>(taken);
        if (errno != EINTR) return 0;
    }
}

void append_response(std::string& out, const http_response& response, const http_framing& framing) {
    if (!is_sendable(response)) {
        append_response(out, http_response::plain(500, "the answer could not be written."), framing);
        return;
    }
    auto to = std::back_inserter(out);
    fmt::format_to(to, "HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
    if (response.status >= 200) {
        fmt::format_to(to, "Date: {}\r\n", framing.date);
        if (!response.content_type.empty()) fmt::format_to(to, "Content-Type: {}\r\n", response.content_type);
        const auto size = response.file ? response.file->size() : response.body.size();
        if (!has_no_body(response.status)) fmt::format_to(to, "Content-Length: {}\r\n", size);
        if (framing.close) {
            out += "Connection: close\r\n";
        } else if (framing.old_client) {
            out += "Connection: keep-alive\r\n";
        }
        out += policy_of_scripts;
        if (response.runs_webassembly) out += webassembly;
        out += security_fields;
        if (framing.secure) out += transport_security;
    }
    for (const auto& [name, value] : response.fields) fmt::format_to(to, "{}: {}\r\n", name, value);
    out += "\r\n";
    if (!framing.head_only && !has_no_body(response.status)) out += response.body;
}

}  // namespace conf::net
