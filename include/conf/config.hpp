/// The configuration file of the reference programs, for programs of your own.
#pragma once

#include <conf/export.hpp>
#include <conf/log.hpp>
#include <conf/result.hpp>
#include <conf/server.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace conf::inline v0 {

/// One thing that is wrong in a configuration.
struct config_problem {
    std::string file;     ///< the file's name as it was given, or "--set"
    int line = 0;         ///< from 1; 0 where there is none
    int column = 0;       ///< from 1, in characters; 0 where there is none
    std::string key;      ///< dotted, "turn.threads"; empty where the text is not TOML
    std::string value;    ///< as TOML, cut to a line; empty where there is none or it is a secret
    std::string message;  ///< what is allowed, or the nearest known key where the key is unknown

    /// For a person: "conf.toml:3:11: turn.threads = 99: expected an integer from 1 to 64".
    [[nodiscard]] CONF_EXPORT std::string to_string() const;
};

/// How a program writes its log.
enum class log_format : std::uint8_t {
    text,  ///< time level name message key=value
    json,  ///< one object a line
};

/// What a program does with the events of its `log_sink`.
struct log_options {
    log_level level = log_level::info;
    log_format format = log_format::text;
    bool client_addresses = false;
};

/// A key whose value is not what it was.
struct config_change {
    std::string key;
    bool needs_restart = false;
};

/// A checked configuration: defaults, then the file, then the overrides.
///
/// Immutable after construction; any thread. Copies share their content.
class CONF_EXPORT configuration {
public:
    /// Reads and checks everything, and reports every problem at once, not only the first. Starts and creates
    /// nothing.
    ///
    /// @param file       a TOML file of at most 1 MiB; empty: defaults only. Relative paths in it start at
    /// its folder.
    /// @param overrides  "section.key=value" each; the value is TOML, a bare word counts as a string. The
    /// last one wins.
    /// @param program    the program's name: defaults differ where programs do, "conf-turn" is for a relay
    /// alone, any
    ///                   other name for a whole server.
    /// @param problems   replaced; in the order of the file where the result is an error, else empty.
    /// @return `config_errc::unreadable` or `config_errc::invalid`.
    static result<configuration> load(const std::string& file, const std::vector<std::string>& overrides,
                                      std::string_view program, std::vector<config_problem>& problems);

    configuration(configuration&&) noexcept;
    configuration& operator=(configuration&&) noexcept;
    configuration(const configuration&);
    configuration& operator=(const configuration&);
    ~configuration();

    /// What `server::create` and `server::apply` take. Paths are absolute, no log sink is set.
    [[nodiscard]] server_options options() const;

    [[nodiscard]] log_options log() const;

    /// The folder for everything that must survive a restart. `load` does not create it.
    [[nodiscard]] std::string data_path() const;

    /// Keys whose values differ from those in `before`, in the order of the reference.
    [[nodiscard]] std::vector<config_change> changes_since(const configuration& before) const;

    /// Things that are legal and still deserve a word: a secret on the command line, an open peer policy.
    [[nodiscard]] std::vector<std::string> warnings() const;

    /// Files that the configuration names and that should be watched: itself, certificate, key.
    [[nodiscard]] std::vector<std::string> files() const;

    /// Every key with its default and a sentence, as a TOML file that can be used as it is. For "conf-turn" a
    /// fresh random secret is part of it, since a relay without one has no users.
    [[nodiscard]] static std::string reference(std::string_view program);

    /// What `key` means, its type, default, limits, and whether it changes without a restart. For a section
    /// ("turn"), its keys with a line each.
    /// @return `config_errc::unknown_key` with the nearest known key as context.
    [[nodiscard]] static result<std::string> explain(std::string_view key);

    /// All known keys, in the order of the reference.
    [[nodiscard]] static std::vector<std::string> keys();

    /// Whether an override ("turn.users.ada=…") carries a secret that a program should blank in its own
    /// arguments.
    [[nodiscard]] static bool carries_secret(std::string_view setting);

    struct impl;

private:
    explicit configuration(std::shared_ptr<const impl> made);
    std::shared_ptr<const impl> impl_;
};

enum class config_errc {
    unreadable = 1,  ///< the file cannot be read
    invalid,         ///< see the list of problems
    unknown_key,     ///< there is no such key
};

[[nodiscard]] CONF_EXPORT const std::error_category& config_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(config_errc code) noexcept {
    return {static_cast<int>(code), config_category()};
}

}  // namespace conf::inline v0

template <>
struct std::is_error_code_enum<conf::config_errc> : std::true_type {};
