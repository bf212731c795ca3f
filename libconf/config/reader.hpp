/// Turns TOML into settings by the table of keys, and collects everything that is wrong on the way.
#pragma once

#include "libconf/config/document.hpp"
#include "libconf/config/keys.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace conf::config {

/// Defaults first, then a file, then overrides, then `finish`. Belongs to its caller.
class reader {
public:
    explicit reader(std::string_view program);

    /// `name` appears in problems; relative paths in the file start at `folder`.
    void read_file(const std::string& name, const std::string& folder, std::string_view text);
    void read_override(std::string_view setting);

    /// Looks at what several keys must agree on, and puts the problems in order.
    void finish();

    [[nodiscard]] const settings& values() const { return values_; }
    [[nodiscard]] const std::vector<config_problem>& problems() const { return problems_; }
    [[nodiscard]] bool secret_on_command_line() const { return secret_on_command_line_; }
    [[nodiscard]] bool secret_in_file() const { return secret_in_file_; }

private:
    struct origin {
        std::string file;
        position at;
    };

    void walk(const std::string& prefix, const node_table& table);
    void walk_one(const std::string& name, const node& item);
    void assign(const key& to, const node& from);
    void take(const key& to, const boolean_kind& kind, const node& from);
    void take(const key& to, const tristate_kind& kind, const node& from);
    void take(const key& to, const integer_kind& kind, const node& from);
    void take(const key& to, const choice_kind& kind, const node& from);
    void take(const key& to, const duration_kind& kind, const node& from);
    void take(const key& to, const text_kind& kind, const node& from);
    void take(const key& to, const list_kind& kind, const node& from);
    void take(const key& to, const table_kind& kind, const node& from);
    void take(const key& to, const path_kind& kind, const node& from);

    void expected(const key& to, const node& from);
    void wrong(const key& to, const node& from, std::string message);
    void disagree(std::string_view name, std::string message);
    void unknown(const std::string& name, const node& item);

    std::string program_;
    settings values_;
    std::vector<config_problem> problems_;
    std::map<std::string, origin, std::less<>>
        origins_;                // where a key got its value, unless it is the default
    std::string config_file_;    // empty where there is none
    std::string file_;           // of what is being read: the same, or "--set"
    std::string folder_;         // where its relative paths start
    bool merge_tables_ = false;  // an override of one entry keeps the others
    bool in_file_ = false;
    bool file_is_read_ = true;
    bool secret_on_command_line_ = false;
    bool secret_in_file_ = false;
};

/// An override cut in two at its first equals sign outside quotation marks.
struct setting_parts {
    std::string key;  // dotted, without spaces around it
    std::string value;
    bool has_value = false;
};
[[nodiscard]] setting_parts split_setting(std::string_view setting);

/// The key that an override is about, and the entry where it is one of a table ("ada" in "turn.users.ada").
struct setting_target {
    const key* to = nullptr;  // null: a section, or unknown
    std::string entry;
};
[[nodiscard]] setting_target find_target(std::string_view name);

/// What a command line means by `text` for `to`: TOML, or a bare word.
[[nodiscard]] std::variant<node, syntax_error> parse_setting(const key* to, std::string_view text);

}  // namespace conf::config
