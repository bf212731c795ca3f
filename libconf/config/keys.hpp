/// The table of keys: what there is, what it means, what is allowed. Reading, explaining, comparing and the
/// reference all follow it, so that a new key is one more entry.
#pragma once

#include <conf/config.hpp>

#include "libconf/config/checks.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace conf::config {

/// The values of all keys.
struct settings {
    server_options server;  // paths in it are absolute, except control.socket, which starts at data.path
    std::string data_path;  // empty: `default_data_path`
    log_options log;
};

/// How to get at the field of a key. Built by `at` in keys.cpp.
template <class T>
struct field {
    const T& (*read)(const settings&);
    T& (*write)(settings&);
};

struct boolean_kind {
    field<bool> at;
};

/// true, false, or "auto": what nobody said is decided from the rest.
struct tristate_kind {
    field<std::optional<bool>> at;
};

struct integer_kind {
    std::uint64_t min = 0;
    std::uint64_t max = 0;
    std::uint64_t (*read)(const settings&) = nullptr;
    void (*write)(settings&, std::uint64_t) = nullptr;
};

struct choice_kind {
    std::vector<std::string_view> names;  // in the order of the enumeration's values
    std::size_t (*read)(const settings&) = nullptr;
    void (*write)(settings&, std::size_t) = nullptr;
};

struct duration_kind {
    std::chrono::seconds max{};
    field<std::chrono::seconds> at;
};

struct text_kind {
    verdict (*check)(std::string_view);
    field<std::string> at;
};

/// A list of texts; one text alone counts as a list of one.
struct list_kind {
    std::size_t entries_max;
    verdict (*check)(std::string_view);
    field<std::vector<std::string>> at;
    std::string (*tidy)(std::string_view) = nullptr;
    verdict (*check_all)(const std::vector<std::string>&) = nullptr;
};

/// Names to texts.
struct table_kind {
    std::size_t entries_max;
    verdict (*check_name)(std::string_view);
    verdict (*check)(std::string_view);
    field<std::map<std::string, std::string>> at;
};

enum class path_use : std::uint8_t {
    certificate,  // a PEM file that must be there
    private_key,  // the same
    folder,       // made by the program when it starts
    socket,       // made by the program, relative to data.path
};

struct path_kind {
    path_use use;
    field<std::string> at;
};

enum class takes_effect : std::uint8_t { at_once, after_restart };

struct key {
    std::string_view name;  // dotted
    std::variant<boolean_kind, tristate_kind, integer_kind, choice_kind, duration_kind, text_kind, list_kind,
                 table_kind, path_kind>
        kind;
    std::string_view allowed{};  // for a person; empty where the kind says all
    std::string_view sentence;   // what it is for, with the unit
    takes_effect when;
    std::string_view default_toml;
    std::string_view default_toml_turn{};  // for conf-turn where it differs, else empty
    bool secret = false;

    [[nodiscard]] std::string_view default_for(std::string_view program) const {
        return program == "conf-turn" && !default_toml_turn.empty() ? default_toml_turn : default_toml;
    }
};

/// In the order of the reference; keys of one section stand together. Immutable; any thread.
[[nodiscard]] const std::vector<key>& all_keys();

/// Null where there is none.
[[nodiscard]] const key* find_key(std::string_view name);

/// Whether keys stand below `name`: "turn", "turn.limits".
[[nodiscard]] bool is_section(std::string_view name);

[[nodiscard]] std::vector<std::string> key_names();

/// What is allowed: "an integer from 1 to 64".
[[nodiscard]] std::string allowed_values(const key& of);

/// The value of a key as TOML.
[[nodiscard]] std::string current_value(const key& of, const settings& from);

}  // namespace conf::config
