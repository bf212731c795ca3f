/// Writes events to standard output without ever making a relay thread wait.
#pragma once

#include "common/event_limit.hpp"

#include <conf/config.hpp>
#include <conf/log.hpp>

#include <memory>

namespace conf::apps {

/// Thread-safe. Lines are written by a thread of its own; where standard output does not keep up, the oldest
/// are lost. Destroying it writes what is left.
class logger {
public:
    explicit logger(log_options options);
    ~logger();
    logger(const logger&) = delete;
    logger& operator=(const logger&) = delete;

    void set(log_options options);

    /// For events of the program itself: not limited in number.
    void write(const log_event& event);

    /// For the library: limited by `event_limit`. Must not be called after the logger is gone.
    [[nodiscard]] log_sink sink();

    /// Writes the counts of what was held back. Call about once a second.
    void tick();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace conf::apps
