#include "libconf/net/websocket.hpp"

#include "libconf/net/clock.hpp"

namespace conf::net {

bool websocket::send(websocket_kind kind, bytes data) const {
    const auto link = link_.lock();
    if (!link || !link->session().open()) return false;
    const auto taken = link->session().send(kind, data, clock_now());
    link->wake();
    return taken;
}

void websocket::close(std::uint16_t code, std::string_view reason) const {
    const auto link = link_.lock();
    if (!link || !link->session().open()) return;
    link->session().close(code, reason, clock_now());
    link->wake();
}

void websocket::set_message_limit(std::size_t size) const {
    if (const auto link = link_.lock()) link->session().set_message_limit(size);
}

bool websocket::open() const {
    const auto link = link_.lock();
    return link && link->session().open();
}

std::size_t websocket::queued_bytes() const {
    const auto link = link_.lock();
    return link ? link->session().queued_bytes() : 0;
}

}  // namespace conf::net
