#include "libconf/net/websocket.hpp"

#include "libconf/net/clock.hpp"

namespace conf::net {

bool websocket::send(const websocket_frame& message) const {
    const auto link = link_.lock();
    return link && link->send(message);
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

void websocket::set_frame_limit(std::uint32_t per_second, std::uint32_t burst) const {
    if (const auto link = link_.lock()) link->session().set_frame_limit(per_second, burst);
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
