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

http_response answer_websocket(const websocket_rules& rules, const http_request& request) {
    const auto origin = request.field("origin");
    if (origin && !is_origin_allowed(rules, *origin)) {
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
