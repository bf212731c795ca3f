// What stands behind --set. A shell has often eaten the quotation marks, so bare words are taken where texts
// are wanted.
#include "libconf/config/reader.hpp"

#include <algorithm>
#include <utility>

namespace conf::config {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

node text_node(std::string_view text) {
    node made;
    made.value = std::string(text);
    return made;
}

bool wants_text(const key& to) {
    return !std::holds_alternative<boolean_kind>(to.kind) &&
           !std::holds_alternative<tristate_kind>(to.kind) && !std::holds_alternative<integer_kind>(to.kind);
}

bool wants_list(const key& to) {
    return std::holds_alternative<list_kind>(to.kind);
}

/// "[udp://127.0.0.1:0, tcp://127.0.0.1:0]": a list whose quotation marks the shell took.
node bare_list(std::string_view text) {
    node_list made;
    text = text.substr(1, text.size() - 2);
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        if (const auto word = trimmed(text.substr(0, comma)); !word.empty())
            made.items.push_back(text_node(word));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    node list;
    list.value = std::move(made);
    return list;
}

bool is_quotation_mark(char c) {
    return c == '"' || c == '\'';
}

}  // namespace

setting_parts split_setting(std::string_view setting) {
    char open = 0;
    for (std::size_t i = 0; i < setting.size(); ++i) {
        const char c = setting[i];
        if (open != 0) {
            if (c == open) open = 0;
        } else if (is_quotation_mark(c)) {
            open = c;
        } else if (c == '=') {
            return {std::string(trimmed(setting.substr(0, i))), std::string(trimmed(setting.substr(i + 1))),
                    true};
        }
    }
    return {std::string(trimmed(setting)), {}, false};
}

setting_target find_target(std::string_view name) {
    if (const auto* to = find_key(name)) return {to, {}};
    for (const auto& k : all_keys()) {
        if (!std::holds_alternative<table_kind>(k.kind) || name.size() <= k.name.size() + 1) continue;
        if (!name.starts_with(k.name) || name[k.name.size()] != '.') continue;
        auto entry = name.substr(k.name.size() + 1);
        if (entry.size() >= 2 && is_quotation_mark(entry.front()) && entry.back() == entry.front()) {
            entry = entry.substr(1, entry.size() - 2);
        }
        return {&k, std::string(entry)};
    }
    return {};
}

std::variant<node, syntax_error> parse_setting(const key* to, std::string_view text) {
    using answer = std::variant<node, syntax_error>;
    const bool list = to != nullptr && wants_list(*to);
    const bool text_wanted = to != nullptr && wants_text(*to);
    if (text.empty()) {  // "turn.listen=" switches a list off
        node nothing;
        nothing.value = node_list{};
        return answer(list ? std::move(nothing) : text_node(""));
    }
    auto parsed = parse_value(text);
    if (const auto* value = std::get_if<node>(&parsed)) {
        // A password of digits, or a realm called "true": TOML has another type for it, the key has not.
        const bool scalar = !std::holds_alternative<std::string>(value->value) &&
                            !std::holds_alternative<node_list>(value->value) &&
                            !std::holds_alternative<node_table>(value->value);
        if (scalar && text_wanted && !std::holds_alternative<duration_kind>(to->kind))
            return answer(text_node(text));
        return parsed;
    }
    const bool bracketed = text.front() == '[' && text.back() == ']';
    const bool has_marks = std::ranges::any_of(text, is_quotation_mark);
    if (list && bracketed && !has_marks) return answer(bare_list(text));
    const bool looks_like_toml = is_quotation_mark(text.front()) || text.front() == '{' || bracketed;
    if (!looks_like_toml) return answer(text_node(text));
    auto& failed = std::get<syntax_error>(parsed);
    failed.message += "; in a shell, put single quotes around the whole setting";
    return parsed;
}

void reader::read_override(std::string_view setting) {
    file_ = "--set";
    folder_.clear();
    in_file_ = false;
    auto [name, value, has_value] = split_setting(setting);
    if (!has_value || name.empty()) {
        // The text may be a secret that lost its key, so it is not repeated.
        problems_.push_back(
            {file_, 0, 0, {}, {}, "expected section.key=value, as in --set turn.realm=example.org"});
        return;
    }
    const auto target = find_target(name);
    node item;
    if (target.to == nullptr && !is_section(name)) {
        unknown(name, item);
        return;
    }
    const key* wanted = target.to;
    static const key entry_of_a_table{.name = "",
                                      .kind = text_kind{check_password, {}},
                                      .sentence = "",
                                      .when = takes_effect::at_once,
                                      .default_toml = ""};
    if (!target.entry.empty()) wanted = &entry_of_a_table;  // which is a text
    auto parsed = parse_setting(wanted, value);
    if (auto* failed = std::get_if<syntax_error>(&parsed)) {
        problems_.push_back({file_, 0, 0, name, {}, std::move(failed->message)});
        return;
    }
    item = std::move(std::get<node>(parsed));
    if (target.to == nullptr) {
        walk_one(name, item);
        return;
    }
    if (!target.entry.empty()) {
        item.key = target.entry;
        node table;
        table.value = node_table{{std::move(item)}};
        merge_tables_ = true;
        assign(*target.to, table);
        merge_tables_ = false;
        return;
    }
    assign(*target.to, item);
}

}  // namespace conf::config
