/// Keeps strangers from filling a disk: at most so many lines a second of each kind, then a count.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace conf::apps {

inline constexpr std::uint32_t logged_events_per_second = 10;  // of one name
inline constexpr std::size_t logged_event_names = 256;         // counted apart; more share one count

/// Belongs to its owner.
class event_limit {
public:
    using instant = std::chrono::steady_clock::time_point;

    /// Whether an event of this name may be logged now; counts it where not.
    [[nodiscard]] bool admit(std::string_view name, instant now);

    struct suppressed {
        std::string name;
        std::uint64_t count = 0;
    };
    /// What was not logged in seconds that are over. Each is told once.
    [[nodiscard]] std::vector<suppressed> take_suppressed(instant now);

private:
    struct window {
        instant begin{};
        std::uint32_t admitted = 0;
        std::uint64_t refused = 0;
    };
    std::map<std::string, window, std::less<>> windows_;
};

}  // namespace conf::apps
