/// Every bound of the HTTP server, by name.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace conf::net {

/// What one client, and all together, may take. Plain data; copied by each part that enforces some of it.
struct http_limits {
    // One message; enforced by http_request_parser.
    std::size_t head_bytes = 16 * 1024;         ///< request line, fields and the empty line: 431
    std::size_t target_bytes = 8 * 1024;        ///< the request target: 414
    std::size_t fields = 100;                   ///< header fields: 431
    std::size_t body_bytes = 10 * 1024 * 1024;  ///< the decoded body: 413. A route may allow less, not more
    /// A body that goes where it belongs as it comes, and is never held: 413. A route may allow less, not
    /// more.
    std::size_t upload_bytes = 1024 * 1024 * 1024;
    std::size_t unwanted_body_bytes =
        16 * 1024;                         ///< read and dropped where no handler takes it, else we close
    std::size_t chunk_line_bytes = 256;    ///< a chunk's size line with its extensions: 400
    std::size_t trailer_bytes = 4 * 1024;  ///< fields behind the last chunk, which nobody reads: 400

    // One connection; enforced by http_connection.
    std::chrono::milliseconds handshake_time{10'000};  ///< TLS, from the accept
    std::chrono::milliseconds head_time{10'000};    ///< a whole head, from its first byte or the accept: 408
    std::chrono::milliseconds idle_time{60'000};    ///< between requests of a connection that is kept
    std::chrono::milliseconds body_grace{10'000};   ///< a body may begin slowly for this long
    std::size_t body_bytes_per_second = 1024;       ///< and then must come at this rate, on average: 408
    std::chrono::milliseconds write_grace{10'000};  ///< the same for responses that are not taken
    std::size_t write_bytes_per_second = 1024;
    std::chrono::milliseconds reply_time{10'000};  ///< a handler that answers later: 503
    std::chrono::milliseconds linger_time{
        2'000};                              ///< for a client to take the last response before the close
    std::size_t linger_bytes = 1024 * 1024;  ///< what is read and thrown away meanwhile

    // All connections of a server; enforced by http_server.
    std::uint32_t connections_per_address = 256;  ///< of one IPv4 address or one IPv6 /64
    std::uint32_t connections = 8192;
};

/// Names the limits in `conf_http_limit_hits_total{limit="…"}`.
enum class http_limit : std::uint8_t {
    head_bytes,
    target_bytes,
    fields,
    body_bytes,
    chunk_line_bytes,
    trailer_bytes,
    handshake_time,
    head_time,
    idle_time,
    body_rate,
    write_rate,
    reply_time,
    connections_per_address,
    connections,
    session_requests,
    failed_lookups,
};
inline constexpr std::size_t http_limit_count = 16;

[[nodiscard]] constexpr std::string_view to_string(http_limit limit) noexcept {
    constexpr std::string_view names[http_limit_count] = {"head_bytes",
                                                          "target_bytes",
                                                          "fields",
                                                          "body_bytes",
                                                          "chunk_line_bytes",
                                                          "trailer_bytes",
                                                          "handshake_time",
                                                          "head_time",
                                                          "idle_time",
                                                          "body_rate",
                                                          "write_rate",
                                                          "reply_time",
                                                          "connections_per_address",
                                                          "connections",
                                                          "session_requests",
                                                          "failed_lookups"};
    return names[static_cast<std::size_t>(limit)];
}

}  // namespace conf::net
