/// The flags that every server program takes.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace conf::apps {

enum class exit_code : int {
    good = 0,
    failed = 1,   // while starting or running
    misused = 2,  // wrong flags or a wrong configuration
};

struct command_line {
    std::string config;            // empty: defaults
    std::vector<std::string> set;  // "section.key=value" each
    bool print_config = false;
    bool check_config = false;
};

/// Where the flags leave nothing to do: "--help" and "--version" were answered, or they are wrong and that
/// was said.
struct nothing_to_do {
    exit_code status;
};

[[nodiscard]] std::variant<command_line, nothing_to_do> parse_command_line(
    const std::vector<std::string>& arguments, const std::string& program, const std::string& purpose);

}  // namespace conf::apps
