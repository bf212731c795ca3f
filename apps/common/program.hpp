/// A server program from its first argument to its exit status.
#pragma once

#include <conf/log.hpp>
#include <conf/server.hpp>

#include <functional>
#include <string>

namespace conf::apps {

struct program {
    std::string name;         // "conf-turn"; decides the defaults too
    std::string purpose;      // one sentence for --help
    bool keeps_data = false;  // whether data.path must be writable even without a control socket in it

    /// Adds to the options of a configuration what only the program knows; called again for each reload. May
    /// be empty.
    std::function<void(server_options&, const log_sink&)> complete{};
};

/// Reads flags and configuration, serves until a signal ends it, reloads on the way. Owns the process's
/// signals.
/// @return an `exit_code`.
[[nodiscard]] int run(int argc, char** argv, const program& of);

}  // namespace conf::apps
