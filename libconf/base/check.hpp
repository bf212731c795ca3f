/// Stops the program at a bug of ours; a peer's bad input is never checked this way.
#pragma once

#include <source_location>

namespace conf {

/// Called with the place of a failed `check` before the process aborts; an embedder may log or dump there.
using check_handler = void (*)(const std::source_location& where) noexcept;

/// Installs `handler` (none by default) and returns the one before. Thread: any, but meant for start-up.
check_handler set_check_handler(check_handler handler) noexcept;

[[noreturn]] void check_failed(const std::source_location& where) noexcept;

/// Stays on in release builds: a wrong relay is worse than a stopped one.
inline void check(bool holds, const std::source_location& where = std::source_location::current()) noexcept {
    if (!holds) [[unlikely]]
        check_failed(where);
}

}  // namespace conf
