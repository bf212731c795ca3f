/// Every bound of a WebSocket, by name.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace conf::net {

/// Plain data; each route has its own.
struct websocket_limits {
    std::size_t message_bytes = 16 * 1024;  ///< a whole message: 1009. A handler may raise it for one socket
    std::size_t fragments = 1024;  ///< frames of one message: 1008, else empty ones could go on for ever
    /// Frames of any kind, on average and at once. Who sends more is read more slowly; nothing is dropped.
    std::uint32_t frames_per_second = 50;
    std::uint32_t frames_burst = 200;
    std::size_t send_queue_bytes = 4 * 1024 * 1024;    ///< what waits to be sent: 1013
    std::chrono::milliseconds send_queue_time{5'000};  ///< how long it may wait: 1013
    std::chrono::milliseconds ping_interval{15'000};
    std::chrono::milliseconds silence{45'000};    ///< nothing came, not even a pong: ended without a word
    std::chrono::milliseconds close_time{5'000};  ///< for the other side's half of the closing handshake
};

/// Names the limits in `conf_websocket_limit_hits_total{limit="…"}`.
enum class websocket_limit : std::uint8_t {
    message_bytes,
    fragments,
    frame_rate,
    send_queue_bytes,
    send_queue_time,
    silence,
    close_time,
};
inline constexpr std::size_t websocket_limit_count = 7;

[[nodiscard]] constexpr std::string_view to_string(websocket_limit limit) noexcept {
    constexpr std::string_view names[websocket_limit_count] = {
        "message_bytes",   "fragments", "frame_rate", "send_queue_bytes",
        "send_queue_time", "silence",   "close_time",
    };
    return names[static_cast<std::size_t>(limit)];
}

/// RFC 6455 §7.4.1 and the registry that it began.
namespace close_code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t no_status = 1005;  ///< never sent: the Close frame was empty
inline constexpr std::uint16_t abnormal = 1006;   ///< never sent: the connection ended without a Close frame
inline constexpr std::uint16_t invalid_data = 1007;
inline constexpr std::uint16_t policy = 1008;
inline constexpr std::uint16_t too_big = 1009;
inline constexpr std::uint16_t internal_error = 1011;
inline constexpr std::uint16_t try_later = 1013;
}  // namespace close_code

}  // namespace conf::net
