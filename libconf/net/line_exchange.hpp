/// One question, a line, to a program that is started for it or to a Unix socket; answers come back as lines.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace conf::net {

class event_loop;

/// Who is asked. Exactly one of the two.
struct line_target {
    std::string program;  ///< an absolute path, started without arguments and environment but PATH
    std::string socket;   ///< path of a stream socket
};

/// A longer line ends the exchange.
inline constexpr std::size_t exchange_line_bytes_max = 256 * 1024;

/// The other end sees the end of its input when this is destroyed, and is expected to leave; a program that
/// has not after three seconds is killed, at once when the loop is going away. What it started has to end
/// with it.
///
/// Belongs to the loop. Callbacks never come from within a call, and none comes after the destructor.
class line_exchange {
public:
    struct callbacks {
        std::function<void(std::string_view line)> on_line;
        /// Behind the last line, once: the other end is gone, or was never there.
        std::function<void()> on_end;
    };
    line_exchange(event_loop& loop, const line_target& target, std::string question, callbacks call);
    ~line_exchange();
    line_exchange(const line_exchange&) = delete;
    line_exchange& operator=(const line_exchange&) = delete;

private:
    struct impl;
    std::shared_ptr<impl> impl_;
};

}  // namespace conf::net
