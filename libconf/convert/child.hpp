/// A child process that is run to its end, with a limit of time and of what it may say.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace conf::convert {

struct child_limits {
    std::chrono::milliseconds time{60'000};
    std::size_t output_bytes_max =
        1024 * 1024;  ///< of standard output, and of standard error; the rest is dropped
    int cancel = -1;  ///< readable, or at its end: the child is killed
};

struct child_end {
    enum class kind { ended, too_slow, cancelled, not_started } how = kind::not_started;
    int status = -1;  ///< exit status, or 128 and the signal
    std::string out;
    std::string error;
};

/// A descriptor that the child gets under a number of its own.
struct passed_descriptor {
    int ours = -1;
    int theirs = -1;
};

/// Runs `command`, an absolute path and its arguments, with nothing of our environment and nothing to read.
/// The caller's thread waits. Kills the process group of the child whatever happens.
[[nodiscard]] child_end run_child(const std::vector<std::string>& command, const child_limits& within,
                                  const std::vector<passed_descriptor>& descriptors = {});

}  // namespace conf::convert
