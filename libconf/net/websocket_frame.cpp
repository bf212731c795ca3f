#include "libconf/net/websocket_frame.hpp"

namespace conf::net {
namespace {

// RFC 6455 §5.2.
constexpr unsigned fin = 0x80;
constexpr unsigned text_opcode = 1;
constexpr unsigned binary_opcode = 2;
constexpr std::size_t short_bytes_max = 125;
constexpr std::size_t medium_bytes_max = 0xFFFF;
constexpr unsigned medium_follows = 126;
constexpr unsigned long_follows = 127;

void put(std::string& to, std::uint64_t value, int count) {
    while (count-- > 0) to += static_cast<char>(value >> (8 * count));
}

}  // namespace

websocket_frame::websocket_frame(websocket_kind kind, bytes data) {
    std::string made;
    made.reserve(data.size() + 10);
    put(made, fin | (kind == websocket_kind::text ? text_opcode : binary_opcode), 1);
    if (data.size() <= short_bytes_max) {
        put(made, data.size(), 1);
    } else if (data.size() <= medium_bytes_max) {
        put(made, medium_follows, 1);
        put(made, data.size(), 2);
    } else {
        put(made, long_follows, 1);
        put(made, data.size(), 8);
    }
    made += as_text(data);
    bytes_ = std::make_shared<const std::string>(std::move(made));
}

}  // namespace conf::net
