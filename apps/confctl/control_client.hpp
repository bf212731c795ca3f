/// Asks a running server over its control socket.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace conf::apps {

inline constexpr std::size_t answer_bytes_max = 1U << 20U;
inline constexpr std::chrono::seconds answer_limit{5};  // for each piece of an answer

struct control_answer {
    std::string text;     // one line, without its end
    std::string failure;  // why there is none, and what to do; empty: there is one
};

/// Sends `request` as one line to the socket at `path` and waits for the one line that answers it.
[[nodiscard]] control_answer ask_server(const std::string& path, std::string_view request);

}  // namespace conf::apps
