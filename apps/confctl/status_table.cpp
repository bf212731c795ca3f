#include "confctl/status_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace conf::apps {
namespace {

using json = nlohmann::ordered_json;
using row = std::pair<std::string, std::string>;

std::string value_text(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    if (value.is_null()) return "-";
    return value.dump();
}

std::string for_people(std::string name) {
    std::ranges::replace(name, '_', ' ');
    return name;
}

void append_rows(std::vector<row>& rows, const std::string& name, const json& value) {
    if (value.is_object()) {
        for (const auto& [key, member] : value.items()) {
            append_rows(rows, name.empty() ? for_people(key) : name + "." + for_people(key), member);
        }
    } else if (value.is_array()) {
        if (value.empty()) rows.emplace_back(name, "-");
        auto first = name;
        for (const auto& entry : value) rows.emplace_back(std::exchange(first, {}), value_text(entry));
    } else {
        rows.emplace_back(name, value_text(value));
    }
}

}  // namespace

std::optional<std::string> status_table(std::string_view text) {
    const auto parsed = json::parse(text, nullptr, false);
    if (!parsed.is_object()) return std::nullopt;
    std::vector<row> rows;
    append_rows(rows, "", parsed);
    std::size_t widest = 0;
    for (const auto& [name, _] : rows) widest = std::max(widest, name.size());
    std::string made;
    for (const auto& [name, value] : rows) made += fmt::format("{:<{}}  {}\n", name, widest, value);
    return made;
}

}  // namespace conf::apps
