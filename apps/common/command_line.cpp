#include "common/command_line.hpp"

#include <conf/version.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>

namespace conf::apps {

std::variant<command_line, nothing_to_do> parse_command_line(const std::vector<std::string>& arguments,
                                                             const std::string& program,
                                                             const std::string& purpose) {
    command_line made;
    CLI::App flags(purpose, program);
    flags.set_version_flag("--version", program + " " + std::string(version()));
    flags.add_option("--config", made.config, "Read this TOML file, and again when it changes or at SIGHUP")
        ->type_name("FILE");
    flags
        .add_option("--set", made.set,
                    "Set one key, over the file; the value is TOML or a bare word. Repeatable")
        ->type_name("SECTION.KEY=VALUE")
        ->expected(1)
        ->take_all()
        ->allow_extra_args(false);
    flags.add_flag("--print-config", made.print_config,
                   "Write every key with its default and what it means, and leave");
    flags.add_flag("--check-config", made.check_config,
                   "Say what is wrong with the configuration, and leave");
    flags.footer(
        "SIGTERM and SIGINT let the last clients finish; the second one ends at once. SIGHUP reads the "
        "configuration again.\nExit status: 0 good, 1 failed, 2 wrong flags or configuration.");
    // CLI11 takes the words from the back.
    std::vector<std::string> words(arguments.rbegin(), arguments.rend() - (arguments.empty() ? 0 : 1));
    try {
        flags.parse(std::move(words));
    } catch (const CLI::ParseError& stopped) {
        const auto status = flags.exit(stopped);
        return nothing_to_do{status == 0 ? exit_code::good : exit_code::misused};
    }
    return made;
}

}  // namespace conf::apps
