#include "libconf/net/http_stats.hpp"

#include <string>

namespace conf::net {

void http_stats::answered(int status) noexcept {
    const auto at = static_cast<std::size_t>(status - status_first);
    if (at < status_count) answers_[at].add();
}

std::uint64_t http_stats::answers(int status) const noexcept {
    const auto at = static_cast<std::size_t>(status - status_first);
    return at < status_count ? answers_[at].value() : 0;
}

void http_stats::write(metrics::text_writer& writer) const {
    using enum metrics::kind;
    writer.family("conf_http_requests_total", counter, "Answers given, by status code.");
    for (std::size_t at = 0; at < status_count; ++at) {
        const auto status = status_first + static_cast<int>(at);
        // 200 is there from the start, so that a rate has something to begin with.
        if (answers_[at].value() == 0 && status != 200) continue;
        writer.sample(answers_[at].value(), {{"code", std::to_string(status)}});
    }
    writer.family("conf_http_request_seconds", metrics::kind::histogram,
                  "From the first byte of a request to its answer.");
    writer.histogram(request_seconds.bounds(), request_seconds.counts(), request_seconds.sum());
    writer.family("conf_http_connections", gauge, "Connections that are open.");
    writer.sample(connections.value());
    writer.family("conf_http_connections_total", counter, "Connections that were accepted.");
    writer.sample(connections_total.value());
    writer.family("conf_http_handshakes_failed_total", counter, "TLS handshakes that ended in an error.");
    writer.sample(handshakes_failed.value());
    writer.family("conf_http_accepts_failed_total", counter, "Connections that could not be accepted.");
    writer.sample(accepts_failed.value());
    writer.family("conf_http_handler_exceptions_total", counter, "Requests whose handler failed.");
    writer.sample(handler_exceptions.value());
    writer.family("conf_http_limit_hits_total", counter, "How often a client met a limit, by its name.");
    for (std::size_t at = 0; at < http_limit_count; ++at) {
        writer.sample(limit_hits_[at].value(), {{"limit", to_string(static_cast<http_limit>(at))}});
    }
    websockets.write(writer);
}

}  // namespace conf::net
