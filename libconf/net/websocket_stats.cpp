#include "libconf/net/websocket_stats.hpp"

#include <string>

namespace conf::net {

void websocket_stats::write(metrics::text_writer& writer) const {
    using enum metrics::kind;
    writer.family("conf_websocket_connections", gauge, "WebSockets that are open.");
    writer.sample(connections.value());
    writer.family("conf_websocket_messages_total", counter, "Whole messages, by direction.");
    writer.sample(messages_received.value(), {{"direction", "in"}});
    writer.sample(messages_sent.value(), {{"direction", "out"}});
    writer.family("conf_websocket_ended_total", counter, "WebSockets that ended, by close code.");
    for (std::size_t at = 0; at < code_count; ++at) {
        // 1000 is there from the start, so that a rate has something to begin with.
        if (ended_[at].value() == 0 && at != 0) continue;
        writer.sample(ended_[at].value(),
                      {{"code", at + 1 < code_count ? std::to_string(code_first + at) : "other"}});
    }
    writer.family("conf_websocket_handler_exceptions_total", counter, "WebSockets whose handler failed.");
    writer.sample(handler_exceptions.value());
    writer.family("conf_websocket_limit_hits_total", counter, "How often a peer met a limit, by its name.");
    for (std::size_t at = 0; at < websocket_limit_count; ++at) {
        writer.sample(limit_hits_[at].value(), {{"limit", to_string(static_cast<websocket_limit>(at))}});
    }
}

}  // namespace conf::net
