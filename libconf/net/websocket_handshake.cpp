#include "libconf/net/websocket_handshake.hpp"

#include "libconf/crypto/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace conf::net {
namespace {

bool offers(const http_request& request, std::string_view subprotocol) {
    return std::ranges::any_of(request.fields, [&](const http_field& field) {
        return field.name == "sec-websocket-protocol" && has_list_element(field.value, subprotocol);
    });
}

}  // namespace

std::string websocket_accept(std::string_view key) {
    // RFC 6455 §1.3: the key and a fixed text, hashed; it proves that a WebSocket server has read the
    // request.
    const auto text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<std::byte, 20> digest{};
    ::EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr,
                 ::EVP_sha1(), nullptr);
    return crypto::base64(digest);
}

bool is_origin_allowed(const websocket_rules& rules, std::string_view origin) noexcept {
    return origin != "null" && std::ranges::find(rules.origins, origin) != rules.origins.end();
}

bool is_own_page(const http_request& request, std::string_view origin) noexcept {
    const std::string_view scheme = request.secure ? "https://" : "http://";
    if (!origin.starts_with(scheme)) return false;
    const auto authority = origin.substr(scheme.size());
    if (request.field("host") != authority) return false;
    // Anybody's name can be made to lead here (DNS rebinding); an address says where it leads.
    const auto colon = authority.rfind(':');
    const bool has_port = colon != authority.npos && authority.find(']', colon) == authority.npos;
    auto host = has_port ? authority.substr(0, colon) : authority;
    if (host == "localhost") return true;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return ip_address::parse(host).has_value();
}

http_response answer_websocket(const websocket_rules& rules, const http_request& request) {
    const auto origin = request.field("origin");
    const bool own = origin && rules.is_own && rules.is_own(request, *origin);
    if (origin && !own && !is_origin_allowed(rules, *origin)) {
        return http_response::plain(403, "this page may not open a WebSocket here.");
    }
    if (rules.admit) {
        if (auto refused = rules.admit(request)) return std::move(*refused);
    }
    http_response made{101, {}, {}, {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}}};
    made.fields.emplace_back("Sec-WebSocket-Accept",
                             websocket_accept(request.field("sec-websocket-key").value_or("")));
    const auto chosen =
        std::ranges::find_if(rules.subprotocols, [&](const auto& one) { return offers(request, one); });
    if (chosen != rules.subprotocols.end()) made.fields.emplace_back("Sec-WebSocket-Protocol", *chosen);
    return made;
}

}  // namespace conf::net
