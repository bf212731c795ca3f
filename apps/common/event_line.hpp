/// An event as one line of a log that no text from outside can break.
#pragma once

#include <conf/config.hpp>
#include <conf/log.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace conf::apps {

inline constexpr std::size_t logged_text_bytes = 256;  // of a message or a value; the rest is cut

/// "2026-11-22T13:45:00.123Z info turn.started the relay is up threads=1", or the same as a JSON object. Line
/// ends, control characters and those that change the direction of writing are escaped. Without the line end.
[[nodiscard]] std::string event_line(const log_event& event, std::chrono::system_clock::time_point now,
                                     log_format format);

[[nodiscard]] std::string_view name_of(log_level level);

}  // namespace conf::apps
