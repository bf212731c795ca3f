#include <conf/ice.hpp>
#include <conf/turn.hpp>

#include "libconf/turn/credentials.hpp"

#include <fmt/format.h>

namespace conf::inline v0 {
namespace {

/// RFC 8259 §7: quotes, backslashes and control characters must be escaped; the rest may stand as it is.
void append_json_string(std::string& to, std::string_view text) {
    to += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            to += '\\';
            to += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            to += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            to += c;
        }
    }
    to += '"';
}

}  // namespace

std::string to_json(const std::vector<ice_server>& servers) {
    std::string out = "[";
    for (const auto& server : servers) {
        if (out.size() > 1) out += ',';
        out += "{\"urls\":[";
        for (std::size_t i = 0; i < server.urls.size(); ++i) {
            if (i > 0) out += ',';
            append_json_string(out, server.urls[i]);
        }
        out += ']';
        if (!server.username.empty()) {
            out += ",\"username\":";
            append_json_string(out, server.username);
            out += ",\"credential\":";
            append_json_string(out, server.credential);
        }
        out += '}';
    }
    return out + "]";
}

turn_credential make_turn_credential(std::string_view secret, std::string_view user,
                                     std::chrono::sys_seconds expires) {
    auto username = fmt::format("{}:{}", expires.time_since_epoch().count(), user);
    auto password = turn::rest_password(secret, username);
    return {.username = std::move(username), .password = std::move(password), .expires = expires};
}

std::vector<ice_server> make_ice_servers(const turn_options& options, const std::vector<std::string>& urls,
                                         std::string_view user, std::chrono::sys_seconds expires) {
    if (options.secrets.empty()) return {};
    auto credential = make_turn_credential(options.secrets.front(), user, expires);
    return {{.urls = urls,
             .username = std::move(credential.username),
             .credential = std::move(credential.password)}};
}

}  // namespace conf::inline v0
