/// What WebSockets count.
#pragma once

#include "libconf/metrics/instruments.hpp"
#include "libconf/metrics/text_writer.hpp"
#include "libconf/net/websocket_limits.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace conf::net {

/// Written on the server's loop, read by any thread.
class websocket_stats {
public:
    void hit(websocket_limit limit) noexcept { limit_hits_[static_cast<std::size_t>(limit)].add(); }
    [[nodiscard]] std::uint64_t hits(websocket_limit limit) const noexcept {
        return limit_hits_[static_cast<std::size_t>(limit)].value();
    }
    /// Codes of the registry are counted one by one, an application's own (3000 to 4999) together.
    void ended(std::uint16_t code) noexcept { ended_[place_of(code)].add(); }
    [[nodiscard]] std::uint64_t ends(std::uint16_t code) const noexcept {
        return ended_[place_of(code)].value();
    }

    metrics::gauge connections;  ///< open now
    metrics::counter messages_received;
    metrics::counter messages_sent;
    metrics::counter handler_exceptions;  ///< closed with 1011

    /// Appends conf_websocket_…
    void write(metrics::text_writer& writer) const;

private:
    static constexpr std::uint16_t code_first = 1000;
    static constexpr std::size_t code_count = 17;  // the last one is for all others

    static constexpr std::size_t place_of(std::uint16_t code) noexcept {
        return code >= code_first && code < code_first + code_count - 1 ? std::size_t{code} - code_first
                                                                        : code_count - 1;
    }

    std::array<metrics::counter, websocket_limit_count> limit_hits_;
    std::array<metrics::counter, code_count> ended_;
};

}  // namespace conf::net
