/// The sandbox of the tools: bubblewrap with everything taken away but the system's programs, one input, one
/// folder.
#pragma once

#include "libconf/convert/child.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace conf::convert {

/// What a tool gets. It sees `/usr` and the fonts, read-only; `/tmp` of its own in memory; no network, no
/// other process, no environment, no privilege (SEC-DOC-1).
struct sandbox_rules {
    /// A file of ours, and the name under which it stands in `/in`.
    std::vector<std::pair<std::string, std::string>> inputs{};
    std::string
        out{};  ///< a folder of ours, `/out` inside: the only place that a tool can write to and we read
    std::uint64_t memory_bytes = 1'000'000'000;
    std::chrono::milliseconds time{60'000};
    int cancel = -1;
};

/// The whole command line; `seccomp` is the number of the descriptor with the filter, -1: none.
[[nodiscard]] std::vector<std::string> sandbox_command(const sandbox_rules& rules,
                                                       const std::vector<std::string>& tool, int seccomp);

[[nodiscard]] child_end run_in_sandbox(const sandbox_rules& rules, const std::vector<std::string>& tool);

inline constexpr const char* bubblewrap = "/usr/bin/bwrap";

/// Empty where the sandbox works, else why not, for the operator. Nothing ever runs without it.
[[nodiscard]] std::string sandbox_problem();

}  // namespace conf::convert
