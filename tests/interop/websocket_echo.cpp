// A WebSocket server for clients of others: /echo says everything back, /close closes with 4001, /ticks sends
// a message for each number up to the one that is asked for. Prints "listening PORT".
//
// usage: interop_websocket [CERTIFICATE KEY]
#include "libconf/net/event_loop.hpp"
#include "libconf/net/http_router.hpp"
#include "libconf/net/http_server.hpp"
#include "libconf/net/tls_context.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace net = conf::net;

namespace {

net::websocket_callbacks echo(const net::http_request&, const net::websocket& socket) {
    return {[socket](const net::websocket_message& message) {
                if (message.kind == net::websocket_kind::text) {
                    socket.send_text(message.data);
                } else {
                    socket.send_binary(conf::as_bytes(message.data));
                }
            },
            {}};
}

net::websocket_callbacks close_at_once(const net::http_request&, const net::websocket& socket) {
    socket.close(4001, "as you wish");
    return {};
}

net::websocket_callbacks ticks(const net::http_request&, const net::websocket& socket) {
    return {[socket](const net::websocket_message& message) {
                const auto count = std::strtol(message.data.c_str(), nullptr, 10);
                for (long i = 0; i < count; ++i) socket.send_text(std::to_string(i));
            },
            {}};
}

}  // namespace

int main(int count, char** words) {
    sigset_t end;
    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    sigprocmask(SIG_BLOCK, &end, nullptr);

    std::shared_ptr<net::tls_context> tls;
    if (count == 3) {
        tls = net::tls_context::load({{words[1], words[2]}, net::tls_transport::stream, {"http/1.1"}, {}})
                  .value();
    }
    net::event_loop loop;
    net::http_server server(loop, {});
    auto routes = std::make_shared<net::http_router>();
    net::websocket_rules rules;
    rules.subprotocols = {"echo.example"};
    rules.limits.message_bytes = 1 << 20;
    rules.limits.frames_per_second = 0;
    routes->websocket("/echo", echo, rules);
    routes->websocket("/close", close_at_once, rules);
    routes->websocket("/ticks", ticks, rules);
    const auto at = server.listen({conf::ip_address::v4(0x7F000001), 0}, routes, tls).value();
    loop.start();
    std::printf("listening %u\n", unsigned{at.port});
    std::fflush(stdout);
    int which = 0;
    sigwait(&end, &which);
    loop.stop();
    return 0;
}
