#include "libconf/config/document.hpp"

#include "libconf/config/limits.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <sstream>
#include <type_traits>
#include <utility>

namespace conf::config {
namespace {

position place(const toml::source_position& at) {
    return {static_cast<int>(at.line), static_cast<int>(at.column)};
}

node convert(const toml::node& from) {
    node made;
    made.value_at = place(from.source().begin);
    if (const auto* table = from.as_table()) {
        node_table items;
        for (const auto& [key, value] : *table) {
            auto item = convert(value);
            item.key = std::string(key.str());
            item.key_at = place(key.source().begin);
            items.items.push_back(std::move(item));
        }
        made.value = std::move(items);
    } else if (const auto* array = from.as_array()) {
        node_list items;
        for (const auto& value : *array) items.items.push_back(convert(value));
        made.value = std::move(items);
    } else if (const auto* text = from.as_string()) {
        made.value = text->get();
    } else if (const auto* number = from.as_integer()) {
        made.value = number->get();
    } else if (const auto* boolean = from.as_boolean()) {
        made.value = boolean->get();
    } else {
        std::ostringstream text_of;
        from.visit([&](const auto& value) { text_of << value; });
        made.value = other_value{text_of.str()};
    }
    return made;
}

/// The library's messages quote characters, keys, and numbers that it cannot read. The last may be a secret
/// that somebody forgot to put in quotation marks, so what is longer than a character stays out unless it is
/// a key.
std::string without_values(std::string_view message) {
    constexpr std::string_view prefix = "Error while parsing ";
    if (message.starts_with(prefix)) message.remove_prefix(prefix.size());
    if (message.find("redefine") != message.npos || message.find("insert") != message.npos)
        return std::string(message);
    std::string kept;
    while (!message.empty()) {
        const auto open = message.find('\'');
        const auto close = open == message.npos ? open : message.find('\'', open + 1);
        if (close == message.npos) break;
        kept += message.substr(0, open);
        kept += close - open > 3 ? std::string_view("this value") : message.substr(open, close + 1 - open);
        message.remove_prefix(close + 1);
    }
    kept += message;
    if (kept.find("could not determine value type") != kept.npos)
        kept += "; a text stands in \"quotation marks\"";
    return kept;
}

template <class Wanted, class Convert>
std::variant<Wanted, syntax_error> parse(std::string_view text, Convert&& take) {
    try {
        return take(toml::parse(text));
    } catch (const toml::parse_error& failed) {
        return syntax_error{place(failed.source().begin), without_values(failed.description())};
    }
}

void forget_places(node& of) {
    of.key_at = of.value_at = {};
    if (auto* list = std::get_if<node_list>(&of.value)) std::ranges::for_each(list->items, forget_places);
    if (auto* table = std::get_if<node_table>(&of.value)) std::ranges::for_each(table->items, forget_places);
}

void append_escaped(std::string& to, std::string_view text) {
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            to += '\\';
            to += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            to += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        } else {
            to += c;
        }
    }
}

void append(std::string& to, const node& from) {
    if (to.size() > limits::shown_value_bytes) return;  // it will be cut anyway
    const auto append_items = [&to](const std::vector<node>& items) {
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (i > 0) to += ", ";
            if (!items[i].key.empty()) to += items[i].key + " = ";
            append(to, items[i]);
        }
    };
    std::visit(
        [&](const auto& value) {
            using type = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<type, bool>) {
                to += value ? "true" : "false";
            } else if constexpr (std::is_same_v<type, std::int64_t>) {
                to += std::to_string(value);
            } else if constexpr (std::is_same_v<type, std::string>) {
                to += in_quotes(value);
            } else if constexpr (std::is_same_v<type, node_list>) {
                to += '[';
                append_items(value.items);
                to += ']';
            } else if constexpr (std::is_same_v<type, node_table>) {
                to += '{';
                append_items(value.items);
                to += '}';
            } else {
                append_escaped(to, value.text);
            }
        },
        from.value);
}

}  // namespace

std::variant<node_table, syntax_error> parse_document(std::string_view text) {
    return parse<node_table>(
        text, [](const toml::table& root) { return std::get<node_table>(convert(root).value); });
}

std::variant<node, syntax_error> parse_value(std::string_view text) {
    using answer = std::variant<node, syntax_error>;
    auto parsed = parse<node_table>("value = " + std::string(text), [](const toml::table& root) {
        return std::get<node_table>(convert(root).value);
    });
    if (auto* failed = std::get_if<syntax_error>(&parsed)) return answer(std::move(*failed));
    auto& items = std::get<node_table>(parsed).items;
    // A line end in `text` could begin another key or table, which nobody asked for.
    if (items.size() != 1 || items.front().key != "value")
        return syntax_error{{}, "expected one value, on one line"};
    items.front().key.clear();
    forget_places(items.front());
    return answer(std::move(items.front()));
}

std::string shown(const node& value) {
    std::string text;
    append(text, value);
    if (text.size() <= limits::shown_value_bytes) return text;
    auto end = limits::shown_value_bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80)
        --end;  // not inside a UTF-8 character
    return text.substr(0, end) + "…";
}

std::string in_quotes(std::string_view text) {
    std::string made = "\"";
    append_escaped(made, text);
    return made + '"';
}

}  // namespace conf::config
