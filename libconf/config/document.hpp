/// A TOML text as plain values with their places, so that nothing else has to know the TOML library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace conf::config {

/// From 1; 0 where there is none.
struct position {
    int line = 0;
    int column = 0;
};

struct node;

struct node_list {
    std::vector<node> items;
};

struct node_table {
    std::vector<node> items;  // each with its key
};

/// A TOML value that no key of ours can have: a date, a time, a number with a fraction.
struct other_value {
    std::string text;
};

struct node {
    std::string key;  // empty in a list
    position key_at;
    position value_at;
    std::variant<other_value, bool, std::int64_t, std::string, node_list, node_table> value;
};

struct syntax_error {
    position at;
    std::string message;  // never quotes a value: it may be a secret
};

/// Reads a whole file, or the one error at which reading had to stop.
[[nodiscard]] std::variant<node_table, syntax_error> parse_document(std::string_view text);

/// Reads what stands behind "key =". The places in it are empty.
[[nodiscard]] std::variant<node, syntax_error> parse_value(std::string_view text);

/// The value as TOML on one line, cut to `limits::shown_value_bytes`.
[[nodiscard]] std::string shown(const node& value);

/// `text` as a TOML basic string with its quotes.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace conf::config
