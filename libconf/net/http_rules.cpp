#include "libconf/net/http_rules.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace conf::net {
namespace {

// Fields that are not lists: twice is an error, or worse, a difference of opinion (SEC-HTTP-4). Sorted.
constexpr std::array<std::string_view, 25> single_fields{
    "access-control-request-method",
    "age",
    "authorization",
    "content-length",
    "content-location",
    "content-range",
    "content-type",
    "cookie",
    "date",
    "expect",
    "from",
    "host",
    "if-modified-since",
    "if-range",
    "if-unmodified-since",
    "last-modified",
    "max-forwards",
    "origin",
    "proxy-authorization",
    "range",
    "referer",
    "sec-websocket-key",
    "sec-websocket-version",
    "transfer-encoding",
    "user-agent",
};
static_assert(std::ranges::is_sorted(single_fields));

constexpr http_refusal bad_target{400, "the address is malformed.", {}};

constexpr bool is_alphanumeric(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr int hex_value(char c) noexcept {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> decode(std::string_view raw) {
    std::string made;
    made.reserve(raw.size());
    for (std::size_t at = 0; at < raw.size(); ++at) {
        auto c = raw[at];
        if (c == '%') {
            if (raw.size() - at < 3) return std::nullopt;
            const auto high = hex_value(raw[at + 1]);
            const auto low = hex_value(raw[at + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            c = static_cast<char>(high << 4 | low);
            at += 2;
        }
        made += c;
    }
    return made;
}

std::optional<http_refusal> apply_path(http_request& request, std::string_view raw) {
    auto path = decode(raw);
    const auto control = [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; };
    if (!path || std::ranges::count(*path, '/') != std::ranges::count(raw, '/') ||
        std::ranges::any_of(*path, control)) {
        return bad_target;
    }
    // "." and ".." name nothing here, and nobody further in shall ever have to think of them.
    for (std::size_t at = 0; at < path->size();) {
        const auto end = std::min(path->find('/', at + 1), path->size());
        const auto segment = std::string_view(*path).substr(at, end - at);
        if (segment == "/." || segment == "/..")
            return http_refusal{404, "there is nothing at this address.", {}};
        at = end;
    }
    request.path = std::move(*path);
    return std::nullopt;
}

// application/x-www-form-urlencoded, as browsers send it.
std::optional<http_refusal> apply_query(http_request& request, std::string_view raw) {
    request.query = raw;
    while (!raw.empty()) {
        const auto pair = raw.substr(0, raw.find('&'));
        raw.remove_prefix(std::min(raw.size(), pair.size() + 1));
        if (pair.empty()) continue;
        std::string plain(pair);
        std::ranges::replace(plain, '+', ' ');
        const auto equals = std::min(plain.find('='), plain.size());
        auto key = decode(std::string_view(plain).substr(0, equals));
        auto value = decode(std::string_view(plain).substr(std::min(equals + 1, plain.size())));
        if (!key || !value) return bad_target;
        request.parameters.emplace_back(std::move(*key), std::move(*value));
    }
    std::vector<std::string_view> keys;
    for (const auto& one : request.parameters) keys.emplace_back(one.first);
    std::ranges::sort(keys);
    if (std::ranges::adjacent_find(keys) != keys.end()) {
        return http_refusal{400, "a key of the query is there twice.", {}};
    }
    return std::nullopt;
}

// RFC 3986 §3.2 without user information: "name", "192.0.2.1", "[2001:db8::1]", each with or without ":port".
bool is_authority(std::string_view text) {
    std::string_view host;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos || !ip_address::parse(text.substr(1, end - 1))) return false;
        host = text.substr(0, end + 1);
    } else {
        host = text.substr(0, text.find(':'));
        const auto fits = [](char c) {
            return is_alphanumeric(c) ||
                   std::string_view("-._~!$&'()*+,;=%").find(c) != std::string_view::npos;
        };
        if (host.empty() || !std::ranges::all_of(host, fits)) return false;
    }
    const auto port = text.substr(host.size());
    return port.empty() ||
           (port.starts_with(':') && port.size() <= 6 && std::ranges::all_of(port.substr(1), is_digit));
}

std::size_t count(const http_request& request, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::count(request.fields, name, &http_field::name));
}

bool has_element(const http_request& request, std::string_view name, std::string_view wanted) noexcept {
    return std::ranges::any_of(request.fields, [&](const http_field& field) {
        return field.name == name && has_list_element(field.value, wanted);
    });
}

std::optional<http_refusal> check_body_fields(const http_request& request) {
    const auto length = request.field("content-length");
    const auto encoding = request.field("transfer-encoding");
    if (encoding) {
        if (length) return http_refusal{400, "Content-Length and Transfer-Encoding exclude each other.", {}};
        // RFC 9112 §6.1: from HTTP/1.0 the framing is faulty, whatever it says.
        if (request.version_minor == 0) return http_refusal{400, "HTTP/1.0 has no Transfer-Encoding.", {}};
        if (!equals_ignoring_case(*encoding, "chunked")) {
            return http_refusal{501, "chunked is the only Transfer-Encoding here.", {}};
        }
    }
    if (length && (length->empty() || !std::ranges::all_of(*length, is_digit))) {
        return http_refusal{400, "Content-Length must be a number.", {}};
    }
    return std::nullopt;
}

// 16 random bytes in base64: RFC 6455 §4.1.
bool is_websocket_key(std::string_view key) {
    const auto fits = [](char c) { return is_alphanumeric(c) || c == '+' || c == '/'; };
    return key.size() == 24 && key.ends_with("==") && std::ranges::all_of(key.substr(0, 22), fits);
}

enum class controls : bool { refused, allowed };

bool is_utf8_with(std::string_view text, controls control_characters) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        const auto first = static_cast<unsigned char>(text[at]);
        // How many bytes follow, and the smallest code point that needs so many.
        struct form {
            std::size_t follow;
            std::uint32_t least;
        };
        const auto [follow, least] = first < 0x80   ? form{0, 0}
                                     : first < 0xC0 ? form{4, 0}  // cannot begin a character
                                     : first < 0xE0 ? form{1, 0x80}
                                     : first < 0xF0 ? form{2, 0x800}
                                     : first < 0xF8 ? form{3, 0x10000}
                                                    : form{4, 0};
        if (follow == 4 || text.size() - at <= follow) return false;
        auto point = std::uint32_t{first} & (follow == 0 ? 0x7FU : 0x3FU >> follow);
        for (std::size_t i = 1; i <= follow; ++i) {
            const auto next = static_cast<unsigned char>(text[at + i]);
            if ((next & 0xC0U) != 0x80U) return false;
            point = point << 6U | (next & 0x3FU);
        }
        const auto surrogate = point >= 0xD800 && point <= 0xDFFF;
        const auto control = point < 0x20 || (point >= 0x7F && point < 0xA0);
        if (point < least || point > 0x10FFFF || surrogate) return false;
        if (control && control_characters == controls::refused) return false;
        at += follow + 1;
    }
    return true;
}

}  // namespace

std::optional<http_refusal> apply_target(http_request& request) {
    std::string_view rest = request.target;
    if (rest == "*") {
        if (request.method != "OPTIONS") return http_refusal{400, R"("*" is for OPTIONS only.)", {}};
        request.path = "*";
        return std::nullopt;
    }
    if (rest.find('#') != std::string_view::npos) return bad_target;
    if (const auto scheme = rest.substr(0, rest.find("://"));
        !rest.starts_with('/') && scheme.size() < rest.size()) {
        if (!equals_ignoring_case(scheme, "http") && !equals_ignoring_case(scheme, "https"))
            return bad_target;
        rest.remove_prefix(scheme.size() + 3);
        const auto authority = rest.substr(0, rest.find_first_of("/?"));
        if (!is_authority(authority)) return bad_target;
        rest.remove_prefix(authority.size());
    } else if (!rest.starts_with('/')) {
        return bad_target;
    }
    const auto raw_path = rest.substr(0, rest.find('?'));
    if (auto why = apply_path(request, raw_path.empty() ? "/" : raw_path)) return why;
    return apply_query(request, rest.substr(std::min(rest.size(), raw_path.size() + 1)));
}

std::optional<http_refusal> check_fields(http_request& request) {
    for (const auto& field : request.fields) {
        if (!is_token(field.name)) return http_refusal{400, "a header field's name is malformed.", {}};
    }
    for (const auto& name : single_fields) {
        if (count(request, name) > 1) {
            return http_refusal{400, "a header field that can be given only once is there twice.", {}};
        }
    }
    const auto host = request.field("host");
    if (!host && request.version_minor == 1) return http_refusal{400, "Host is missing.", {}};
    if (host && !is_authority(*host)) return http_refusal{400, "Host is malformed.", {}};
    if (auto why = check_body_fields(request)) return why;

    if (const auto expect = request.field("expect")) {
        if (!equals_ignoring_case(*expect, "100-continue")) {
            return http_refusal{417, "100-continue is the only expectation here.", {}};
        }
        request.expects_continue = request.version_minor == 1;
    }
    return std::nullopt;
}

bool is_clean_utf8(std::string_view text) noexcept {
    return is_utf8_with(text, controls::refused);
}

bool is_utf8(std::string_view text) noexcept {
    return is_utf8_with(text, controls::allowed);
}

bool wants_websocket(const http_request& request) noexcept {
    return has_element(request, "upgrade", "websocket");
}

http_response websocket_required(std::string_view sentence) {
    auto answer = http_response::plain(426, sentence);
    answer.fields.emplace_back("Upgrade", "websocket");
    answer.fields.emplace_back("Connection", "Upgrade");
    answer.fields.emplace_back("Sec-WebSocket-Version", "13");
    return answer;
}

std::optional<http_response> check_websocket(const http_request& request) {
    if (request.method != "GET" || request.version_minor != 1 ||
        !has_element(request, "connection", "upgrade")) {
        return http_response::plain(400, "a WebSocket begins with GET, HTTP/1.1 and Connection: Upgrade.");
    }
    if (request.field("sec-websocket-version") != "13") {
        return websocket_required("this server speaks version 13 of WebSocket.");
    }
    const auto key = request.field("sec-websocket-key");
    if (!key || !is_websocket_key(*key))
        return http_response::plain(400, "Sec-WebSocket-Key is missing or malformed.");
    return std::nullopt;
}

}  // namespace conf::net
