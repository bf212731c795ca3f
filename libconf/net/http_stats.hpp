/// What the HTTP server counts.
#pragma once

#include "libconf/metrics/instruments.hpp"
#include "libconf/metrics/text_writer.hpp"
#include "libconf/net/http_limits.hpp"
#include "libconf/net/websocket_stats.hpp"

#include <array>
#include <cstddef>

namespace conf::net {

/// Written on the server's loop, read by any thread.
class http_stats {
public:
    void answered(int status) noexcept;
    void hit(http_limit limit) noexcept { limit_hits_[static_cast<std::size_t>(limit)].add(); }

    [[nodiscard]] std::uint64_t answers(int status) const noexcept;
    [[nodiscard]] std::uint64_t hits(http_limit limit) const noexcept {
        return limit_hits_[static_cast<std::size_t>(limit)].value();
    }

    metrics::gauge connections;           ///< open now
    metrics::counter connections_total;   ///< accepted and served
    metrics::counter handshakes_failed;   ///< TLS handshakes that ended in an error
    metrics::counter accepts_failed;      ///< no descriptors left, for example
    metrics::counter handler_exceptions;  ///< answered with 500
    metrics::histogram<9> request_seconds{{0.001, 0.0025, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0}};
    websocket_stats websockets;

    /// Appends conf_http_… and conf_websocket_…
    void write(metrics::text_writer& writer) const;

private:
    static constexpr int status_first = 100;
    static constexpr std::size_t status_count = 500;

    std::array<metrics::counter, status_count> answers_;  // by status - 100
    std::array<metrics::counter, http_limit_count> limit_hits_;
};

}  // namespace conf::net
